"""Looking at the words of a document before it is parsed, which costs twenty times as much."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

WORD = re.compile(
    r"""
    (?:[\s,\ufeff]++|\#[^\r\n]*+)*+  # what means nothing
    (
        \"\"\"(?:[^"\\]|\\.|"(?!""))*+\"\"\" | "(?:[^"\\\r\n]|\\.)*+"  # texts
        | [_A-Za-z][_0-9A-Za-z]*+ | -?[0-9][0-9.eE+-]*+ | \.\.\. | . | \Z
    )""",
    re.DOTALL | re.VERBOSE,
)
OPENING, CLOSING = "{[(", "}])"


@dataclass(frozen=True, slots=True)
class Scanned:
    """What a document's words amount to."""

    tokens: int = 0
    #: Brackets of any kind, one in another.
    nesting: int = 0
    aliases: int = 0
    directives: int = 0


def scanned(text: str, most: int) -> Scanned:
    """What a text amounts to, as far as one word beyond the most that may be."""
    open_, deepest, in_arguments, tokens = 0, 0, 0, 0
    seen: Counter[str] = Counter()
    for match in WORD.finditer(text):
        word = match[1]
        if not word:
            break  # the end
        tokens += 1
        if tokens > most:
            break
        if word in OPENING:
            open_ += 1
            deepest = max(deepest, open_)
            in_arguments += word == "("
        elif word in CLOSING:
            open_ -= 1
            in_arguments -= word == ")"
        elif word == "@" or (word == ":" and not in_arguments):  # in arguments it stands before a value
            seen[word] += 1
    return Scanned(tokens, deepest, seen[":"], seen["@"])
