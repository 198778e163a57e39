"""Serials of tickets: short, for reading aloud at a noisy gate, such as 'K7QM-2X9D'.

31 signs without the look-alikes 0 O 1 I L. Seven are random, the eighth is a check: 31 is a prime, so that a wrong sign and
two signs that changed places are always noticed.
"""

from __future__ import annotations

from collections.abc import Callable

RandomBits = Callable[[int], int]

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
RANDOM_SIGNS = 7
# So many more bits than seven signs hold that no serial is noticeably likelier than another.
BITS = 64


def make_serial(random_bits: RandomBits) -> str:
    """A serial made of random bits. Two of them can be the same; the database's UNIQUE notices."""
    number = random_bits(BITS)
    signs = []
    for _ in range(RANDOM_SIGNS):
        number, sign = divmod(number, len(ALPHABET))
        signs.append(sign)
    text = "".join(ALPHABET[sign] for sign in [*signs, -weighted_sum(signs) * INVERSE_OF_LAST_WEIGHT % len(ALPHABET)])
    return f"{text[:4]}-{text[4:]}"


# The check sign's weight is 8, and 8 * 4 = 32 = 1 modulo 31.
INVERSE_OF_LAST_WEIGHT = 4


def weighted_sum(signs: list[int]) -> int:
    return sum(weight * sign for weight, sign in enumerate(signs, start=1))
