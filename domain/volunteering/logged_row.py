"""The answer to one row of a batch, and how it is kept so that a retry is answered as the first time."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from domain.refusals import (
    AccountNotOpen,
    AlreadyAttended,
    BudgetExhausted,
    CodeExpired,
    InvalidInput,
    NotFound,
    Refusal,
)

# What a row can be answered with; a refusal is kept under its code.
ROW_REFUSALS: dict[str, type[Refusal]] = {
    refusal.code: refusal
    for refusal in (AccountNotOpen, AlreadyAttended, BudgetExhausted, CodeExpired, InvalidInput, NotFound)
}


@dataclass(frozen=True, slots=True)
class LoggedRow:
    """The attendance that was recorded, or why none was."""

    attendance_id: int | None = None
    refusal: Refusal | None = None


def rows_to_data(rows: Sequence[LoggedRow]) -> list[Any]:
    """The rows as JSON data."""
    return [row.attendance_id if row.refusal is None else refusal_to_data(row.refusal) for row in rows]


def rows_from_data(data: Sequence[Any]) -> tuple[LoggedRow, ...]:
    """The rows again."""
    return tuple(
        LoggedRow(kept) if isinstance(kept, int) else LoggedRow(refusal=refusal_from_data(kept)) for kept in data
    )


def refusal_to_data(refusal: Refusal) -> dict[str, Any]:
    assert type(refusal) is ROW_REFUSALS[refusal.code], "a row's refusal can be kept"
    fields = {field.name: getattr(refusal, field.name) for field in dataclasses.fields(refusal)}
    return {"code": refusal.code, **fields}


def refusal_from_data(data: dict[str, Any]) -> Refusal:
    fields = {name: value for name, value in data.items() if name != "code"}
    if fields["path"] is not None:
        fields["path"] = tuple(fields["path"])
    return ROW_REFUSALS[data["code"]](**fields)
