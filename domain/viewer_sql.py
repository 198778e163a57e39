"""SQL that asks on behalf of one resident: written with `:viewer` over a row {t}, so that acts and reads share it."""

from __future__ import annotations

import re
from datetime import datetime

from storage.instants import to_micros

ASKED = re.compile(":viewer|:now")


def for_viewer(sql: str, viewer_id: int | None) -> tuple[str, list[int | None]]:
    """The statement with `?` for every `:viewer`, and the parameters that go there; those of the statement follow."""
    return sql.replace(":viewer", "CAST(? AS BIGINT)"), [viewer_id] * sql.count(":viewer")


def for_viewer_at(sql: str, viewer_id: int | None, now: datetime) -> tuple[str, list[int | None]]:
    """The same for a statement that also says `:now`."""
    values = {":viewer": viewer_id, ":now": to_micros(now)}
    return ASKED.sub("CAST(? AS BIGINT)", sql), [values[name] for name in ASKED.findall(sql)]
