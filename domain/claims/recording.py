"""Writing claims down, and paying those that no doubt holds up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from domain.claims.batch import NewClaim
from domain.claims.desk import Desk
from domain.claims.masked_account import account_key
from domain.claims.statement import happened_at
from domain.claims.states import ClaimState
from domain.refusals import Conflict
from ledger.accounts import AccountKind, AccountRef, find_accounts
from ledger.posting import NewTransfer, Source, TransferKind, post
from storage import Transaction
from storage.instants import to_micros

SOURCE = "Claim"

INSERT = """INSERT INTO claims (id, programme, resident_id, host_id, figure, previous_figure, increase, seen_on, masked_account,
    account_key, photo_sha256, status, doubts, attested_by_id, attested_at, transfer_id)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
INSERT_WITH_PHOTO = f"""{INSERT} ON CONFLICT (photo_sha256)
    WHERE photo_sha256 IS NOT NULL AND status IN ('PENDING', 'APPROVED') DO NOTHING"""
RAISE_FIGURE = """UPDATE attested_figures SET figure = ?, seen_on = ?
    WHERE programme = ? AND resident_id = ? AND figure = ?"""


@dataclass(frozen=True, slots=True)
class KeyedClaim:
    """A claim with the keys made for it; `transfer_id` None while it waits."""

    id: int
    transfer_id: int | None
    claim: NewClaim


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """What a claim pays, to whom, and what the statement of the wallet says of it."""

    claim_id: int
    transfer_id: int
    programme: str
    programme_name: str
    zone: ZoneInfo
    account: AccountRef
    figure: int
    increase: int
    seen_on: date
    posted_by_id: int


async def record(tx: Transaction, desk: Desk, claims: Sequence[NewClaim], now: datetime) -> list[int]:
    """The claims are there, those without a doubt are paid, and nobody is paid for their figures again. Their ids, in order.

    Raises Conflict when a photo was used by another claim at this very moment.
    """
    keyed = [KeyedClaim(tx.new_id(), None if claim.waits else tx.new_id(), claim) for claim in claims]
    await pay(tx, [payment_of(desk, one) for one in keyed if one.transfer_id is not None], now)
    await insert_claims(tx, desk, keyed, now)
    steps = [
        (one.statement.figure, one.statement.seen_on.isoformat(), desk.programme, one.resident_id, one.previous_figure)
        for one in claims
    ]
    await tx.execute_many(RAISE_FIGURE, steps)
    return [one.id for one in keyed]


def payment_of(desk: Desk, keyed: KeyedClaim) -> Payment:
    claim = keyed.claim
    assert keyed.transfer_id, "what is paid has a transfer"
    return Payment(
        claim_id=keyed.id,
        transfer_id=keyed.transfer_id,
        programme=desk.programme,
        programme_name=desk.programme_name,
        zone=desk.zone,
        account=claim.account,
        figure=claim.statement.figure,
        increase=claim.increase,
        seen_on=claim.statement.seen_on,
        posted_by_id=desk.staff_id,
    )


async def pay(tx: Transaction, payments: Sequence[Payment], now: datetime) -> None:
    """The points are in the wallets. Raises BudgetExhausted, InvalidInput (a wallet is full)."""
    if not payments:
        return
    issuance = (await find_accounts(tx, payments[0].programme, AccountKind.ISSUANCE, [])).system
    await post(tx, [transfer_of(payment, issuance, now) for payment in payments], now)
    for payment in payments:
        tx.announce(f"wallet:{payment.account.id}")


def transfer_of(payment: Payment, issuance: AccountRef, now: datetime) -> NewTransfer:
    day = payment.seen_on.isoformat()
    return NewTransfer(
        id=payment.transfer_id,
        programme=payment.programme,
        kind=TransferKind.EARN,
        amount=payment.increase,
        debit=issuance,
        credit=payment.account,
        memo=f"{payment.programme_name}：{day} 核验为 {payment.figure} 分，计入新增 {payment.increase} 分",
        occurred_at=happened_at(payment.seen_on, now, payment.zone),
        source=Source(SOURCE, payment.claim_id),
        posted_by_id=payment.posted_by_id,
    )


async def insert_claims(tx: Transaction, desk: Desk, keyed: Sequence[KeyedClaim], now: datetime) -> None:
    """Raises Conflict."""
    await tx.execute_many(INSERT, [row_of(desk, one, now) for one in keyed if not photo_of(one)])
    for one in sorted(filter(photo_of, keyed), key=photo_of):
        if not await tx.execute(INSERT_WITH_PHOTO, *row_of(desk, one, now)):
            raise Conflict(reason="photo_used")


def photo_of(keyed: KeyedClaim) -> str:
    return keyed.claim.statement.photo_sha256 or ""


def row_of(desk: Desk, keyed: KeyedClaim, now: datetime) -> tuple[object, ...]:
    """The values of INSERT."""
    claim, seen = keyed.claim, keyed.claim.statement
    status = ClaimState.PENDING if claim.waits else ClaimState.APPROVED
    return (
        *(keyed.id, desk.programme, claim.resident_id, desk.host_id),
        *(seen.figure, claim.previous_figure, claim.increase, seen.seen_on.isoformat()),
        *(seen.masked_account, account_key(seen.masked_account), seen.photo_sha256),
        *(status.value, " ".join(doubt.value for doubt in claim.doubts)),
        *(desk.staff_id, to_micros(now), keyed.transfer_id),
    )
