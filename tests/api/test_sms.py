"""Text messages: to a file while developing, or to a gateway that can tell that they come from us."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import logging
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.settings import read_settings
from api.sms import ConsoleSms, WebhookSms, sender_of
from domain.people.sms import SmsFailed
from tests.clock import NOW
from tests.server import free_listener, listening

SECRET = b"0123456789abcdef0123456789abcdef"
PHONE, TEXT = "+8613800000001", "您的登录验证码是 123456"


@dataclass
class Gateway:
    """An operator's gateway: keeps what it gets, and answers with the statuses it was told to."""

    statuses: list[int]
    url: str = ""
    received: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    async def receive(self, request: Request) -> Response:
        self.received.append((dict(request.headers), await request.body()))
        return Response(status_code=self.statuses.pop(0) if self.statuses else 204)


@asynccontextmanager
async def gateway(*statuses: int) -> AsyncIterator[Gateway]:
    running = Gateway(list(statuses))
    app = Starlette(routes=[Route("/send", running.receive, methods=["POST"])])
    with free_listener() as listener:
        running.url = f"http://127.0.0.1:{listener.getsockname()[1]}/send"
        async with listening(app, listener):
            yield running


def webhook(url: str) -> WebhookSms:
    return WebhookSms(url, SECRET, clock=lambda: NOW, random_bytes=lambda size: b"\x07" * size, pauses_s=(0, 0))


async def test_the_gateway_gets_the_message_with_a_signature_it_can_check() -> None:
    async with gateway() as operator:
        await webhook(operator.url).send(PHONE, TEXT)
    [(headers, body)] = operator.received
    assert json.loads(body) == {"id": "07" * 16, "phone": PHONE, "text": TEXT}
    assert headers["x-xuexi-timestamp"] == str(int(NOW.timestamp()))
    signed = headers["x-xuexi-timestamp"].encode() + b"." + body
    assert headers["x-xuexi-signature"] == hmac.new(SECRET, signed, hashlib.sha256).hexdigest()


async def test_a_failure_that_may_pass_is_tried_again_under_the_same_id() -> None:
    async with gateway(503, 429) as operator:
        await webhook(operator.url).send(PHONE, TEXT)
    assert [json.loads(body)["id"] for _, body in operator.received] == ["07" * 16] * 3


async def test_three_failures_are_enough() -> None:
    async with gateway(500, 500, 500, 500) as operator:
        with pytest.raises(SmsFailed):
            await webhook(operator.url).send(PHONE, TEXT)
    assert len(operator.received) == 3


@pytest.mark.parametrize("status", [400, 401, 302])
async def test_a_refusal_is_not_repeated(status: int) -> None:
    async with gateway(status) as operator:
        with pytest.raises(SmsFailed):
            await webhook(operator.url).send(PHONE, TEXT)
    assert len(operator.received) == 1


async def test_neither_number_nor_code_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with free_listener() as nobody:
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}/send"
    with pytest.raises(SmsFailed) as failure:
        await webhook(url).send(PHONE, TEXT)
    said = caplog.text + str(failure.value)
    assert "was not taken" in said
    assert "13800000001" not in said
    assert "123456" not in said


async def test_the_console_prints_and_writes_to_a_private_file_and_logs_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    file = tmp_path / "var" / "sms.log"
    await asyncio.gather(*(ConsoleSms(file).send(PHONE, TEXT) for _ in range(3)))
    assert [json.loads(line) for line in file.read_text().splitlines()] == [{"phone": PHONE, "text": TEXT}] * 3
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "123456" in capsys.readouterr().out
    assert "123456" not in caplog.text


def test_the_settings_choose_the_sender() -> None:
    environ = {
        "XUEXI_SMS": "webhook",
        "XUEXI_SMS_WEBHOOK_URL": "https://sms.example.com",
        "XUEXI_SMS_WEBHOOK_SECRET": SECRET.decode(),
    }
    assert isinstance(sender_of(read_settings({}), lambda: NOW, bytes), ConsoleSms)
    sender = sender_of(read_settings(environ), lambda: NOW, bytes)
    assert isinstance(sender, WebhookSms)
    assert SECRET.decode() not in repr(sender)
