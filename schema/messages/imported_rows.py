"""What is said of a row of a statement, the same before and after it is done."""

from __future__ import annotations

from domain.claims.imported_row import ImportedRow
from domain.claims.states import RowOutcome
from schema.messages import message_of
from schema.reads.arguments import Text
from schema.reads.asking import Language

OUTCOMES = {
    RowOutcome.PAID: Text(
        "计入新增 {increase} 积分（上次核验 {previous_figure} 分）。",
        "{increase} points more than the last figure, {previous_figure}.",
    ),
    RowOutcome.PENDING: Text(
        "新增 {increase} 积分（上次核验 {previous_figure} 分），须由另一人复核后入账。",
        "{increase} points more than the last figure, {previous_figure}; paid once a second person has approved.",
    ),
}


def said_of_row(row: ImportedRow, language: Language) -> str:
    """What became of the row, for a person."""
    if row.refusal is not None:
        return message_of(row.refusal, language)
    figures = {"increase": row.increase, "previous_figure": row.previous_figure}
    return OUTCOMES[row.outcome].said_in(language).format_map(figures)
