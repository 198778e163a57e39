"""Member codes: who shows them, and for how long."""

from __future__ import annotations

import base64
from datetime import datetime, timedelta

import pytest

from domain.people.keys import derive_keys, set_keys
from domain.people.member_code import make_member_code, verify_member_code
from domain.refusals import CodeExpired, InvalidInput
from tests.clock import NOW, later

RESIDENT = 2**62 + 12345


def test_a_code_says_who_shows_it() -> None:
    code = make_member_code(RESIDENT, NOW)
    assert verify_member_code(code.token, NOW) == RESIDENT


def test_a_code_changes_every_thirty_seconds() -> None:
    first = make_member_code(RESIDENT, later(seconds=29.999))
    second = make_member_code(RESIDENT, later(seconds=30))
    assert first == make_member_code(RESIDENT, NOW)
    assert first.expires_at == later(seconds=30)
    assert second.token != first.token
    assert second.expires_at == later(seconds=60)


@pytest.mark.parametrize("at", [later(seconds=-30), NOW, later(seconds=29), later(seconds=30), later(seconds=59.999)])
def test_a_code_is_taken_in_its_half_minute_the_next_and_one_ahead(at: datetime) -> None:
    assert verify_member_code(make_member_code(RESIDENT, NOW).token, at) == RESIDENT


@pytest.mark.parametrize("at", [later(seconds=-30.001), later(seconds=60), later(minutes=5), later(days=-1)])
def test_a_screenshot_is_worth_nothing(at: datetime) -> None:
    token = make_member_code(RESIDENT, NOW).token
    with pytest.raises(CodeExpired) as raised:
        verify_member_code(token, at)
    assert raised.value.path == ("memberCode",)


def test_every_altered_bit_is_noticed() -> None:
    raw = base64.urlsafe_b64decode(make_member_code(RESIDENT, NOW).token)
    for bit in range(len(raw) * 8):
        altered = bytes(byte ^ ((1 << bit % 8) if index == bit // 8 else 0) for index, byte in enumerate(raw))
        with pytest.raises(InvalidInput) as raised:
            verify_member_code(base64.urlsafe_b64encode(altered).decode(), NOW)
        assert raised.value.reason == "member_code_invalid"


def test_a_forgery_is_called_a_forgery_at_any_time() -> None:
    token = make_member_code(RESIDENT, NOW).token
    forged = ("B" if token[0] == "A" else "A") + token[1:]
    with pytest.raises(InvalidInput):
        verify_member_code(forged, NOW + timedelta(days=365))


@pytest.mark.parametrize(
    "token",
    ["", "x", "😀" * 40, "A" * 39, "A" * 41, "A" * 40, "A" * 39 + "\n", "A" * 38 + "==", "A" * 99_999, "\ud800"],
)
def test_what_is_no_code_is_refused(token: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        verify_member_code(token, NOW, "records", "0", "attendee", "memberCode")
    assert raised.value.path == ("records", "0", "attendee", "memberCode")


def test_a_code_of_another_installation_is_refused() -> None:
    token = make_member_code(RESIDENT, NOW).token
    set_keys(derive_keys(b"the secret of the district next door"))
    with pytest.raises(InvalidInput):
        verify_member_code(token, NOW)
