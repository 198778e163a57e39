"""Sending text messages: to the terminal while developing, to an operator's own gateway otherwise."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
import os
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import httpx
import orjson

from api.settings import Settings
from domain.people.sms import SmsFailed, SmsSender

log = logging.getLogger("xuexi.sms")
TIMEOUT_S = 5.0
PAUSES_S = (0.3, 1.0)  # before the second and the third try
SIGNATURE = "X-Xuexi-Signature"
TIMESTAMP = "X-Xuexi-Timestamp"


@dataclass(frozen=True, slots=True)
class ConsoleSms:
    """Prints messages, and writes them to a file that the demo reads. For development only: codes are secrets, and no log's."""

    file: Path

    async def send(self, phone: str, text: str) -> None:
        print(f"SMS to {phone}: {text}", flush=True)  # noqa: T201 - it is for the person who started the program
        await asyncio.to_thread(self._append, orjson.dumps({"phone": phone, "text": text}) + b"\n")

    def _append(self, line: bytes) -> None:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(descriptor, line)
        finally:
            os.close(descriptor)


@dataclass(frozen=True, slots=True)
class WebhookSms:
    """Posts each message to a URL, signed. A failure that may pass is tried again, under the same id.

    The signature is the hex HMAC-SHA256 of timestamp, a full stop and the body. Neither number nor text is ever logged.
    """

    url: str
    secret: bytes = field(repr=False)
    clock: Callable[[], datetime]
    random_bytes: Callable[[int], bytes]
    pauses_s: Sequence[float] = PAUSES_S
    tls: ssl.SSLContext = field(default_factory=httpx.create_ssl_context, repr=False)  # made once: it takes 20 ms

    async def send(self, phone: str, text: str) -> None:
        message = self.random_bytes(16).hex()
        body = orjson.dumps({"id": message, "phone": phone, "text": text})
        async with httpx.AsyncClient(timeout=TIMEOUT_S, verify=self.tls, trust_env=False) as client:
            for pause in (*self.pauses_s, None):
                outcome = await self._try(client, body)
                if outcome is None:
                    return
                log.warning("SMS %s was not taken: %s", message, outcome.reason)
                if pause is None or not outcome.may_pass:
                    raise SmsFailed(outcome.reason)
                await asyncio.sleep(pause)

    async def _try(self, client: httpx.AsyncClient, body: bytes) -> Failure | None:
        timestamp = str(int(self.clock().timestamp()))
        headers = {
            "Content-Type": "application/json",
            TIMESTAMP: timestamp,
            SIGNATURE: signature(self.secret, timestamp, body),
        }
        try:
            response = await client.post(self.url, content=body, headers=headers)
        except httpx.HTTPError as error:
            return Failure(reason=type(error).__name__, may_pass=True)
        if response.is_success:
            return None
        status = response.status_code
        return Failure(reason=f"HTTP {status}", may_pass=status >= 500 or status == 429)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why a gateway did not take a message, in words that hold nothing private."""

    reason: str
    may_pass: bool


def signature(secret: bytes, timestamp: str, body: bytes) -> str:
    """What the gateway has to compare X-Xuexi-Signature with."""
    return hmac.new(secret, timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def sender_of(settings: Settings, clock: Callable[[], datetime], random_bytes: Callable[[int], bytes]) -> SmsSender:
    """The sender that the settings ask for."""
    if settings.sms == "console":
        return ConsoleSms(Path(settings.sms_file))
    assert settings.sms_webhook_url, "read_settings makes sure of it"
    assert settings.sms_webhook_secret, "read_settings makes sure of it"
    return WebhookSms(settings.sms_webhook_url, settings.sms_webhook_secret.encode(), clock, random_bytes)
