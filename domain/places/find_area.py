"""Areas by their codes."""

from __future__ import annotations

import re

from domain.refusals import NotFound
from storage import Reader

# Whatever cannot be a code is not looked for: PostgreSQL takes no NUL, neither engine a lone surrogate.
CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z_.-]{0,63}")


async def find_area(reader: Reader, code: str, *path: str) -> int:
    """The id of the area with a code. Raises NotFound at `path`."""
    sql = "SELECT id FROM areas WHERE code = ?"
    area_id: int | None = await reader.fetch_value(sql, code) if CODE.fullmatch(code) else None
    if area_id is None:
        raise NotFound(path=path or None)
    return area_id
