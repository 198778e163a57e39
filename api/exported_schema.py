"""The schema as a file, for front-ends' tools."""

from __future__ import annotations

from api.clock import system_clock
from api.commands import DONE, NOT_AS_IT_SHOULD_BE
from schema.build import EXPORTED, export_sdl
from schema.changes import RELEASED, problems_of_change


def export_schema() -> int:
    """schema/schema.graphql is what the program really answers."""
    EXPORTED.write_text(export_sdl(), encoding="utf-8")
    print("written: schema/schema.graphql")
    return DONE


def release_schema() -> None:
    """From now on front-ends rely on what the program answers today; raises nothing, and is done once for each release."""
    RELEASED.write_text(export_sdl(), encoding="utf-8")
    print("written: schema/released.graphql")


def check_schema() -> int:
    """Whether schema/schema.graphql is what the program really answers, and breaks nothing that was released."""
    present = export_sdl()
    problems = problems_of_change(RELEASED.read_text(encoding="utf-8"), present, system_clock().date())
    if not EXPORTED.exists() or EXPORTED.read_text(encoding="utf-8") != present:
        problems.append("schema/schema.graphql is stale; `python -m api export-schema` writes it anew")
    print("\n".join(problems), end="\n" if problems else "")
    return NOT_AS_IT_SHOULD_BE if problems else DONE
