"""Taking over statements from a file: up to 500 rows in one transaction, each answered on its own; or only trying it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from domain.claims.batch import NewClaim, ReadRow, decide
from domain.claims.desk import find_desk
from domain.claims.imported_row import ImportedRow, row_answer, rows_from_data, rows_to_data
from domain.claims.looking_up import look_up_to_try, look_up_to_write
from domain.claims.recording import record
from domain.claims.statement_csv import NumberedRow, read_statements
from domain.people.caller import Caller
from domain.people.phone_seal import phone_digest
from ledger.idempotency import Intent, check_key, claim, set_answer
from storage import Reader, Transaction, read, write

NOT_YET_KNOWN: list[int] = []


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportClaimsWish:
    """Statements that staff of the host collected, as CSV; once for this key."""

    host_id: int
    programme: str = "xuexi"
    csv: str = field(repr=False)
    idempotency_key: str


async def try_import(caller: Caller, wish: ImportClaimsWish, now: datetime) -> tuple[ImportedRow, ...]:
    """What import_claims would answer now, but for the claims' ids. Nothing is written, and the key stays free.

    Raises the same, but for KeyReused.
    """
    caller.signed_in()
    check_key(wish.idempotency_key)
    rows = await asyncio.to_thread(read_statements, wish.csv)

    async def body(reader: Reader) -> tuple[ImportedRow, ...]:
        desk = await find_desk(reader, caller, wish.programme, wish.host_id)
        known = await look_up_to_try(reader, wish.programme, readable(rows), now)
        decided = decide([row.read for row in rows], desk, known, now)
        return tuple(row_answer(row.number, each) for row, each in zip(rows, decided, strict=True))

    return await read(body)


async def import_claims(caller: Caller, wish: ImportClaimsWish, now: datetime) -> tuple[ImportedRow, ...]:
    """Every good row is a claim, paid unless there is a doubt; the answers in the rows' order, blank rows left out.

    By organisers and gate staff of the host. Asking again with the same key answers the first answers, refusals included; with
    another key nothing is doubled, for no figure has increased. Raises Unauthenticated, InvalidInput (the key, the file),
    KeyReused, NotFound and Forbidden (the host), InvalidInput (the programme), Conflict when a photo was used by another claim
    at this very moment. A row's own: InvalidInput (what is written), and what attest_claim raises from the day on.
    """
    staff_id = caller.signed_in()
    check_key(wish.idempotency_key)
    # 500 phone numbers take some 50 ms of computing: not on the event loop
    rows = await asyncio.to_thread(read_statements, wish.csv)
    # a file holds phone numbers: it is remembered only as its keyed digest
    asked = {"hostId": wish.host_id, "programme": wish.programme, "csv": phone_digest(ascii(wish.csv))}
    intent = Intent(staff_id, wish.idempotency_key, "import_claims", asked)

    async def body(tx: Transaction) -> tuple[ImportedRow, ...]:
        first_answers = await claim(tx, intent, NOT_YET_KNOWN, now)
        if first_answers is not None:
            return rows_from_data(first_answers)
        desk = await find_desk(tx, caller, wish.programme, wish.host_id)
        known = await look_up_to_write(tx, wish.programme, readable(rows), now)
        decided = decide([row.read for row in rows], desk, known, now)
        ids = iter(await record(tx, desk, [each for each in decided if isinstance(each, NewClaim)], now))
        answers = [
            row_answer(row.number, each, next(ids) if isinstance(each, NewClaim) else None)
            for row, each in zip(rows, decided, strict=True)
        ]
        await set_answer(tx, intent, rows_to_data(answers))
        return tuple(answers)

    return await write(body)


def readable(rows: Sequence[NumberedRow]) -> list[ReadRow]:
    return [row.read for row in rows if isinstance(row.read, ReadRow)]
