"""Registering residents: names, numbers, wallets."""

from __future__ import annotations

import asyncio
import secrets

import pytest

from domain.people.change_phone_key import change_phone_key
from domain.people.check_keys import WrongPhoneKey, keys_fit
from domain.people.find_resident import find_resident_by_phone, find_residents_by_phone
from domain.people.keys import set_keys, with_phone_key
from domain.people.register_resident import NewResident, register_resident
from domain.people.session_tokens import SessionTokens
from domain.people.sign_in import SignInWish, sign_in
from domain.refusals import Conflict, InvalidInput, NotFound, Refusal
from storage import fetch, read, write
from tests.builders.people import a_code_for, a_phone, a_programme, a_resident, signed_in
from tests.builders.places import an_area
from tests.clock import NOW
from tests.keys import TEST_KEYS

pytestmark = pytest.mark.usefixtures("database")


PHONE = "+8613800000001"


async def register(name: str = "示例居民01", phone: str | None = "13800000001", area_id: int | None = None) -> int:
    new = NewResident(display_name=name, phone=phone, area_id=area_id)
    return await register_resident(new, NOW, secrets.token_bytes)


async def test_a_resident_has_a_name_an_area_and_a_wallet() -> None:
    await write(a_programme)
    area_id = await an_area()
    resident_id = await register(area_id=area_id)
    rows = await fetch("SELECT id, display_name, area_id FROM residents")
    assert [tuple(row) for row in rows] == [(resident_id, "示例居民01", area_id)]
    wallets = await fetch("SELECT kind, debits, credits FROM accounts WHERE holder_id = ?", resident_id)
    assert [tuple(row) for row in wallets] == [("WALLET", 0, 0)]


async def test_people_without_a_phone_are_residents_too() -> None:
    first, second = await register(phone=None), await register(phone=None)
    assert first != second


async def test_a_number_belongs_to_one_resident_however_many_ask_at_once() -> None:
    answers = await asyncio.gather(*(register() for _ in range(8)), return_exceptions=True)
    refused = [answer for answer in answers if isinstance(answer, Conflict)]
    assert {(r.reason, r.path) for r in refused} == {("phone_taken", ("phone",))}
    assert len(refused) == 7
    assert len(await fetch("SELECT id FROM residents")) == 1


async def test_registering_beside_a_first_sign_in_makes_one_resident() -> None:
    phones = [f"138000000{number}" for number in range(10, 30)]
    wishes = [SignInWish(phone, await a_code_for(phone)) for phone in phones]
    signing_in = (sign_in(wish, NOW, secrets.token_bytes) for wish in wishes)
    registering = (register(phone=phone) for phone in phones)
    both = [act for pair in zip(signing_in, registering, strict=True) for act in pair]
    answers = await asyncio.gather(*both, return_exceptions=True)
    assert all(isinstance(answer, SessionTokens) for answer in answers[::2])
    assert all(isinstance(answer, int | Conflict) for answer in answers[1::2])
    assert len(await fetch("SELECT id FROM residents")) == len(phones)


@pytest.mark.parametrize("name", ["😀", "👨‍👩‍👧", "阿依古丽·买买提", "Ana María", "é", "王"])
async def test_names_of_all_kinds_are_taken(name: str) -> None:
    assert await register(name)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("", "text_empty"),
        ("   ", "text_empty"),
        ("\u3000", "text_empty"),
        ("\u200b", "text_empty"),
        ("\u200b\u200d\ufeff", "text_empty"),
        ("\u2060 \u00ad", "text_empty"),
        ("a\x00b", "text_control_characters"),
        ("a\nb", "text_control_characters"),
        ("\ud800", "text_control_characters"),
        ("王" * 41, "text_too_long"),
        ("x" * 1_000_000, "text_too_long"),
    ],
)
async def test_a_name_is_one_line_with_something_to_see(name: str, reason: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        await register(name)
    assert (raised.value.reason, raised.value.path) == (reason, ("displayName",))


@pytest.mark.parametrize(
    ("wrong", "refusal", "path"),
    [
        ({"name": "\u200b", "phone": "12345", "area_id": 5}, InvalidInput, ("displayName",)),
        ({"phone": "12345", "area_id": 5}, InvalidInput, ("phone",)),
        ({"area_id": 5}, NotFound, ("areaId",)),
        ({}, Conflict, ("phone",)),
    ],
)
async def test_refusals_come_in_order(wrong: dict[str, object], refusal: type[Refusal], path: tuple[str, ...]) -> None:
    await a_resident(phone=PHONE)
    with pytest.raises(refusal) as raised:
        await register(**wrong)  # type: ignore[arg-type]
    assert raised.value.path == path


async def test_residents_are_found_by_their_numbers() -> None:
    first, second = await a_resident(phone=PHONE), await a_resident(phone="+8613800000002")
    phones = [PHONE, "+8613800000002", "+8613800000003"]
    found = await read(lambda reader: find_residents_by_phone(reader, phones))
    assert found == {PHONE: first, "+8613800000002": second}
    assert await read(lambda reader: find_resident_by_phone(reader, PHONE)) == first


async def test_a_number_that_nobody_has_is_not_found() -> None:
    with pytest.raises(NotFound) as raised:
        await read(lambda reader: find_resident_by_phone(reader, PHONE, "records", "0", "attendee", "phone"))
    assert raised.value.path == ("records", "0", "attendee", "phone")


async def test_a_process_with_an_old_key_registers_nobody_twice() -> None:
    phone = a_phone()
    resident_id = await a_resident(phone=phone)
    new = with_phone_key(TEST_KEYS, 2, b"the new secret of phone numbers..")
    assert await change_phone_key(new, NOW, secrets.token_bytes) == 1
    with pytest.raises(WrongPhoneKey):
        await a_resident(phone=phone)
    set_keys(new)
    assert await read(keys_fit)
    assert (await signed_in(phone)).resident_id == resident_id
    assert (await fetch("SELECT COUNT(*) FROM residents"))[0][0] == 1
