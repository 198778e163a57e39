"""Phone numbers: what is taken, what is kept, what others see."""

from __future__ import annotations

import secrets

import pytest

from domain.people.keys import derive_keys, set_keys
from domain.people.phone import mask_phone, parse_phone
from domain.people.phone_seal import phone_as_seen, phone_digest, seal_phone, unseal_phone
from domain.refusals import InvalidInput

NUMBER = "+8613812345678"


@pytest.mark.parametrize(
    "typed",
    [
        "13812345678",
        "+8613812345678",
        "8613812345678",
        "008613812345678",
        "+86 138 1234 5678",
        "138-1234-5678",
        "138–1234–5678",
        " 138 1234 5678 ",
        "１３８１２３４５６７８",
        "+86 - 138 1234 5678",
    ],
)
def test_a_mobile_number_is_understood_however_it_is_typed(typed: str) -> None:
    assert parse_phone(typed) == NUMBER


@pytest.mark.parametrize(
    "typed", ["13800000000", "14700000000", "15912345678", "16612345678", "17712345678", "19212345678"]
)
def test_numbers_of_all_networks_are_mobile_numbers(typed: str) -> None:
    assert parse_phone(typed) == f"+86{typed}"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "0537-2212345",  # a landline of Jining
        "+86 537 2212345",
        "010 12345678",
        "400 820 8820",
        "12345",
        "110",
        "1381234567",  # one digit short
        "138123456789",  # one too many
        "12812345678",  # no such network
        "+852 5123 4567",  # Hong Kong
        "+853 6612 3456",
        "+886 912 345 678",
        "+1 202 555 0143",
        "+44 7700 900123",
        "00 1 202 555 0143",
        "13812345678 ext 5",
        "13812345678;ext=5",
        "tel:13812345678",
        "我的号码是13812345678",
        "1-381-CALLNOW",
        "138123456七八",
        "😀",
        "13812345678\x00",
        "138\n12345678",
        "\u200b13812345678",
        "\ud800",
        "++8613812345678",
        "1" * 100_000,
        "1 " * 50_000,
        "13812345678" + " " * 100,
        pytest.param("1" + "\u0300\u0316" * 500_000, id="marks that would take ten minutes to normalise"),
    ],
)
def test_anything_else_is_no_mainland_mobile_number(typed: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        parse_phone(typed)
    assert (raised.value.reason, raised.value.path) == ("phone_not_mainland_mobile", ("phone",))


def test_a_refusal_says_which_row_it_concerns() -> None:
    with pytest.raises(InvalidInput) as raised:
        parse_phone("12345", "records", "3", "attendee", "phone")
    assert raised.value.path == ("records", "3", "attendee", "phone")


def test_others_see_the_beginning_and_the_end() -> None:
    assert mask_phone(NUMBER) == "138****5678"


def test_a_sealed_number_opens_for_its_resident_only() -> None:
    sealed = seal_phone(NUMBER, 7, secrets.token_bytes)
    assert unseal_phone(sealed, 7) == NUMBER
    with pytest.raises(ValueError, match="does not belong"):
        unseal_phone(sealed, 8)


def test_a_number_is_never_sealed_the_same_way_twice() -> None:
    assert seal_phone(NUMBER, 7, secrets.token_bytes) != seal_phone(NUMBER, 7, secrets.token_bytes)


def test_a_sealed_number_shows_none_of_its_digits() -> None:
    assert b"1234" not in seal_phone(NUMBER, 7, secrets.token_bytes)


def test_every_altered_byte_of_a_sealed_number_is_noticed() -> None:
    sealed = seal_phone(NUMBER, 7, secrets.token_bytes)
    for place in range(len(sealed)):
        altered = bytes(byte ^ (index == place) for index, byte in enumerate(sealed))
        with pytest.raises(ValueError, match="seal"):
            unseal_phone(altered, 7)


def test_another_secret_neither_opens_nor_finds_a_number() -> None:
    sealed, digest = seal_phone(NUMBER, 7, secrets.token_bytes), phone_digest(NUMBER)
    set_keys(derive_keys(b"a secret that was made anew by mistake"))
    assert phone_digest(NUMBER) != digest
    with pytest.raises(ValueError, match="does not belong"):
        unseal_phone(sealed, 7)


def test_the_person_sees_the_number_whole_and_others_masked() -> None:
    sealed = seal_phone(NUMBER, 7, secrets.token_bytes)
    assert phone_as_seen(sealed, 7, viewer_id=7) == "13812345678"
    assert phone_as_seen(sealed, 7, viewer_id=8) == "138****5678"
    assert phone_as_seen(sealed, 7, viewer_id=None) == "138****5678"
    assert phone_as_seen(None, 7, viewer_id=7) is None
