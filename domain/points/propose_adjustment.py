"""Whether a correction needs a second administrator, and putting it before one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.points.adjustment_limit import corrected_alone, corrected_by, limit_of
from domain.points.locks import lock_wallet
from domain.refusals import AccountNotOpen
from ledger.accounts import AccountRef, AccountStatus
from storage import Transaction
from storage.instants import to_micros


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """So many points for (above zero) or from a wallet; `reverses_id` is the transfer that it takes back, if it does."""

    programme: str
    resident_id: int
    wallet: AccountRef
    amount: int
    reason: str
    reverses_id: int | None = None


async def needs_second_person(tx: Transaction, proposer_id: int, correction: Correction, now: datetime) -> bool:
    """Whether it is for oneself, or above the limit together with what one corrected there alone in the last 24 hours.

    The wallet stays locked, so that of several small ones at once each sees those before it.
    """
    await lock_wallet(tx, correction.wallet.id)
    if proposer_id == correction.resident_id:
        return True
    limit = await limit_of(tx, proposer_id, correction.programme)
    return await alone_with(tx, proposer_id, correction, now) > limit


async def alone_with(tx: Transaction, proposer_id: int, correction: Correction, now: datetime) -> int:
    """The points that they will have corrected alone there: who undoes what is among these has corrected so much less."""
    counted = proposer_id, correction.wallet.id
    alone = await corrected_alone(tx, *counted, now)
    if correction.reverses_id is not None:
        undone = await corrected_by(tx, *counted, correction.reverses_id, now)
        if undone:
            return alone - undone
    return alone + abs(correction.amount)


INSERT = """INSERT INTO adjustments (id, programme, resident_id, amount, reason, reverses_id, proposed_by_id, proposed_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)"""


async def propose(tx: Transaction, proposer_id: int, correction: Correction, now: datetime) -> int:
    """The correction waits for a second administrator; the adjustment's id. Raises AccountNotOpen (the wallet is closed)."""
    status = await lock_wallet(tx, correction.wallet.id)
    if status is AccountStatus.CLOSED and correction.reverses_id is None:
        raise AccountNotOpen(account_id=correction.wallet.id, status=status)
    adjustment_id = tx.new_id()
    asked = (correction.programme, correction.resident_id, correction.amount, correction.reason, correction.reverses_id)
    await tx.execute(INSERT, adjustment_id, *asked, proposer_id, to_micros(now))
    return adjustment_id
