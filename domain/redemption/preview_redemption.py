"""What redeeming would do, before it is done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.people.caller import Caller
from domain.redemption.eligibility import SESSION, reasons_not_to_redeem, reasons_of_the_call
from domain.redemption.place_order import NewOrder, payment_of
from domain.redemption.sale import Sale, foresee_sale
from domain.refusals import NotFound, Refusal
from ledger.posting import NewTransfer
from storage import Reader, read


@dataclass(frozen=True, slots=True)
class RedemptionPreview:
    """Every reason why not; or, where there is none, what would be posted and the points that the wallet would show then."""

    reasons: tuple[Refusal, ...]
    postings: tuple[NewTransfer, ...] = ()
    balance: int | None = None
    available: int | None = None


async def preview_redemption(caller: Caller, session_id: int, quantity: int, now: datetime) -> RedemptionPreview:
    """What redeem_tickets would do now if nobody else did anything. Nothing is written, and nothing is refused: what would
    be is among the reasons, in the act's own order.
    """

    async def body(reader: Reader) -> RedemptionPreview:
        sale = await foresee_sale(reader, session_id, caller.resident_id, now)
        if sale is None or not sale.visible:
            return RedemptionPreview((*reasons_of_the_call(caller.resident_id, quantity), NotFound(path=SESSION)))
        reasons = tuple(reasons_not_to_redeem(sale.facts, quantity, now))
        if reasons:
            return RedemptionPreview(reasons)
        return await foreseen(reader, sale, NewOrder(id=0, resident_id=0, quantity=quantity, placed_by_id=0), now)

    return await read(body)


async def foreseen(reader: Reader, sale: Sale, order: NewOrder, now: datetime) -> RedemptionPreview:
    price = sale.price_of(order.quantity)
    postings = (payment_of(sale, order, 0, now),) if price else ()
    sql = "SELECT credits - debits FROM accounts WHERE id = ?"
    balance: int = await reader.fetch_value(sql, sale.facts.account_id) or 0
    return RedemptionPreview((), postings, balance - price, sale.facts.available - price)
