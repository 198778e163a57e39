"""Signing in: the right code, once, in time, with five tries."""

from __future__ import annotations

import asyncio
import secrets
from datetime import datetime

import pytest

from domain.people.session_tokens import SessionTokens
from domain.people.sign_in import SignInWish, sign_in
from domain.refusals import CodeExpired, CodeIncorrect, InvalidInput
from ledger.accounts import create_programme
from storage import Transaction, fetch, write
from tests.builders.people import SHANGHAI, a_code_for, a_programme, a_resident, find_caller, signed_in
from tests.clock import NOW, later

pytestmark = pytest.mark.usefixtures("database")

PHONE = "+8613812345678"


async def enter(code: str, now: datetime = NOW, phone: str = PHONE) -> SessionTokens:
    return await sign_in(SignInWish(phone, code), now, secrets.token_bytes)


def other_than(code: str, step: int = 1) -> str:
    """A code that was not sent."""
    return str((int(code) + step) % 10**6).zfill(6)


async def refused(code: str, now: datetime = NOW, phone: str = PHONE) -> str:
    """The refusal's code."""
    with pytest.raises((CodeIncorrect, CodeExpired)) as raised:
        await enter(code, now, phone)
    assert raised.value.path == ("code",)
    return raised.value.code


async def count(table: str) -> int:
    rows = await fetch(f"SELECT count(*) FROM {table}")
    return int(rows[0][0])


async def a_volunteer_programme(tx: Transaction) -> None:
    await create_programme(tx, "volunteer", "志愿积分", SHANGHAI, None, NOW)


async def test_the_code_that_was_sent_signs_in() -> None:
    resident_id = await a_resident(phone=PHONE)
    tokens = await enter(await a_code_for(PHONE))
    assert tokens.resident_id == resident_id
    assert tokens.expires_at == later(minutes=15)
    assert await find_caller(tokens.access_token, NOW) == tokens.caller


async def test_the_first_sign_in_registers_with_a_wallet_in_every_programme() -> None:
    await write(a_programme)
    await write(a_volunteer_programme)
    tokens = await enter(await a_code_for(PHONE))
    wallets = await fetch("SELECT programme FROM accounts WHERE holder_id = ? ORDER BY programme", tokens.resident_id)
    assert [row[0] for row in wallets] == ["volunteer", "xuexi"]


async def test_the_second_sign_in_is_the_same_resident_in_another_session() -> None:
    first = await signed_in(PHONE)
    second = await signed_in(PHONE, later(minutes=1))
    assert first.resident_id == second.resident_id
    assert first.session_id != second.session_id
    assert await find_caller(first.access_token, later(minutes=1)) == first.caller


async def test_a_sign_in_opens_wallets_in_programmes_that_are_new_since() -> None:
    tokens = await signed_in(PHONE)
    await write(a_volunteer_programme)
    await signed_in(PHONE, later(minutes=1))
    wallets = await fetch("SELECT programme FROM accounts WHERE holder_id = ?", tokens.resident_id)
    assert [row[0] for row in wallets] == ["volunteer"]


async def test_a_newcomers_name_tells_nothing_of_the_number() -> None:
    await signed_in(PHONE)
    await signed_in("+8613912345678")
    names = {row[0] for row in await fetch("SELECT display_name FROM residents")}
    assert len(names) == 2
    assert all(name.startswith("新居民") and len(name) == 7 and "5678" not in name for name in names)


async def test_the_number_is_kept_sealed() -> None:
    await signed_in(PHONE)
    [row] = await fetch("SELECT * FROM residents")
    assert not any("1381234" in str(value) for value in row)


@pytest.mark.parametrize("layout", ["{}", " {} ", "{} ", "\u3000{}"])
async def test_spaces_around_a_code_do_not_matter(layout: str) -> None:
    await enter(layout.format(await a_code_for(PHONE)))


async def test_full_width_digits_and_a_gap_do_not_matter() -> None:
    code = await a_code_for(PHONE)
    wide = code.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    await enter(f"{wide[:3]} {wide[3:]}")


async def test_a_wrong_code_is_incorrect_and_the_right_one_still_works() -> None:
    code = await a_code_for(PHONE)
    for step in range(1, 5):
        assert await refused(other_than(code, step)) == "CODE_INCORRECT"
    await enter(code)


async def test_after_five_wrong_codes_the_right_one_is_refused() -> None:
    code = await a_code_for(PHONE)
    for step in range(1, 6):
        assert await refused(other_than(code, step)) == "CODE_INCORRECT"
    assert await refused(code) == "CODE_INCORRECT"
    assert await count("sessions") == 0
    assert await count("residents") == 0


async def test_a_hundred_guesses_at_once_get_five_tries() -> None:
    code = await a_code_for(PHONE)
    guesses = (enter(other_than(code, step)) for step in range(1, 101))
    answers = await asyncio.gather(*guesses, return_exceptions=True)
    assert all(isinstance(answer, CodeIncorrect) for answer in answers)
    assert (await fetch("SELECT tries_left FROM sign_in_codes"))[0][0] == 0
    assert await refused(code) == "CODE_INCORRECT"


@pytest.mark.parametrize(
    "typed",
    [
        *("", "12345", "1234567", "12345x", "😀😀😀😀😀😀", "١٢٣٤٥٦", "\x00" * 6, "\ud800", "1" * 100_000),
        pytest.param("1" + "\u0300\u0316" * 500_000, id="marks that would take ten minutes to normalise"),
    ],
)
async def test_what_cannot_be_a_code_is_incorrect_and_costs_no_try(typed: str) -> None:
    code = await a_code_for(PHONE)
    for _ in range(6):
        assert await refused(typed) == "CODE_INCORRECT"
    await enter(code)


async def test_a_code_of_another_phone_is_incorrect() -> None:
    code = await a_code_for(PHONE)
    assert await refused(code, phone="+8613912345678") == "CODE_INCORRECT"
    other = await a_code_for("+8613912345678")
    if other != code:
        assert await refused(code, phone="+8613912345678") == "CODE_INCORRECT"
    await enter(code)


async def test_a_phone_that_asked_for_no_code_hears_the_same_as_one_that_did() -> None:
    await a_resident(phone=PHONE)
    assert await refused("123456") == "CODE_INCORRECT"


async def test_a_code_lasts_just_under_five_minutes() -> None:
    code = await a_code_for(PHONE)
    assert await refused(code, later(minutes=5)) == "CODE_EXPIRED"
    await enter(code, later(minutes=4, seconds=59.999))


async def test_a_wrong_code_learns_nothing_of_an_expired_one() -> None:
    code = await a_code_for(PHONE)
    assert await refused(other_than(code), later(minutes=6)) == "CODE_INCORRECT"


async def test_a_code_is_good_once() -> None:
    code = await a_code_for(PHONE)
    await enter(code)
    assert await refused(code) == "CODE_EXPIRED"
    assert await count("sessions") == 1


async def test_the_right_code_twenty_times_at_once_signs_in_once() -> None:
    code = await a_code_for(PHONE)
    answers = await asyncio.gather(*(enter(code) for _ in range(20)), return_exceptions=True)
    assert sum(isinstance(answer, SessionTokens) for answer in answers) == 1
    assert sum(isinstance(answer, CodeExpired | CodeIncorrect) for answer in answers) == 19
    assert (await count("residents"), await count("sessions")) == (1, 1)


async def test_a_landline_cannot_sign_in() -> None:
    with pytest.raises(InvalidInput) as raised:
        await enter("123456", phone="0537-2212345")
    assert raised.value.path == ("phone",)


async def test_tokens_are_kept_as_digests_only() -> None:
    tokens = await signed_in(PHONE)
    kept = str([tuple(row) for row in await fetch("SELECT * FROM session_tokens")])
    assert tokens.access_token[3:] not in kept
    assert tokens.refresh_token[3:] not in kept


async def test_numbers_codes_and_tokens_do_not_show_when_printed() -> None:
    tokens = await signed_in(PHONE)
    assert tokens.access_token not in repr(tokens)
    assert tokens.refresh_token not in repr(tokens)
    assert repr(SignInWish(PHONE, "123456")) == "SignInWish(request_id=None, device_name=None)"


async def test_tokens_of_sessions_that_ran_out_are_forgotten() -> None:
    await signed_in(PHONE)
    await signed_in(PHONE, later(days=31))
    assert await count("session_tokens") == 2
