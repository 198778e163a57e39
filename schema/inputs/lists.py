"""How long a list in a filter may be."""

from __future__ import annotations

MOST_OF_A_KIND = 50  # more than any enum has values; the same one may stand there twice
