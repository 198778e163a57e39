"""SQL that asks on behalf of one resident: written with `:viewer` over a row {t}, so that acts and reads share it."""

from __future__ import annotations


def for_viewer(sql: str, viewer_id: int | None) -> tuple[str, list[int | None]]:
    """The statement with `?` for every `:viewer`, and the parameters that go there; those of the statement follow."""
    return sql.replace(":viewer", "CAST(? AS BIGINT)"), [viewer_id] * sql.count(":viewer")
