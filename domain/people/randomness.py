"""Randomness that is passed in, so that tests can say what falls."""

from __future__ import annotations

from collections.abc import Callable

RandomBytes = Callable[[int], bytes]  # secrets.token_bytes, wherever it is not a test

LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that are read as another


def random_below(limit: int, random_bytes: RandomBytes) -> int:
    """A whole number from 0 to `limit` - 1. Eight bytes beyond need keep every number as likely as the next."""
    size = (limit.bit_length() + 7) // 8 + 8
    return int.from_bytes(random_bytes(size)) % limit


def random_digits(count: int, random_bytes: RandomBytes) -> str:
    """`count` decimal digits, leading zeros included."""
    return str(random_below(10**count, random_bytes)).zfill(count)


def random_letters(count: int, random_bytes: RandomBytes) -> str:
    """`count` letters and digits that cannot be mistaken for one another when read aloud."""
    return "".join(LETTERS[random_below(len(LETTERS), random_bytes)] for _ in range(count))
