"""Correcting a resident's points by hand: with a reason, kept for good."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.people.caller import Caller
from domain.people.rights import require_book_administrator
from domain.refusals import InvalidInput, NotFound
from domain.text import clean_text
from ledger.accounts import AccountKind, AccountRef, find_accounts
from ledger.idempotency import Intent, claim
from ledger.posting import NewTransfer, TransferKind, post
from storage import Transaction, write

LARGEST_ADJUSTMENT = 1_000_000_000  # points; more is a slip of the finger


@dataclass(frozen=True, slots=True, kw_only=True)
class AdjustPointsWish:
    """So many points for (above zero) or from (below zero) a resident, once for this key."""

    resident_id: int
    programme: str = "xuexi"
    amount: int
    reason: str
    idempotency_key: str


async def adjust_points(caller: Caller, wish: AdjustPointsWish, now: datetime) -> int:
    """The resident's wallet is changed against the programme's ADJUSTMENT account, with the reason as memo. The transfer's id.

    By administrators of a whole district. Asking again with the same key answers the same. Raises Unauthenticated,
    InvalidInput (amount, then reason, then idempotencyKey), KeyReused, Forbidden, InvalidInput (programme), NotFound
    (residentId), InvalidInput (the wallet would hold too much), InsufficientPoints when more is taken than the wallet holds.
    """
    viewer_id = caller.signed_in()
    check_amount(wish.amount)
    reason = clean_text(wish.reason, "reason")
    given = {"residentId": wish.resident_id, "programme": wish.programme, "amount": wish.amount, "reason": wish.reason}
    intent = Intent(viewer_id, wish.idempotency_key, "adjust_points", given)

    async def body(tx: Transaction) -> int:
        transfer_id = tx.new_id()
        first_answer: int | None = await claim(tx, intent, transfer_id, now)
        if first_answer is not None:
            return first_answer
        await require_book_administrator(tx, caller)
        adjustment, wallet = await find_sides(tx, wish)
        debit, credit = (adjustment, wallet) if wish.amount > 0 else (wallet, adjustment)
        transfer = NewTransfer(
            id=transfer_id,
            programme=wish.programme,
            kind=TransferKind.ADJUST,
            amount=abs(wish.amount),
            debit=debit,
            credit=credit,
            memo=reason,
            occurred_at=now,
            posted_by_id=viewer_id,
        )
        await post(tx, [transfer], now)
        tx.announce(f"wallet:{wallet.id}")
        return transfer_id

    return await write(body)


def check_amount(amount: int) -> None:
    """Raises InvalidInput."""
    if amount == 0:
        raise InvalidInput(reason="adjustment_zero", path=("amount",))
    if abs(amount) > LARGEST_ADJUSTMENT:
        raise InvalidInput(reason="adjustment_too_large", values={"limit": LARGEST_ADJUSTMENT}, path=("amount",))


async def find_sides(tx: Transaction, wish: AdjustPointsWish) -> tuple[AccountRef, AccountRef]:
    """The programme's ADJUSTMENT account and the resident's wallet. Raises InvalidInput, NotFound."""
    accounts = await find_accounts(tx, wish.programme, AccountKind.ADJUSTMENT, [wish.resident_id])
    if wish.resident_id not in accounts.wallets:
        raise NotFound(path=("residentId",))
    return accounts.system, accounts.wallets[wish.resident_id]
