"""In which of our media types to answer: what an Accept header likes best of them (RFC 9110, 12.5.1)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from api.preferences import MOST, weight_of

JSON = "application/json"
GRAPHQL_JSON = "application/graphql-response+json"
#: For whoever takes anything, the one that every client reads comes first.
SPOKEN = (JSON, GRAPHQL_JSON)


@dataclass(frozen=True, slots=True)
class Range:
    """One entry of an Accept header: a media type, `type/*` or `*/*`, and how much it is wanted."""

    media: str
    weight: float
    place: int

    @property
    def exactness(self) -> int:
        """An entry that names a type has the last word on it, over one for its family, over one for everything."""
        return 2 - self.media.count("*")

    def takes(self, media: str) -> bool:
        return self.media in (media, f"{media.partition('/')[0]}/*", "*/*")


@lru_cache(maxsize=256)
def media_of(accept: str) -> str | None:
    """The media type to answer in: the most wanted, and of several that are, the first. None where none is accepted.

    Without the header it is application/json: old clients send none.
    """
    ranges = ranges_of(accept)
    if not ranges:
        return JSON
    wanted = [(best, media) for media in SPOKEN if (best := best_for(media, ranges)) and best.weight > 0]
    if not wanted:
        return None
    return min(wanted, key=lambda pair: (-pair[0].weight, pair[0].place))[1]


def names(accept: str, media: str) -> bool:
    """Whether the header takes a media type by its name, and not only because it takes everything."""
    return any(each.media == media and each.weight > 0 for each in ranges_of(accept))


def takes(accept: str, media: str) -> bool:
    """Whether the header takes a media type, by its name or because it takes everything."""
    ranges = ranges_of(accept)
    best = best_for(media, ranges)
    return not ranges or (best is not None and best.weight > 0)


def best_for(media: str, ranges: list[Range]) -> Range | None:
    """The entry that decides about a media type."""
    return max((each for each in ranges if each.takes(media)), key=lambda each: each.exactness, default=None)


def ranges_of(accept: str) -> list[Range]:
    """The entries of an Accept header. What is no entry is left out."""
    ranges = []
    for place, part in enumerate(accept.split(",")[:MOST]):
        name, *parameters = (piece.strip().lower() for piece in part.split(";"))
        if "/" in name:
            ranges.append(Range(name, weight_of(parameters), place))
    return ranges
