"""Keys that grow with time and are never given twice, whatever the clock does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from storage.database import system_ids
from storage.dialect import numbered
from storage.ids import EPOCH_MICROS, RANDOM_BITS, IdSource
from storage.instants import from_micros, to_micros


def ids_at(*micros: int, bits: int = 0) -> list[int]:
    """The ids that are made while the clock shows these microseconds since 2024."""
    clock = iter(micros)
    source = IdSource(lambda: EPOCH_MICROS + next(clock), lambda _: bits)
    return [source.next() for _ in micros]


def test_ids_are_time_and_then_chance() -> None:
    assert ids_at(1, 2, bits=5) == [(1 << RANDOM_BITS) + 5, (2 << RANDOM_BITS) + 5]


def test_ids_grow_while_the_clock_stands_still() -> None:
    assert ids_at(1, 1, 1) == [4096, 4097, 4098]


def test_ids_grow_while_the_clock_jumps_back() -> None:
    made = ids_at(1_000_000, 5, 3, 1_000_001)
    assert made == sorted(set(made))


def test_ids_are_above_zero_even_before_their_epoch() -> None:
    assert ids_at(-5, -5) == [1, 2]


def test_a_hundred_thousand_ids_are_all_different_and_fit_a_signed_64_bit_number() -> None:
    source = system_ids()
    made = [source.next() for _ in range(100_000)]
    assert made == sorted(set(made))
    assert 0 < made[0] < made[-1] < 2**63


def test_ids_fit_until_2095() -> None:
    last = to_micros(datetime(2095, 1, 1, tzinfo=UTC)) - EPOCH_MICROS
    assert ids_at(last, bits=2**RANDOM_BITS - 1)[0] < 2**63


@pytest.mark.parametrize(
    ("instant", "micros"),
    [
        (datetime(1970, 1, 1, tzinfo=UTC), 0),
        (datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC), -1),
        (datetime(2024, 1, 12, 1, 30, 0, 123456, tzinfo=UTC), 1705023000123456),
        (datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC), 253402300799999999),
    ],
)
def test_an_instant_is_whole_microseconds_there_and_back(instant: datetime, micros: int) -> None:
    assert to_micros(instant) == micros
    assert from_micros(micros) == instant


def test_the_same_moment_is_the_same_number_in_any_zone() -> None:
    shanghai = timezone(timedelta(hours=8))
    assert to_micros(datetime(2024, 1, 12, 9, 30, tzinfo=shanghai)) == to_micros(
        datetime(2024, 1, 12, 1, 30, tzinfo=UTC)
    )


def test_a_time_without_an_offset_is_no_instant() -> None:
    with pytest.raises(ValueError, match="offset"):
        to_micros(datetime(2024, 1, 12))  # noqa: DTZ001 - what is refused


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("SELECT ?", "SELECT $1"),
        ("a = ? AND b = ?", "a = $1 AND b = $2"),
        ("a = '?' AND b = ?", "a = '?' AND b = $1"),
        ("a = 'it''s ?' AND b = ?", "a = 'it''s ?' AND b = $1"),
        ("SELECT 1", "SELECT 1"),
    ],
)
def test_placeholders_are_numbered_outside_of_quotes(written: str, sent: str) -> None:
    assert numbered(written) == sent
