"""What people may write."""

from __future__ import annotations

import pytest

from domain.refusals import InvalidInput
from domain.text import clean_name, clean_text


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("王", "王"),
        ("  李奶奶\u3000", "李奶奶"),
        ("😀", "😀"),
        ("👨‍👩‍👧", "👨‍👩‍👧"),
        ("❤️", "❤️"),
        ("e\u0301", "é"),
        ("নাম", "নাম"),
        ("𠮷", "𠮷"),
        ("王" * 120, "王" * 120),
        ("\u1112\u1161\u11ab" * 120, "\ud55c" * 120),  # Hangul as some systems send it, three times as long
        ("e" + "\u0316" * 30, "e" + "\u0316" * 30),
    ],
)
def test_a_name_is_kept_without_spaces_around_it(typed: str, kept: str) -> None:
    assert clean_name(typed) == kept


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "text_empty"),
        ("\u200b", "text_empty"),  # zero-width space
        (" \u200d\u2060\ufeff\u00ad", "text_empty"),
        ("\u3164", "text_empty"),  # a Hangul letter that is blank
        ("\u2800\u115f", "text_empty"),  # a braille cell without dots, a filler
        ("\ufe0f", "text_empty"),  # an emoji style without the emoji
        ("\u0301", "text_empty"),  # an accent without a letter
        ("a\x00", "text_control_characters"),
        ("a\nb", "text_control_characters"),
        ("a\tb", "text_control_characters"),
        ("\ud800", "text_control_characters"),
        ("王\u202eab", "text_control_characters"),  # what follows reads backwards
        ("\u2067王\u2069", "text_control_characters"),
        ("王\u200f", "text_control_characters"),
        ("王\ue000", "text_control_characters"),  # a private character: every font has another one
        ("王\U000f0000", "text_control_characters"),
        ("王\u2028李", "text_control_characters"),  # a second line
        ("王" * 121, "text_too_long"),
        ("e\u0301" * 121, "text_too_long"),
        ("e" + "\u0316" * 31, "text_piled_marks"),
        pytest.param(
            "e" + "\u0300\u0316" * 500_000, "text_too_long", id="marks that would take ten minutes to normalise"
        ),
    ],
)
def test_a_name_is_one_line_with_something_to_see(typed: str, reason: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        clean_name(typed, "records", "3", "name")
    assert (raised.value.reason, raised.value.path) == (reason, ("records", "3", "name"))


def test_a_text_may_have_lines() -> None:
    assert clean_text(" 一\r\n二\n\t三 ") == "一\n二\n\t三"


def test_a_text_is_refused_like_a_name_otherwise() -> None:
    for typed in ("\n\n", "a\x00", "a\u202e", "字" * 5001):
        with pytest.raises(InvalidInput):
            clean_text(typed)
