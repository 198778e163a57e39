"""What people may write: names and texts, cleaned of what cannot be seen, refused where nothing is left."""

from __future__ import annotations

import unicodedata

from domain.refusals import InvalidInput

NAME_LENGTH = 120
TEXT_LENGTH = 5000
REASON_LENGTH = 500  # of why somebody of the staff did something
# Zs is a plain space, Cf joins emoji and Indic letters, Mn and Me sit on a letter; all may stand inside a text but are
# nothing by themselves. Neither are five characters that Unicode calls letters or symbols and fonts leave blank.
INVISIBLE = ("Zs", "Zl", "Zp", "Cf", "Cc", "Mn", "Me")
BLANK = "\u115f\u1160\u2800\u3164\uffa0"
# Control characters, halves of characters, and private ones, which every font shows as it likes. A name is one line; and nothing
# may turn around what is written beside it (Unicode's Bidi_Control), so that "张三" reads as somebody else.
REFUSED = ("Cc", "Cs", "Co", "Zl", "Zp")
TURNS_AROUND = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
# Python sorts the marks on one letter in a time that grows with the square of their number: half a megabyte of them takes
# minutes. So nothing is normalised whose length and marks are without bounds. NFC shortens a text to a third at most
# (Hangul, Vietnamese); Unicode itself calls 30 marks on a letter more than any language needs (UAX 15, stream-safe text).
SHRINKS_TO_A_THIRD = 3
MOST_MARKS = 30


def clean_name(text: str, *path: str, limit: int = NAME_LENGTH) -> str:
    """A single line with something to see on it, in NFC, without spaces around it. Raises InvalidInput at `path`."""
    return cleaned(text, path, limit, allowed="")


def clean_text(text: str, *path: str, limit: int = TEXT_LENGTH) -> str:
    """Some lines with something to see on them. Raises InvalidInput at `path`."""
    return cleaned(text.replace("\r\n", "\n"), path, limit, allowed="\n\t\u2028\u2029")


def cleaned(text: str, path: tuple[str, ...], limit: int, allowed: str) -> str:
    text = text.strip()
    if len(text) > SHRINKS_TO_A_THIRD * limit:
        raise InvalidInput(reason="text_too_long", values={"limit": limit}, path=path)
    if has_piled_marks(text):
        raise InvalidInput(reason="text_piled_marks", values={"limit": MOST_MARKS}, path=path)
    text = unicodedata.normalize("NFC", text)
    if any((unicodedata.category(c) in REFUSED and c not in allowed) or c in TURNS_AROUND for c in text):
        raise InvalidInput(reason="text_control_characters", path=path)
    if all(unicodedata.category(c) in INVISIBLE or c in BLANK for c in text):
        raise InvalidInput(reason="text_empty", path=path)
    if len(text) > limit:
        raise InvalidInput(reason="text_too_long", values={"limit": limit}, path=path)
    return text


def has_piled_marks(text: str) -> bool:
    """Whether a letter carries more than 30 marks."""
    marks = 0
    for character in "" if text.isascii() else text:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks > MOST_MARKS:
            return True
    return False
