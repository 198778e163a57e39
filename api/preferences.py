"""Headers that list what a client accepts, each with a weight: `zh-CN, en;q=0.5`."""

from __future__ import annotations

from functools import lru_cache

MOST = 32  # a header with more than that is not meant to be read


@lru_cache(maxsize=256)
def preferences(header: str) -> tuple[str, ...]:
    """What is accepted, in lower case, the most wanted first; what is excluded (q=0) is left out."""
    weighted = []
    for part in header.split(",")[:MOST]:
        name, *parameters = (piece.strip().lower() for piece in part.split(";"))
        weight = weight_of(parameters)
        if name and weight > 0:
            weighted.append((weight, name))
    weighted.sort(key=lambda pair: -pair[0])
    return tuple(name for _, name in weighted)


def weight_of(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return min(1.0, float(value))
            except ValueError:
                return 0.0
    return 1.0
