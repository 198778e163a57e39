"""A book in which everything has happened that can, made by the acts themselves."""

from __future__ import annotations

from domain.people.caller import Caller
from domain.points.adjust_points import AdjustPointsWish, adjust_points
from domain.points.expire_points import expire_points
from domain.points.reverse_transfer import ReverseTransferWish, reverse_transfer
from domain.points.set_programme_budget import SetProgrammeBudgetWish, set_programme_budget
from domain.points.wallet_status import WalletStatusWish, close_wallet, freeze_wallet, unfreeze_wallet
from domain.redemption.expire_reservations import expire_reservations
from domain.redemption.refund_order import RefundOrderWish, refund_order
from storage import fetch, write
from tests.builders.claims import a_claim, a_station
from tests.builders.keys import a_key
from tests.builders.merging import merge
from tests.builders.people import PROGRAMME, a_caller, a_resident, an_administrator
from tests.builders.redemption import a_reservation, an_offer, an_order, cancelled, paid
from tests.builders.seals import seal_all
from tests.builders.volunteering import an_activity, an_attendance, an_hourly_rule
from tests.clock import NOW, later

A_YEAR_LATER = later(days=366)


async def a_whole_book() -> None:
    """Wallets frozen, opened again, closed and merged; every kind of transfer; a hold in each state; a budget; two seals."""
    administrator, buyer = await an_administrator(), await a_caller(points=100)
    await purchases(buyer)
    await corrections(administrator)
    await wallets_of_all_kinds(administrator)
    await seal_all()
    await points_that_expired()
    await an_attendance(await an_activity(points_rule=an_hourly_rule()), buyer.signed_in())
    await a_claim(await a_station(), buyer.signed_in(), 30)
    await set_programme_budget(administrator, SetProgrammeBudgetWish(programme=PROGRAMME, budget=100_000))
    await a_reservation(await an_offer(cost=5), buyer)
    await seal_all(A_YEAR_LATER)


async def purchases(buyer: Caller) -> None:
    """One that was refunded; reservations that were paid, given up, and forgotten."""
    offer = await an_offer(cost=5, limit_per_resident=10)
    order_id = await an_order(offer, buyer)
    await refund_order(buyer, RefundOrderWish(order_id=order_id, idempotency_key=a_key()), NOW)
    await paid(buyer, await a_reservation(offer, buyer))
    await cancelled(buyer, await a_reservation(offer, buyer))
    await a_reservation(offer, buyer)
    await expire_reservations(later(minutes=40))


async def corrections(administrator: Caller) -> None:
    """One of them was a mistake. Its reason is not easy to write to a file."""
    transfer_id = await adjusted(administrator, await a_resident(), 7)
    wish = ReverseTransferWish(transfer_id=transfer_id, reason='"7", 应为 1\n（重复）', idempotency_key=a_key())
    await reverse_transfer(administrator, wish, NOW)


async def adjusted(administrator: Caller, resident_id: int, amount: int) -> int:
    wish = AdjustPointsWish(resident_id=resident_id, amount=amount, reason="更正", idempotency_key=a_key())
    transfer_id = (await adjust_points(administrator, wish, NOW)).transfer_id
    assert transfer_id, "so few points need no second administrator"
    return transfer_id


async def wallets_of_all_kinds(administrator: Caller) -> None:
    frozen, opened, closed = [await a_resident(points=9) for _ in range(3)]
    await freeze_wallet(administrator, await status_wish(frozen), NOW)
    await freeze_wallet(administrator, await status_wish(opened), NOW)
    await unfreeze_wallet(administrator, await status_wish(opened), NOW)
    await adjusted(administrator, closed, -9)
    await close_wallet(administrator, await status_wish(closed), NOW)
    # The one that goes on was registered first, and last: neither order of ids is special.
    early, other, late = [await a_resident(points=9) for _ in range(3)]
    await merge(early, other)
    await merge(late, early)


async def status_wish(resident_id: int) -> WalletStatusWish:
    rows = await fetch("SELECT id FROM accounts WHERE holder_id = ?", resident_id)
    return WalletStatusWish(wallet_id=rows[0][0], reason="居民申请", idempotency_key=a_key())


async def points_that_expired() -> None:
    """What came in until now is over; the programme keeps that policy."""
    sql = "UPDATE programmes SET expiry = 'MONTHS', expiry_months = 1 WHERE code = ?"
    await write(lambda tx: tx.execute(sql, PROGRAMME))
    forgetful = await a_resident(points=11)
    expired = await expire_points(PROGRAMME, later(days=40))
    assert expired.points, f"{forgetful} lost points"
