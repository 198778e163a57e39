"""What an operation may be at most. It loads nothing, so that a command that only reads settings starts at once."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What an operation may be at most."""

    #: Words and signs of the document.
    tokens: int = 2_000
    #: Fields in one another. The introspection query of GraphiQL has 15.
    depth: int = 20
    aliases: int = 50
    directives: int = 100
    #: Fields that answer under a name that another field beside them has already.
    repeats: int = 100
    #: Fields, with every fragment counted wherever it is spread.
    selections: int = 1_000
    #: See measure.py.
    cost: int = 150_000
    #: Seconds until a query or mutation is answered.
    deadline: float = 20.0
