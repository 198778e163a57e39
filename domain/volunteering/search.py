"""Finding activities by two neighbouring characters, in Chinese or English (docs/decisions/0003).

Texts and queries are folded alike, so that full-width letters and capitals do not matter. A pair never reaches over a
space; a word of one character has no pair and is found by LIKE alone.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from domain.refusals import InvalidInput
from domain.text import clean_name

SHORTEST_SEARCH = 2  # characters
LONGEST_SEARCH = 100
SEARCH = ("filter", "search")


@dataclass(frozen=True, slots=True)
class SearchTerms:
    """What a text must hold: every pair of `grams` (by the index), and then every one of `words`."""

    words: tuple[str, ...]
    grams: tuple[str, ...]


def folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower()


def search_text_of(*texts: str) -> str:
    """The texts as words are looked for in them."""
    return folded("\n".join(texts))


def grams_of(text: str) -> frozenset[str]:
    """Every pair of neighbouring characters of its words, folded."""
    return frozenset(word[at : at + 2] for word in folded(text).split() for at in range(len(word) - 1))


def search_terms(query: str) -> SearchTerms:
    """What a query looks for; words are separated by spaces, and all must be there. Raises InvalidInput.

    A query whose words are all of one character is too short.
    """
    words = folded(clean_name(" ".join(query.split()), *SEARCH, limit=LONGEST_SEARCH)).split()
    if max(map(len, words), default=0) < SHORTEST_SEARCH:
        raise InvalidInput(reason="search_too_short", values={"least": SHORTEST_SEARCH}, path=SEARCH)
    return SearchTerms(tuple(dict.fromkeys(words)), tuple(sorted(grams_of(" ".join(words)))))
