"""May a resident redeem tickets now? Asked before the button is pressed (OfferSession.viewerCanRedeem), and by the acts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.refusals import (
    AccountNotOpen,
    BelowMinimumBalance,
    InsufficientPoints,
    InvalidInput,
    LimitPerResident,
    NotOpen,
    Refusal,
    SoldOut,
    Unauthenticated,
)
from ledger.posting import MAX_POINTS
from storage.instants import from_micros

QUANTITY = ("quantity",)
SESSION = ("sessionId",)


def of_offer(column: str) -> str:
    return f"(SELECT fo.{column} FROM ticket_offers fo WHERE fo.id = {{t}}.offer_id)"


def of_wallet(expression: str) -> str:
    return f"""(SELECT {expression} FROM accounts fa WHERE fa.holder_id = :viewer AND fa.kind = 'WALLET'
        AND fa.merged_into_id IS NULL AND fa.programme = {of_offer("programme")})"""


# The facts as SQL over the offer_sessions row {t} and :viewer, in the order in which facts_of() wants their values.
FACTS: dict[str, str] = {
    "viewer": "CAST(:viewer AS BIGINT)",
    "offer_status": of_offer("status"),
    "sales_open_at": of_offer("sales_open_at"),
    "sales_close_at": of_offer("sales_close_at"),
    "session_ends_at": "{t}.ends_at",
    "limit_per_resident": of_offer("limit_per_resident"),
    "holding": """(SELECT fh.tickets FROM offer_holdings fh
        WHERE fh.offer_id = {t}.offer_id AND fh.resident_id = :viewer)""",
    "remaining": "{t}.remaining",
    "cost": of_offer("cost"),
    "minimum_balance": of_offer("minimum_balance"),
    "account_id": of_wallet("fa.id"),
    "available": of_wallet("fa.credits - fa.debits - fa.held"),
    "account_status": of_wallet("fa.status"),
}

# Reservations whose deadline is over give back what they hold, whether or not they are marked as expired yet. Before an act is
# refused for want of it they are (domain/redemption/expire_reservations.py), so whoever asks beforehand leaves them out.
DUE = "dr.status = 'HELD' AND dr.reserved_until <= :now"


def due_tickets(whose: str) -> str:
    """SQL: the tickets of due reservations that meet a condition on `dr`."""
    return f"(SELECT CAST(COALESCE(SUM(dr.quantity), 0) AS BIGINT) FROM reservations dr WHERE {whose} AND {DUE})"


#: How many tickets of the offer_sessions row {t} are left at :now.
LEFT = f"{{t}}.remaining + {due_tickets('dr.session_id = {t}.id')}"
FACTS_WITHOUT_DUE = FACTS | {
    "holding": f"{FACTS['holding']} - {due_tickets('dr.offer_id = {t}.offer_id AND dr.resident_id = :viewer')}",
    "remaining": LEFT,
    "available": of_wallet(
        """fa.credits - fa.debits - (SELECT CAST(COALESCE(SUM(dh.amount), 0) AS BIGINT) FROM holds dh
            WHERE dh.debit_id = fa.id AND dh.status = 'HELD' AND dh.expires_at > :now)"""
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RedeemFacts:
    """What decides whether `viewer` may redeem tickets of one session: `holding` tickets of the offer are theirs already."""

    viewer: int | None
    offer_status: str
    sales_open_at: datetime
    sales_close_at: datetime
    session_ends_at: datetime
    limit_per_resident: int
    holding: int
    remaining: int
    cost: int
    minimum_balance: int
    account_id: int | None
    available: int
    account_status: str | None


def facts_of(values: Sequence[Any]) -> RedeemFacts:
    """The facts from the values of FACTS, in its order. Who has no wallet has nothing in it."""
    row = dict(zip(FACTS, values, strict=True))
    for instant in ("sales_open_at", "sales_close_at", "session_ends_at"):
        row[instant] = from_micros(row[instant])
    return RedeemFacts(**row | {"holding": row["holding"] or 0, "available": row["available"] or 0})


def reasons_not_to_redeem(facts: RedeemFacts, quantity: int, now: datetime) -> list[Refusal]:
    """Every reason, in the order in which the acts would raise them; empty when nothing stands in the way.

    Unauthenticated, InvalidInput, NotOpen, LimitPerResident, SoldOut, AccountNotOpen, BelowMinimumBalance, InsufficientPoints.
    """
    # whoever has no wallet was merged into somebody else and is signed in nowhere any more
    viewer = None if facts.account_id is None else facts.viewer
    return [*reasons_of_the_call(viewer, quantity), *reasons_of_time(facts, now), *reasons_of_supply(facts, quantity),
            *reasons_of_points(facts, quantity)]  # fmt: skip


def reasons_of_the_call(viewer: int | None, quantity: int) -> Iterator[Refusal]:
    if viewer is None:
        yield Unauthenticated()
    if quantity < 1:
        yield quantity_too_small()


def quantity_too_small() -> InvalidInput:
    return InvalidInput(reason="quantity_too_small", path=QUANTITY)


def reasons_of_time(facts: RedeemFacts, now: datetime) -> Iterator[Refusal]:
    if facts.offer_status != "ON_SALE":
        yield NotOpen(reason=f"offer_{facts.offer_status.lower()}", path=SESSION)
    if now < facts.sales_open_at:
        yield NotOpen(reason="sales_not_open_yet", path=SESSION)
    if now >= facts.sales_close_at:
        yield NotOpen(reason="sales_closed", path=SESSION)
    if now >= facts.session_ends_at:
        yield NotOpen(reason="session_over", path=SESSION)


def reasons_of_supply(facts: RedeemFacts, quantity: int) -> Iterator[Refusal]:
    if facts.holding + quantity > facts.limit_per_resident:
        yield LimitPerResident(limit=facts.limit_per_resident, used=facts.holding, path=QUANTITY)
    if facts.remaining < max(quantity, 1):
        yield SoldOut(path=QUANTITY)


def reasons_of_points(facts: RedeemFacts, quantity: int) -> Iterator[Refusal]:
    """Nothing about a wallet we do not know, nor about a price that is no number of points."""
    if facts.viewer is None:
        return
    yield from reasons_of_account(facts)
    if facts.available < facts.minimum_balance and facts.minimum_balance > 0:
        yield BelowMinimumBalance(available=facts.available, required=facts.minimum_balance)
    price = facts.cost * quantity
    if facts.available < price <= MAX_POINTS and price > 0:
        yield InsufficientPoints(account_id=facts.account_id or 0, available=facts.available, required=price)


def reasons_of_account(facts: RedeemFacts) -> Iterator[Refusal]:
    """Nothing is spent from a wallet that is not open, nor shown of it."""
    if facts.account_status not in (None, "OPEN") and (facts.cost > 0 or facts.minimum_balance > 0):
        yield AccountNotOpen(account_id=facts.account_id or 0, status=facts.account_status)
