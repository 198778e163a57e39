"""Refreshing a session: each token once, a lost answer forgiven, a copy found out."""

from __future__ import annotations

import asyncio
import secrets
from datetime import datetime

import pytest

from domain.people.refresh_session import refresh_session
from domain.people.session_tokens import SessionTokens
from domain.people.sign_out import sign_out
from domain.refusals import Unauthenticated
from storage import fetch
from tests.builders.people import find_caller, signed_in
from tests.clock import NOW, later

pytestmark = pytest.mark.usefixtures("database")


async def refresh(token: str, now: datetime = NOW) -> SessionTokens:
    return await refresh_session(token, now, secrets.token_bytes)


async def assert_refused(token: str, now: datetime = NOW) -> None:
    with pytest.raises(Unauthenticated) as raised:
        await refresh(token, now)
    assert raised.value.path == ("refreshToken",)


async def assert_nobody(token: str, now: datetime) -> None:
    with pytest.raises(Unauthenticated):
        await find_caller(token, now)


async def end_reasons() -> list[str | None]:
    return [row[0] for row in await fetch("SELECT end_reason FROM sessions ORDER BY id")]


async def test_a_refresh_token_gets_the_next_pair_of_the_same_session() -> None:
    first = await signed_in()
    second = await refresh(first.refresh_token, later(minutes=14))
    assert second.caller == first.caller
    assert second.expires_at == later(minutes=29)
    assert {second.access_token, second.refresh_token}.isdisjoint({first.access_token, first.refresh_token})
    assert await find_caller(second.access_token, later(minutes=28)) == first.caller


async def test_a_session_goes_on_for_thirty_days_after_the_last_refresh() -> None:
    tokens = await signed_in()
    for day in (29, 58, 87):
        tokens = await refresh(tokens.refresh_token, later(days=day))
    await assert_refused(tokens.refresh_token, later(days=117))


async def test_no_session_lasts_longer_than_180_days_however_often_it_is_refreshed() -> None:
    tokens = await signed_in()
    for day in range(25, 180, 25):
        tokens = await refresh(tokens.refresh_token, later(days=day))
    tokens = await refresh(tokens.refresh_token, later(days=179, hours=23))
    await assert_refused(tokens.refresh_token, later(days=180))


async def test_a_refresh_token_lasts_just_under_thirty_days() -> None:
    tokens = await signed_in()
    await assert_refused(tokens.refresh_token, later(days=30))
    await refresh(tokens.refresh_token, later(days=29, hours=23, minutes=59))


async def test_a_retry_within_thirty_seconds_gets_a_fresh_pair() -> None:
    first = await signed_in()
    lost = await refresh(first.refresh_token, later(minutes=10))
    again = await refresh(first.refresh_token, later(minutes=10, seconds=30))
    assert again.refresh_token != lost.refresh_token
    await refresh(again.refresh_token, later(minutes=20))


async def test_reuse_after_thirty_seconds_ends_the_session_for_everybody() -> None:
    first = await signed_in()
    second = await refresh(first.refresh_token, later(minutes=10))
    await assert_refused(first.refresh_token, later(minutes=10, seconds=30.001))
    assert await end_reasons() == ["TOKEN_REUSED"]
    await assert_refused(second.refresh_token, later(minutes=11))
    await assert_nobody(first.access_token, later(minutes=11))
    await assert_nobody(second.access_token, later(minutes=11))


async def test_a_retry_does_not_begin_the_thirty_seconds_anew() -> None:
    first = await signed_in()
    await refresh(first.refresh_token, NOW)
    await refresh(first.refresh_token, later(seconds=29))
    await assert_refused(first.refresh_token, later(seconds=58))
    assert await end_reasons() == ["TOKEN_REUSED"]


async def test_a_token_reused_does_not_end_the_sessions_of_other_devices() -> None:
    phone = "+8613812345678"
    first, other = await signed_in(phone), await signed_in(phone, later(minutes=1))
    await refresh(first.refresh_token, later(minutes=2))
    await assert_refused(first.refresh_token, later(minutes=3))
    assert await end_reasons() == ["TOKEN_REUSED", None]
    assert await find_caller(other.access_token, later(minutes=3)) == other.caller


async def test_twenty_refreshes_of_one_token_at_once_all_go_on_with_the_session() -> None:
    first = await signed_in()
    answers = await asyncio.gather(*(refresh(first.refresh_token, later(minutes=1)) for _ in range(20)))
    assert {answer.caller for answer in answers} == {first.caller}
    assert len({answer.refresh_token for answer in answers}) == 20
    assert await end_reasons() == [None]
    assert await find_caller(answers[7].access_token, later(minutes=2)) == first.caller


async def test_twenty_late_copies_at_once_end_the_session_once() -> None:
    first = await signed_in()
    await refresh(first.refresh_token, NOW)
    late = (refresh(first.refresh_token, later(minutes=1)) for _ in range(20))
    answers = await asyncio.gather(*late, return_exceptions=True)
    assert all(isinstance(answer, Unauthenticated) for answer in answers)
    assert await end_reasons() == ["TOKEN_REUSED"]


async def test_signing_out_while_refreshing_leaves_nothing_valid() -> None:
    for _ in range(5):
        first = await signed_in()
        refreshed, _ = await asyncio.gather(
            refresh(first.refresh_token), sign_out(first.caller, NOW), return_exceptions=True
        )
        if isinstance(refreshed, SessionTokens):
            await assert_refused(refreshed.refresh_token)
            await assert_nobody(refreshed.access_token, NOW)
        else:
            assert isinstance(refreshed, Unauthenticated)


async def test_an_access_token_refreshes_nothing() -> None:
    tokens = await signed_in()
    await assert_refused(tokens.access_token)
    await assert_refused("xr_" + tokens.access_token[3:])


@pytest.mark.parametrize(
    "token", ["", "xr_", "xr_" + "A" * 22, "A" * 22, "xr_" + "A" * 21 + "\n", "\ud800", "x" * 100_000, "😀"]
)
async def test_what_is_no_refresh_token_is_refused(token: str) -> None:
    await signed_in()
    await assert_refused(token)
    assert await end_reasons() == [None]


async def test_access_tokens_that_ran_out_are_forgotten() -> None:
    tokens = await signed_in()
    for hour in range(1, 6):
        tokens = await refresh(tokens.refresh_token, later(hours=hour))
    rows = await fetch("SELECT count(*) FROM session_tokens WHERE kind = 'ACCESS'")
    assert rows[0][0] == 1
