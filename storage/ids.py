"""Keys of rows: 63-bit numbers that grow with time, made here so that a batch needs no round trip to learn its keys."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from storage.instants import MICROSECOND

EPOCH_MICROS = 1_704_067_200_000_000  # 2024-01-01T00:00:00Z; leaves 71 years in 51 bits
RANDOM_BITS = 12


def ids_within(span: timedelta) -> int:
    """How far apart two ids are that were made so long after one another."""
    return span // MICROSECOND << RANDOM_BITS


class IdSource:
    """Makes ids: 51 bits of microseconds since 2024, 12 random bits, always above the last one.

    Two processes can, once in a blue moon, make the same id; the primary key then refuses the second row
    and the transaction is run again with new ids (storage/retry.py).
    """

    def __init__(self, clock_micros: Callable[[], int], random_bits: Callable[[int], int]) -> None:
        self._clock_micros = clock_micros
        self._random_bits = random_bits
        self._last = 0

    def next(self) -> int:
        fresh = (self._clock_micros() - EPOCH_MICROS) << RANDOM_BITS | self._random_bits(RANDOM_BITS)
        self._last = max(fresh, self._last + 1)
        return self._last
