"""Serials that survive being read aloud."""

from __future__ import annotations

import random

import pytest

from domain.redemption.serial import ALPHABET, make_serial
from tests.domain.redemption.read_aloud import is_serial

SERIALS = [make_serial(random.Random(seed).getrandbits) for seed in range(50)]


def test_a_serial_is_four_signs_a_hyphen_and_four_signs() -> None:
    assert make_serial(lambda _: 0) == "2222-2222"
    assert all(len(serial) == 9 and serial[4] == "-" for serial in SERIALS)


def test_no_sign_looks_like_another() -> None:
    assert not set(ALPHABET) & set("01OIL")
    assert len(set(ALPHABET)) == len(ALPHABET) == 31


def test_what_was_made_is_a_serial() -> None:
    assert all(is_serial(serial) for serial in SERIALS)
    assert len(set(SERIALS)) == len(SERIALS)


def test_one_wrong_sign_is_always_noticed() -> None:
    for serial in SERIALS:
        wrong = [
            serial[:place] + sign + serial[place + 1 :]
            for place in range(9)
            for sign in ALPHABET
            if place != 4 and sign != serial[place]
        ]
        assert not any(is_serial(text) for text in wrong)


def test_two_signs_that_changed_places_are_always_noticed() -> None:
    for serial in SERIALS:
        signs = serial.replace("-", "")
        for i in range(8):
            for j in range(i + 1, 8):
                swapped = list(signs)
                swapped[i], swapped[j] = swapped[j], swapped[i]
                text = "".join(swapped)
                assert signs[i] == signs[j] or not is_serial(f"{text[:4]}-{text[4:]}")


@pytest.mark.parametrize(
    "text", ["", "-", "2222", "22222222", "2222-22222", "2222-222O", "2222_2222", "票票票票-票票票票"]
)
def test_anything_else_is_no_serial(text: str) -> None:
    assert not is_serial(text)
