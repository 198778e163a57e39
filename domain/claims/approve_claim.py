"""Approving a claim that waits: the second pair of eyes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from domain.claims.desk import find_programme
from domain.claims.held_claim import CLAIM, HeldClaim, hold_to_decide
from domain.claims.recording import Payment, pay
from domain.people.caller import Caller
from domain.refusals import Conflict
from ledger.accounts import AccountKind, find_accounts
from ledger.idempotency import Intent, claim
from storage import Transaction, write
from storage.instants import to_micros


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveClaimWish:
    """Which claim is right, once for this key."""

    claim_id: int
    idempotency_key: str


async def approve_claim(caller: Caller, wish: ApproveClaimWish, now: datetime) -> int:
    """The claim is approved and its increase paid. The claim's id.

    By organisers and gate staff of the host and administrators over it, never by who attested it nor for oneself; of several
    claims of a resident that wait, the earliest figure first. Asking again with the same key answers the same. Raises
    Unauthenticated, InvalidInput and KeyReused (the key), NotFound, Forbidden, SecondPersonRequired, AlreadyDecided, Conflict,
    BudgetExhausted, AccountNotOpen (the wallet is closed), InvalidInput (the wallet is full).
    """
    decider_id = caller.signed_in()
    intent = Intent(decider_id, wish.idempotency_key, "approve_claim", {"claimId": wish.claim_id})

    async def body(tx: Transaction) -> int:
        if await claim(tx, intent, wish.claim_id, now) is None:
            held = await hold_to_decide(tx, decider_id, wish.claim_id)
            await check_nothing_earlier_waits(tx, held)
            payment = await payment_for(tx, held, decider_id)
            await pay(tx, [payment], now)
            await tx.execute(APPROVE, decider_id, to_micros(now), payment.transfer_id, held.id)
        return wish.claim_id

    return await write(body)


APPROVE = "UPDATE claims SET status = 'APPROVED', decided_by_id = ?, decided_at = ?, transfer_id = ? WHERE id = ?"
EARLIER = """SELECT c.figure, c.seen_on FROM claims c WHERE c.programme = ? AND c.resident_id = ? AND c.status = 'PENDING'
    AND c.figure < ? ORDER BY c.figure LIMIT 1"""


async def check_nothing_earlier_waits(tx: Transaction, held: HeldClaim) -> None:
    """What is paid must not stand on what nobody has decided yet. Raises Conflict."""
    earlier = await tx.fetch_one(EARLIER, held.programme, held.resident_id, held.figure)
    if earlier is not None:
        values: dict[str, object] = {"figure": earlier[0], "day": earlier[1]}
        raise Conflict(reason="claim_earlier_waits", values=values, path=CLAIM)


async def payment_for(tx: Transaction, held: HeldClaim, decider_id: int) -> Payment:
    name, zone = await find_programme(tx, held.programme)
    accounts = await find_accounts(tx, held.programme, AccountKind.ISSUANCE, [held.resident_id])
    return Payment(
        claim_id=held.id,
        transfer_id=tx.new_id(),
        programme=held.programme,
        programme_name=name,
        zone=ZoneInfo(zone),
        account=accounts.wallets[held.resident_id],
        figure=held.figure,
        increase=held.increase,
        seen_on=held.seen_on,
        posted_by_id=decider_id,
    )
