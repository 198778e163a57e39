"""The answer to one row of a statement, and how it is kept so that a retry is answered as the first time."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from domain.claims.batch import NewClaim
from domain.claims.states import RowOutcome
from domain.refusals import (
    AccountNotOpen,
    AlreadyClaimed,
    BudgetExhausted,
    Conflict,
    InvalidInput,
    NotFound,
    Refusal,
    SecondPersonRequired,
)

# What a row can be answered with; a refusal is kept under its code.
ROW_REFUSALS: dict[str, type[Refusal]] = {
    refusal.code: refusal
    for refusal in (
        AccountNotOpen,
        AlreadyClaimed,
        BudgetExhausted,
        Conflict,
        InvalidInput,
        NotFound,
        SecondPersonRequired,
    )
}


@dataclass(frozen=True, slots=True)
class ImportedRow:
    """What became of the row `number`, or would: `increase` over `previous_figure`, or why nothing.

    `claim_id` is None where nothing was written; an ALREADY_CLAIMED row has its refusal too.
    """

    number: int
    outcome: RowOutcome
    previous_figure: int | None = None
    increase: int | None = None
    claim_id: int | None = None
    refusal: Refusal | None = None


def row_answer(number: int, decided: NewClaim | Refusal, claim_id: int | None = None) -> ImportedRow:
    """What was decided, as an answer."""
    if isinstance(decided, AlreadyClaimed):
        return ImportedRow(number, RowOutcome.ALREADY_CLAIMED, refusal=decided)
    if isinstance(decided, Refusal):
        return ImportedRow(number, RowOutcome.REFUSED, refusal=decided)
    outcome = RowOutcome.PENDING if decided.waits else RowOutcome.PAID
    return ImportedRow(number, outcome, decided.previous_figure, decided.increase, claim_id)


def rows_to_data(rows: Sequence[ImportedRow]) -> list[Any]:
    """The rows as JSON data."""
    return [
        [row.number, row.outcome, row.previous_figure, row.increase, row.claim_id, refusal_to_data(row.refusal)]
        for row in rows
    ]


def rows_from_data(data: Sequence[Any]) -> tuple[ImportedRow, ...]:
    """The rows again."""
    return tuple(
        ImportedRow(number, RowOutcome(outcome), previous, increase, claim_id, refusal_from_data(refusal))
        for number, outcome, previous, increase, claim_id, refusal in data
    )


def refusal_to_data(refusal: Refusal | None) -> dict[str, Any] | None:
    if refusal is None:
        return None
    assert type(refusal) is ROW_REFUSALS[refusal.code], "a row's refusal can be kept"
    fields = {field.name: getattr(refusal, field.name) for field in dataclasses.fields(refusal)}
    written = {name: value.isoformat() if isinstance(value, date) else value for name, value in fields.items()}
    return {"code": refusal.code, **written}


def refusal_from_data(data: dict[str, Any] | None) -> Refusal | None:
    if data is None:
        return None
    fields = {name: value for name, value in data.items() if name != "code"}
    if fields["path"] is not None:
        fields["path"] = tuple(fields["path"])
    if data["code"] == AlreadyClaimed.code:
        fields["last_seen_on"] = date.fromisoformat(fields["last_seen_on"])
    return ROW_REFUSALS[data["code"]](**fields)
