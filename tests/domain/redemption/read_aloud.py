"""Checking a serial that somebody read aloud, as an app that lets people type one would."""

from __future__ import annotations

from domain.redemption.serial import ALPHABET, RANDOM_SIGNS, weighted_sum


def is_serial(text: str) -> bool:
    """Whether the text is a serial without a slip of the tongue: right signs, right check sign."""
    signs = [ALPHABET.find(sign) for sign in text.replace("-", "", 1)]
    whole = len(text) == RANDOM_SIGNS + 2 and text[4] == "-" and -1 not in signs
    return whole and weighted_sum(signs) % len(ALPHABET) == 0
