"""Answers come back from the database as they went in."""

from __future__ import annotations

import dataclasses
import json

from domain.refusals import AccountNotOpen, AlreadyAttended, BudgetExhausted, CodeExpired, InvalidInput, NotFound
from domain.volunteering.logged_row import ROW_REFUSALS, LoggedRow, rows_from_data, rows_to_data

REFUSALS = [
    AccountNotOpen(account_id=7, status="CLOSED", path=("records", "0")),
    AlreadyAttended(path=("records", "1")),
    BudgetExhausted(programme="xuexi", path=("records", "2")),
    CodeExpired(path=("records", "3", "attendee", "memberCode")),
    InvalidInput(reason="wallet_full", values={"limit": 7}, path=("records", "4")),
    NotFound(path=None),
]


def test_every_answer_survives_being_kept_as_json() -> None:
    rows = [LoggedRow(5), *(LoggedRow(refusal=refusal) for refusal in REFUSALS)]
    again = rows_from_data(json.loads(json.dumps(rows_to_data(rows))))
    assert again[0] == LoggedRow(5)
    for kept, refusal in zip(again[1:], REFUSALS, strict=True):
        assert kept.refusal is not None
        assert type(kept.refusal) is type(refusal)
        assert dataclasses.asdict(kept.refusal) == dataclasses.asdict(refusal)


def test_there_is_an_example_of_every_refusal_that_a_row_can_have() -> None:
    assert {refusal.code for refusal in REFUSALS} == set(ROW_REFUSALS)
