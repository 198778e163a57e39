"""Who calls: by the token, for as long as it is good."""

from __future__ import annotations

import pytest

from domain.people.caller import ANONYMOUS, Caller
from domain.people.caller_cache import CallerCache
from domain.people.sign_out import sign_out
from domain.refusals import Unauthenticated
from storage import Transaction, fetch, write
from tests.builders.people import find_caller, signed_in
from tests.clock import NOW, later

pytestmark = pytest.mark.usefixtures("database")


async def test_an_access_token_lasts_just_under_fifteen_minutes() -> None:
    tokens = await signed_in()
    assert await find_caller(tokens.access_token, later(minutes=14, seconds=59.999)) == tokens.caller
    with pytest.raises(Unauthenticated):
        await find_caller(tokens.access_token, later(minutes=15))


@pytest.mark.parametrize("token", ["", "xa_", "xa_" + "A" * 22, "xa_" + "A" * 21 + "\n", "\ud800", "x" * 100_000, "😀"])
async def test_what_is_no_access_token_is_nobody(token: str) -> None:
    await signed_in()
    cache = CallerCache()
    with pytest.raises(Unauthenticated):
        await find_caller(token, NOW)
    with pytest.raises(Unauthenticated):
        await cache.find_caller(token, NOW)


async def test_a_refresh_token_gives_no_access() -> None:
    tokens = await signed_in()
    for token in (tokens.refresh_token, "xa_" + tokens.refresh_token[3:]):
        with pytest.raises(Unauthenticated):
            await find_caller(token, NOW)


async def test_signing_out_ends_the_session_on_this_device_only() -> None:
    here, there = await signed_in("+8613812345678"), await signed_in("+8613812345678", later(minutes=1))
    await sign_out(here.caller, later(minutes=2))
    with pytest.raises(Unauthenticated):
        await find_caller(here.access_token, later(minutes=2))
    assert await find_caller(there.access_token, later(minutes=2)) == there.caller
    left = await fetch("SELECT DISTINCT session_id FROM session_tokens")
    assert [row[0] for row in left] == [there.session_id]


async def test_signing_out_twice_keeps_the_first_time() -> None:
    tokens = await signed_in()
    await sign_out(tokens.caller, later(minutes=1))
    await sign_out(tokens.caller, later(minutes=2))
    rows = await fetch("SELECT end_reason, ended_at - created_at FROM sessions")
    assert [tuple(row) for row in rows] == [("SIGNED_OUT", 60_000_000)]


async def test_nobody_cannot_sign_out() -> None:
    with pytest.raises(Unauthenticated):
        await sign_out(ANONYMOUS, NOW)


async def forget_all_tokens(tx: Transaction) -> None:
    await tx.execute("DELETE FROM session_tokens")


async def test_the_cache_answers_for_five_seconds_without_asking() -> None:
    tokens, cache = await signed_in(), CallerCache()
    assert await cache.find_caller(tokens.access_token, NOW) == tokens.caller
    await write(forget_all_tokens)
    assert await cache.find_caller(tokens.access_token, later(seconds=4.999)) == tokens.caller
    with pytest.raises(Unauthenticated):
        await cache.find_caller(tokens.access_token, later(seconds=5))


async def test_asking_often_does_not_keep_a_caller_in_the_cache() -> None:
    tokens, cache = await signed_in(), CallerCache()
    await cache.find_caller(tokens.access_token, NOW)
    await write(forget_all_tokens)
    for second in (1, 2, 3, 4):
        await cache.find_caller(tokens.access_token, later(seconds=second))
    with pytest.raises(Unauthenticated):
        await cache.find_caller(tokens.access_token, later(seconds=5))


async def test_the_cache_keeps_nobody_beyond_the_tokens_end() -> None:
    tokens, cache = await signed_in(), CallerCache()
    await cache.find_caller(tokens.access_token, later(minutes=14, seconds=58))
    with pytest.raises(Unauthenticated):
        await cache.find_caller(tokens.access_token, later(minutes=15))


async def test_the_cache_does_not_answer_from_a_future_that_was_a_mistake_of_the_clock() -> None:
    tokens, cache = await signed_in(), CallerCache()
    await cache.find_caller(tokens.access_token, later(minutes=5))
    await write(forget_all_tokens)
    with pytest.raises(Unauthenticated):
        await cache.find_caller(tokens.access_token, NOW)


async def test_a_session_that_is_signed_out_is_forgotten_at_once() -> None:
    tokens, other, cache = await signed_in(), await signed_in(), CallerCache()
    await cache.find_caller(tokens.access_token, NOW)
    await cache.find_caller(other.access_token, NOW)
    await sign_out(tokens.caller, NOW)
    cache.forget_session(tokens.session_id)
    with pytest.raises(Unauthenticated):
        await cache.find_caller(tokens.access_token, NOW)
    await write(forget_all_tokens)
    assert await cache.find_caller(other.access_token, NOW) == other.caller


async def test_somebody_who_is_kept_out_is_forgotten_at_once() -> None:
    tokens, other, cache = await signed_in(), await signed_in(), CallerCache()
    await cache.find_caller(tokens.access_token, NOW)
    await cache.find_caller(other.access_token, NOW)
    await write(forget_all_tokens)
    cache.forget_resident(tokens.caller.signed_in())
    with pytest.raises(Unauthenticated):
        await cache.find_caller(tokens.access_token, NOW)
    assert await cache.find_caller(other.access_token, NOW) == other.caller


async def test_the_cache_holds_so_many_and_drops_the_oldest() -> None:
    cache = CallerCache(capacity=2)
    first, second, third = [await signed_in() for _ in range(3)]
    for tokens in (first, second, third):
        await cache.find_caller(tokens.access_token, NOW)
    await write(forget_all_tokens)
    assert await cache.find_caller(second.access_token, NOW) == second.caller
    assert await cache.find_caller(third.access_token, NOW) == third.caller
    with pytest.raises(Unauthenticated):
        await cache.find_caller(first.access_token, NOW)


def test_a_caller_who_is_nobody_is_not_signed_in() -> None:
    with pytest.raises(Unauthenticated):
        ANONYMOUS.signed_in()
    assert Caller(5).signed_in() == 5
