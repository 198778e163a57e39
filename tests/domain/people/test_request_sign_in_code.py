"""Asking for a sign-in code: what is sent, what is kept, how often."""

from __future__ import annotations

import asyncio
import re
import secrets
from datetime import datetime

import pytest

from domain.people.request_sign_in_code import request_sign_in_code
from domain.people.sign_in import SignInWish, sign_in
from domain.people.sms import SmsFailed
from domain.refusals import CodeIncorrect, InvalidInput, RateLimited
from storage import current_database, fetch
from tests.builders.people import KeptSms, a_resident
from tests.clock import NOW, later

pytestmark = pytest.mark.usefixtures("database")

PHONE = "+8613812345678"


async def request(sms: KeptSms, now: datetime = NOW, phone: str = "138 1234 5678") -> datetime:
    return (await request_sign_in_code(phone, now, sms, secrets.token_bytes)).expires_at


async def refused_for(sms: KeptSms, now: datetime) -> int:
    """How many seconds to wait, said by the refusal."""
    with pytest.raises(RateLimited) as raised:
        await request(sms, now)
    return int(raised.value.retry_after.total_seconds())


async def test_six_digits_are_sent_and_last_five_minutes() -> None:
    sms = KeptSms()
    assert await request(sms) == later(minutes=5)
    [(phone, text)] = sms.sent
    assert phone == PHONE
    assert text == f"您的登录验证码是 {sms.last_code}，5 分钟内有效，请勿告诉他人。如非本人操作，请忽略本短信。"


async def test_a_code_may_begin_with_zeros() -> None:
    sms = KeptSms()
    await request_sign_in_code(PHONE, NOW, sms, lambda count: bytes(count - 1) + b"\x07")
    assert sms.last_code == "000007"


async def test_neither_the_code_nor_the_number_is_kept() -> None:
    sms = KeptSms()
    await request(sms)
    kept = [row for table in ("sign_in_codes", "sign_in_limits") for row in await fetch(f"SELECT * FROM {table}")]
    assert len(kept) == 2
    assert not any(secret in str(value) for row in kept for value in row for secret in (sms.last_code, "13812345678"))


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)  # whose statements can be listened to
async def test_known_and_unknown_numbers_take_the_same_statements_so_that_no_clock_tells_them_apart() -> None:
    await a_resident(phone=PHONE)
    writer, said = current_database().client._writer, list[list[str]]()  # type: ignore[union-attr]
    assert writer
    for phone in (PHONE, "+8613812345679"):
        heard: list[str] = []
        writer._conn.set_trace_callback(heard.append)
        await request(KeptSms(), phone=phone)
        with pytest.raises(CodeIncorrect):
            await sign_in(SignInWish(phone, "0000000"), NOW, secrets.token_bytes)
        with pytest.raises(CodeIncorrect):
            await sign_in(SignInWish(phone, "０００ ００１"), NOW, secrets.token_bytes)
        writer._conn.set_trace_callback(None)
        said.append([re.sub(r"'[^']*'|[0-9]+", "?", statement) for statement in heard])
    assert said[0] == said[1]
    assert any("UPDATE sign_in_codes" in statement for statement in said[0])


async def test_known_and_unknown_numbers_get_the_same_answer() -> None:
    await a_resident(phone=PHONE)
    sms = KeptSms()
    known, unknown = await request(sms), await request(sms, phone="13812345679")
    assert known == unknown
    assert [phone for phone, _ in sms.sent] == [PHONE, "+8613812345679"]


async def test_a_landline_gets_no_code() -> None:
    sms = KeptSms()
    with pytest.raises(InvalidInput) as raised:
        await request(sms, phone="0537-2212345")
    assert raised.value.path == ("phone",)
    assert sms.sent == []


async def test_one_code_a_minute_for_one_phone() -> None:
    sms = KeptSms()
    await request(sms)
    assert await refused_for(sms, NOW) == 60
    assert await refused_for(sms, later(seconds=59.2)) == 1
    await request(sms, later(seconds=60))
    await request(sms, later(seconds=61), phone="13912345678")
    assert len(sms.sent) == 3


async def test_ten_codes_a_day_for_one_phone() -> None:
    sms = KeptSms()
    for minute in range(10):
        await request(sms, later(minutes=minute))
    assert await refused_for(sms, later(minutes=10)) == (24 * 60 - 10) * 60
    assert await refused_for(sms, later(hours=23, minutes=59, seconds=59.9)) == 1
    for minute in range(10):
        await request(sms, later(days=1, minutes=minute))
    assert await refused_for(sms, later(days=1, minutes=10)) == (24 * 60 - 10) * 60
    assert len(sms.sent) == 20


async def test_ten_at_once_send_one_code() -> None:
    sms = KeptSms()
    answers = await asyncio.gather(*(request(sms) for _ in range(10)), return_exceptions=True)
    assert sum(isinstance(answer, datetime) for answer in answers) == 1
    assert sum(isinstance(answer, RateLimited) for answer in answers) == 9
    assert len(sms.sent) == 1
    await sign_in(SignInWish(PHONE, sms.last_code), NOW, secrets.token_bytes)


async def test_twenty_at_once_do_not_get_past_the_last_code_of_the_day() -> None:
    sms = KeptSms()
    for minute in range(9):
        await request(sms, later(minutes=minute))
    answers = await asyncio.gather(*(request(sms, later(minutes=10 + n)) for n in range(20)), return_exceptions=True)
    assert sum(isinstance(answer, datetime) for answer in answers) == 1


async def test_the_newest_code_is_the_only_one() -> None:
    first, second = KeptSms(), KeptSms()
    await request_sign_in_code(PHONE, NOW, first, lambda count: bytes(count - 1) + b"\x01")
    await request_sign_in_code(PHONE, later(minutes=1), second, lambda count: bytes(count - 1) + b"\x02")
    with pytest.raises(CodeIncorrect):
        await sign_in(SignInWish(PHONE, first.last_code), later(minutes=2), secrets.token_bytes)
    await sign_in(SignInWish(PHONE, second.last_code), later(minutes=2), secrets.token_bytes)


async def test_when_the_message_fails_another_may_be_asked_for_at_once() -> None:
    sms = KeptSms()
    sms.fails = True
    with pytest.raises(SmsFailed):
        await request(sms)
    assert await fetch("SELECT id FROM sign_in_codes") == []
    sms.fails = False
    await request(sms)
    await sign_in(SignInWish(PHONE, sms.last_code), NOW, secrets.token_bytes)


async def test_messages_that_fail_do_not_lift_the_limit_of_the_day() -> None:
    sms = KeptSms()
    sms.fails = True
    for _ in range(10):
        with pytest.raises(SmsFailed):
            await request(sms)
    assert await refused_for(sms, NOW) == 24 * 60 * 60


async def test_a_message_that_fails_late_takes_nothing_from_the_next_code() -> None:
    sending, gave_up, next_one = asyncio.Event(), asyncio.Event(), KeptSms()

    class SlowSms:
        async def send(self, phone: str, text: str) -> None:
            assert phone
            assert text
            sending.set()
            await gave_up.wait()
            raise SmsFailed

    slow = asyncio.create_task(request_sign_in_code(PHONE, NOW, SlowSms(), secrets.token_bytes))
    await sending.wait()
    await request(next_one, later(seconds=60))
    gave_up.set()
    with pytest.raises(SmsFailed):
        await slow
    assert await refused_for(next_one, later(seconds=61)) == 59
    await sign_in(SignInWish(PHONE, next_one.last_code), later(seconds=61), secrets.token_bytes)
