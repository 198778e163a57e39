"""The schema as a file, for front-ends' tools."""

from __future__ import annotations

from api.commands import DONE, NOT_AS_IT_SHOULD_BE
from schema.build import EXPORTED, export_sdl


def export_schema() -> int:
    """schema/schema.graphql is what the program really answers."""
    EXPORTED.write_text(export_sdl(), encoding="utf-8")
    print("written: schema/schema.graphql")
    return DONE


def check_schema() -> int:
    """Whether schema/schema.graphql is what the program really answers."""
    if EXPORTED.exists() and EXPORTED.read_text(encoding="utf-8") == export_sdl():
        return DONE
    print("schema/schema.graphql is stale; `python -m api export-schema` writes it anew")
    return NOT_AS_IT_SHOULD_BE
