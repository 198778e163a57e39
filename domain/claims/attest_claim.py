"""Attesting what one resident's points page shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.claims.batch import ReadRow, decide
from domain.claims.claimant import named
from domain.claims.desk import find_desk
from domain.claims.looking_up import look_up_to_write
from domain.claims.recording import record
from domain.claims.statement import Statement, checked_statement, statement_data
from domain.people.caller import Caller
from domain.people.naming import Naming, naming_data
from domain.refusals import Refusal
from ledger.idempotency import Intent, claim, set_answer
from storage import Transaction, write

NOT_YET_KNOWN = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AttestClaimWish:
    """Staff of the host saw the statement on the claimant's points page; once for this key."""

    claimant: Naming
    host_id: int
    programme: str = "xuexi"
    statement: Statement
    idempotency_key: str


async def attest_claim(caller: Caller, wish: AttestClaimWish, now: datetime) -> int:
    """The increase since the resident's last figure is claimed, and paid unless there is a doubt: then it waits. The claim's id.

    By organisers and gate staff of the host, for somebody else. Asking again with the same key answers the first claim, though
    a member code is out of date by then. Raises Unauthenticated, InvalidInput (figure, masked account, photo, key), KeyReused,
    NotFound and Forbidden (the host), InvalidInput (the programme), InvalidInput and CodeExpired (the claimant), InvalidInput
    (the day), NotFound (the claimant), SecondPersonRequired, AlreadyClaimed, InvalidInput (a day before the last one), Conflict
    (the photo), AccountNotOpen (the wallet is closed), InvalidInput (the wallet is full), BudgetExhausted.
    """
    staff_id = caller.signed_in()
    statement = checked_statement(wish.statement)
    asked = {
        "claimant": naming_data(wish.claimant),
        "hostId": wish.host_id,
        "programme": wish.programme,
        "statement": statement_data(statement),
    }
    intent = Intent(staff_id, wish.idempotency_key, "attest_claim", asked)

    async def body(tx: Transaction) -> int:
        first_answer: int | None = await claim(tx, intent, NOT_YET_KNOWN, now)
        if first_answer is not None:
            return first_answer
        desk = await find_desk(tx, caller, wish.programme, wish.host_id)
        row = ReadRow((), named(wish.claimant, now, "claimant"), statement)
        known = await look_up_to_write(tx, wish.programme, [row], now)
        (decided,) = decide([row], desk, known, now)
        if isinstance(decided, Refusal):
            raise decided
        (claim_id,) = await record(tx, desk, [decided], now)
        await set_answer(tx, intent, claim_id)
        return claim_id

    return await write(body)
