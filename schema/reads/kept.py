"""Remembering what was learned about documents, within bounds: a document is held as long as what was learned about it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from typing import Generic, TypeVar

from graphql.language import Node

T = TypeVar("T")

#: Characters of documents held by one memory. A parsed document takes some 100 to 200 bytes for each of its characters.
MOST_TEXT = 500_000
LEAST_TEXT = 200
#: How many values of variables are remembered for a document, and how large.
MOST_VALUES = 64
MOST_VARIABLES = 10
LONGEST_VALUE = 100
PLAIN = {int, str, bool, float, type(None)}


class Kept(Generic[T]):
    """What is used least recently is forgotten when the texts behind it grow too long together."""

    def __init__(self, most: int = MOST_TEXT) -> None:
        self.most = most
        self.total = 0
        self._entries: OrderedDict[tuple[object, ...], tuple[int, T]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: tuple[object, ...]) -> T | None:
        entry = self._entries.get(key)
        if entry is None:
            return None
        self._entries.move_to_end(key)
        return entry[1]

    def keep(self, key: tuple[object, ...], value: T, node: Node) -> T:
        """Remember a value about a document, of which `node` is a part, and answer it."""
        length = text_length(node)
        self._entries[key] = (length, value)
        self.total += length
        while self.total > self.most:
            _, (forgotten, _) = self._entries.popitem(last=False)
            self.total -= forgotten
        return value


def variables_key(values: Mapping[str, object]) -> tuple[object, ...] | None:
    """What stands for the values of an operation's variables; None where they are more than a few plain ones."""
    if len(values) > MOST_VARIABLES:
        return None
    parts: list[object] = []
    for name, value in values.items():
        kind = type(value)  # 1 and True are equal, and not the same variable
        if kind not in PLAIN or (kind is str and len(str(value)) > LONGEST_VALUE):
            return None
        parts += (name, kind, value)
    return tuple(parts)


def text_length(node: Node) -> int:
    """How long the document is that a node is part of."""
    return max(LEAST_TEXT, len(node.loc.source.body)) if node.loc else LEAST_TEXT
