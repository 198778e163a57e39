"""Connections: the GraphQL types, cursors, and what a client may ask of a page."""

from __future__ import annotations

import binascii
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator, Mapping
from typing import Any, Generic, TypeVar
from zlib import crc32

import strawberry

from schema.reads.arguments import Text
from schema.reads.declare import MAX_PAGE

T = TypeVar("T")


@strawberry.type(description="Where a page stands in its connection.")
class PageInfo:
    """Answered by the builders of build.py."""

    has_next_page: bool = strawberry.field(description="Whether anything follows this page.")
    has_previous_page: bool = strawberry.field(description="Whether anything precedes this page.")
    start_cursor: str | None = strawberry.field(description="The cursor of the first item; null on an empty page.")
    end_cursor: str | None = strawberry.field(description="The cursor of the last item; null on an empty page.")


@strawberry.type(description="An item of a connection with its place.")
class Edge(Generic[T]):
    """Answered by the builders of build.py."""

    cursor: str = strawberry.field(description="The item's place; stable while items are added.")
    node: T = strawberry.field(description="The item.")


@strawberry.type(description="One page of a list.")
class Connection(Generic[T]):
    """Answered by the builders of build.py."""

    edges: list[Edge[T]] = strawberry.field(description="The items with their cursors.")
    nodes: list[T] = strawberry.field(description="The items.")
    page_info: PageInfo = strawberry.field(description="Where this page stands.")
    total_count: int = strawberry.field(description="How many there are on all pages. Counted only when asked for.")


Keyset = tuple[int | str | float, ...]
_written = json.JSONEncoder(separators=(",", ":")).encode

BOTH_OR_NEITHER = Text("first 与 last 必须且只能填写一个。", "Give exactly one of first and last.")
OUT_OF_RANGE = Text(f"每页条数须在 1 到 {MAX_PAGE} 之间。", f"A page has 1 to {MAX_PAGE} items.")
FOREIGN_CURSOR = Text("游标无效，或不属于这个列表。", "This cursor is not valid, or belongs to another list.")


def encode_cursor(tag: str, keyset: Keyset) -> str:
    """An opaque cursor. The tag (list and order) is not in it but in its checksum, so that it fits no other list."""
    body = _written(keyset).encode()
    return urlsafe_b64encode(checksum(tag, body) + body).decode().rstrip("=")


def decode_cursor(tag: str, cursor: str) -> Keyset | None:
    """The sort values and the key that a cursor holds; None where we did not make it for this list."""
    try:
        raw = urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
        if raw[:4] != checksum(tag, raw[4:]):
            return None
        keyset = tuple(json.loads(raw[4:]))
    except (binascii.Error, ValueError, TypeError):
        return None
    return keyset


def checksum(tag: str, body: bytes) -> bytes:
    return crc32(body, crc32(tag.encode())).to_bytes(4, "big")


def page_problems(tag: str, values: Mapping[str, Any]) -> Iterator[Text]:
    """What is wrong with the paging arguments. after and before may go with either of first and last, as in Relay."""
    first, last = values.get("first"), values.get("last")
    if (first is None) == (last is None):
        yield BOTH_OR_NEITHER
    elif not 1 <= (first or last or 0) <= MAX_PAGE:
        yield OUT_OF_RANGE
    for name in ("after", "before"):
        cursor = values.get(name)
        if cursor is not None and decode_cursor(tag, cursor) is None:
            yield FOREIGN_CURSOR
