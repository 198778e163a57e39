"""The audit of what the rooms keep beside the ledger: counters, stock, tickets, who was paid for what."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from domain.audit import audit_everything
from domain.people.naming import ById
from domain.redemption.admit_ticket import admit_ticket
from domain.redemption.expire_reservations import expire_reservations
from domain.redemption.refund_order import RefundOrderWish, refund_order
from domain.redemption.undo_admission import UndoAdmissionWish, undo_admission
from domain.volunteering.activity_wish import CreateActivityWish
from domain.volunteering.approve_attendance import ApproveAttendanceWish, approve_attendance
from domain.volunteering.attendance_record import AttendanceRecord
from domain.volunteering.cancel_sign_up import cancel_sign_up
from domain.volunteering.create_activity import create_activity
from domain.volunteering.log_attendance import LogAttendanceWish, log_attendance
from domain.volunteering.points_rule import PointsRule
from domain.volunteering.sign_up import sign_up
from domain.volunteering.states import ActivityKind
from domain.volunteering.void_attendance import VoidAttendanceWish, void_attendance
from storage import fetch, read
from tests.builders.people import a_caller, a_resident, organiser_of
from tests.builders.places import an_area, an_organisation
from tests.builders.redemption import (
    Offer,
    a_reservation,
    a_scan,
    an_offer,
    an_order,
    cancelled,
    paid,
    staff_of,
    tickets_of,
)
from tests.builders.volunteering import an_activity, an_attendance
from tests.clock import NOW, later
from tests.tampering import tampered

pytestmark = pytest.mark.usefixtures("database")

SOON = later(minutes=30)


@dataclass(frozen=True, slots=True)
class Story:
    """What a tamperer may want to name."""

    activity: int
    shift: int
    attendance: int
    voided: int
    session: int
    order: int
    refunded: int
    reserved: int
    paid: int
    ticket: int
    admission: int
    approved: int


async def some_volunteering() -> dict[str, int]:
    """An activity of two places: one who cancels, one promoted, and of two who came one was a mistake."""
    area = await an_area(code="RC")
    organiser = await organiser_of(await an_organisation(area))
    wish = CreateActivityWish(
        kind=ActivityKind.CLINIC,
        title="示例义诊",
        summary="量血压",
        host_id=(await fetch("SELECT id FROM organisations"))[0][0],
        area_code="RC",
        venue="示例广场",
        starts_at=later(hours=1),
        ends_at=later(hours=3),
        capacity=1,
        points_rule=PointsRule(per_attendance=5, cap=10),
        publish=True,
    )
    activity = await create_activity(organiser, wish, NOW)
    shift: int = (await fetch("SELECT id FROM shifts"))[0][0]
    first, second = await a_caller(), await a_caller()
    leaving = await sign_up(first, shift, NOW)
    await sign_up(second, shift, NOW)
    await sign_up(await a_caller(), shift, NOW)
    await cancel_sign_up(first, leaving, NOW)
    came = [first.resident_id or 0, second.resident_id or 0]
    records = tuple(AttendanceRecord(ById(resident_id), later(hours=1)) for resident_id in came)
    list_of_names = LogAttendanceWish(shift_id=shift, records=records, idempotency_key="L")
    logged = await log_attendance(organiser, list_of_names, later(hours=4))
    voided, attendance = (row.attendance_id or 0 for row in logged)
    await void_attendance(
        organiser, VoidAttendanceWish(attendance_id=voided, reason="记错了", idempotency_key="V"), NOW
    )
    remembered = AttendanceRecord(ById(await a_resident()), later(hours=1), later(hours=3), reason="当天没有网络")
    entered = LogAttendanceWish(shift_id=shift, records=(remembered,), idempotency_key="E")
    (entry,) = await log_attendance(organiser, entered, later(hours=28))
    colleague = await organiser_of(wish.host_id)
    approval = ApproveAttendanceWish(attendance_id=entry.attendance_id or 0, idempotency_key="A")
    approved = (await approve_attendance(colleague, approval, later(hours=28))).attendance_id
    resident_id = await a_resident()
    for _ in range(2):  # in two places at once: an alarm
        await an_attendance(await an_activity(), resident_id)
    return {"activity": activity, "shift": shift, "attendance": attendance, "voided": voided, "approved": approved}


async def some_redemption() -> dict[str, int]:
    """An order of two tickets, one of them let in, another scan undone; and an order that was refunded."""
    offer = await an_offer(cost=3, entries=(2,))
    order = await an_order(offer, await a_caller(points=10), quantity=2)
    buyer = await a_caller(points=10)
    refunded = await an_order(offer, buyer)
    await refund_order(buyer, RefundOrderWish(order_id=refunded, idempotency_key="R"), NOW)
    reserved, reserved_and_paid = await some_reservations(offer)
    used, other = await tickets_of(order)
    staff = await staff_of(offer)
    admitted = await admit_ticket(staff, a_scan(used), NOW)
    mistake = await admit_ticket(staff, a_scan(other, attraction_id=offer.attraction_ids[0]), NOW)
    await undo_admission(staff, UndoAdmissionWish(admission_id=mistake.admission_id, reason="扫错了"), NOW)
    return {
        "session": offer.session_id,
        "order": order,
        "refunded": refunded,
        "reserved": reserved,
        "paid": reserved_and_paid,
        "ticket": used.id,
        "admission": admitted.admission_id,
    }


async def some_reservations(offer: Offer) -> tuple[int, int]:
    """One that stands, by somebody who has nothing else of the offer; one that was paid, one given up, one out of time."""
    await a_reservation(offer, await a_caller(points=3))
    await expire_reservations(SOON)
    reserved, paid_one = [await a_reservation(offer, payer := await a_caller(points=3), now=SOON) for _ in range(2)]
    await paid(payer, paid_one, SOON)
    leaver = await a_caller(points=3)
    await cancelled(leaver, await a_reservation(offer, leaver, now=SOON), SOON)
    return reserved, paid_one


@pytest.fixture
async def story() -> Story:
    return Story(**await some_volunteering(), **await some_redemption())


async def test_what_the_acts_leave_behind_adds_up(story: Story) -> None:
    assert story.activity
    assert await read(audit_everything) == []


TAMPERING = {
    "a place too many on the activity": (
        "UPDATE activities SET confirmed_count = 0 WHERE id = {s.activity}",
        {"activity_counts"},
    ),
    "nobody waits on the activity": (
        "UPDATE activities SET waitlist_count = 7 WHERE id = {s.activity}",
        {"activity_counts"},
    ),
    "more came than are recorded": (
        "UPDATE activities SET attendance_count = 9 WHERE id = {s.activity}",
        {"activity_counts"},
    ),
    "numbers of arrival given twice": (
        "UPDATE activities SET arrivals = 1 WHERE id = {s.activity}",
        {"activity_arrivals"},
    ),
    "a shift's own count": ("UPDATE shifts SET waitlist_count = 9 WHERE id = {s.shift}", {"shift_counts"}),
    "a sign-up of another activity": (
        "UPDATE sign_ups SET activity_id = 404 WHERE status = 'CANCELLED'",
        {"sign_up_activities"},
    ),
    "an attendance of another activity": (
        "UPDATE attendances SET activity_id = 404 WHERE id = {s.voided}",
        {"attendance_activities"},
    ),
    "an attendance that earned more than was paid": (
        "UPDATE attendances SET points_earned = 99 WHERE id = {s.attendance}",
        {"attendance_transfers", "award_sums"},
    ),
    "an attendance of somebody else": (
        "UPDATE attendances SET resident_id = 404 WHERE id = {s.attendance}",
        {"attendance_transfers"},
    ),
    "an attendance paid by another's transfer": (
        """UPDATE attendances SET transfer_id = (SELECT d.transfer_id FROM attendances d WHERE d.id = {s.voided})
            WHERE id = {s.attendance}""",
        {"attendance_transfers", "attendance_strays", "attendance_reversals", "award_sums"},
    ),
    "an attendance that counts again though its points were taken back": (
        "UPDATE attendances SET voided_at = NULL, void_reason = NULL, voided_by_id = NULL WHERE id = {s.voided}",
        {"attendance_reversals", "activity_counts"},
    ),
    "what was paid made to look as if nobody had approved it": (
        """UPDATE attendances SET grade = 'ENTERED_AFTERWARDS', reason = '忘了', approval = 'PENDING', points_earned = 0,
            transfer_id = NULL WHERE id = {s.attendance}""",
        {"attendance_unapproved", "attendance_strays", "activity_counts", "award_sums"},
    ),
    "an approval by the resident themselves": (
        "UPDATE attendances SET decided_by_id = resident_id WHERE id = {s.approved}",
        {"attendance_second_person"},
    ),
    "an alarm settled by the resident it is about": (
        "UPDATE alarms SET settled_by_id = resident_id, settled_at = 1, note = '没事' WHERE kind = 'TWO_PLACES'",
        {"alarm_settlers"},
    ),
    "more tickets left than are": (
        "UPDATE offer_sessions SET remaining = remaining + 1 WHERE id = {s.session}",
        {"session_stock"},
    ),
    "a resident's holding lowered": ("UPDATE offer_holdings SET tickets = 1 WHERE tickets = 2", {"offer_holdings"}),
    "a resident's holding removed": ("DELETE FROM offer_holdings WHERE tickets = 2", {"offer_holdings"}),
    "a reservation that takes more than was taken": (
        "UPDATE reservations SET quantity = 2 WHERE id = {s.reserved}",
        {"session_stock", "offer_holdings"},
    ),
    "a reservation removed": (
        "DELETE FROM reservations WHERE id = {s.reserved}",
        {"session_stock", "offer_holdings", "reservation_holds", "asked_once"},
    ),
    "a reservation cheaper than what it holds": (
        "UPDATE reservations SET points = 1 WHERE id = {s.reserved}",
        {"reservation_holds"},
    ),
    "a reservation of somebody else": (
        "UPDATE reservations SET resident_id = 404 WHERE id = {s.reserved}",
        {"reservation_holds", "offer_holdings"},
    ),
    "a reservation that stands longer than its hold": (
        "UPDATE reservations SET reserved_until = reserved_until + 1 WHERE id = {s.reserved}",
        {"reservation_holds"},
    ),
    "a reservation that expired though its hold stands": (
        "UPDATE reservations SET status = 'EXPIRED', resolved_at = 1 WHERE id = {s.reserved}",
        {"reservation_holds", "session_stock", "offer_holdings"},
    ),
    "a reservation that was paid by another order": (
        "UPDATE reservations SET order_id = {s.order} WHERE id = {s.paid}",
        {"reservation_orders"},
    ),
    "a reservation that was paid for more tickets than the order has": (
        "UPDATE reservations SET quantity = 9 WHERE id = {s.paid}",
        {"reservation_orders"},
    ),
    "a ticket removed": (
        "DELETE FROM tickets WHERE order_id = {s.order} AND id <> {s.ticket}",
        {"order_tickets"},
    ),
    "a refunded order's ticket made good": (
        "UPDATE tickets SET status = 'VALID' WHERE order_id = {s.refunded}",
        {"order_tickets"},
    ),
    "an order dearer than was paid": (
        "UPDATE ticket_orders SET points_spent = 99 WHERE id = {s.order}",
        {"order_transfers"},
    ),
    "an attendance paid twice": (
        """UPDATE transfers SET source_kind = 'Attendance', source_id = {s.attendance}
            WHERE kind = 'EARN' AND source_kind = 'Test'""",
        {"attendance_strays"},
    ),
    "points given for nothing": (
        "UPDATE transfers SET source_kind = NULL, source_id = NULL WHERE kind = 'EARN' AND source_kind = 'Test'",
        {"causeless"},
    ),
    "points spent for nothing": (
        "UPDATE transfers SET source_kind = NULL, source_id = NULL WHERE kind = 'REDEEM' AND source_id = {s.order}",
        {"causeless", "order_transfers"},
    ),
    "an order paid twice": (
        """UPDATE transfers SET source_id = {s.order} WHERE kind = 'REDEEM' AND source_id NOT IN ({s.order}, {s.refunded})""",
        {"order_strays", "order_transfers"},
    ),
    "a key whose order is not there": (
        "UPDATE idempotency_keys SET answer = '404' WHERE act = 'redeem_tickets' AND answer = '{s.order}'",
        {"asked_once"},
    ),
    "a key that somebody else is said to have used": (
        "UPDATE idempotency_keys SET caller_id = 404 WHERE answer = '{s.order}'",
        {"asked_once"},
    ),
    "an order that two keys answer": (
        """INSERT INTO idempotency_keys (id, caller_id, key, act, digest, answer, created_at)
            SELECT 404, caller_id, 'again', act, digest, answer, 0 FROM idempotency_keys WHERE answer = '{s.order}'""",
        {"asked_once"},
    ),
    "a reservation that nobody asked for": (
        "DELETE FROM idempotency_keys WHERE act = 'reserve_tickets' AND answer = '{s.reserved}'",
        {"asked_once"},
    ),
    "a refund that names no transfer": (
        "UPDATE ticket_orders SET refund_transfer_id = NULL WHERE id = {s.refunded}",
        {"order_refunds"},
    ),
    "an entry given back": ("UPDATE ticket_entries SET used = 0 WHERE ticket_id = {s.ticket}", {"ticket_entries"}),
    "an entry never counted": ("DELETE FROM ticket_entries WHERE ticket_id = {s.ticket}", {"ticket_entries"}),
    "an admitted ticket made fresh": ("UPDATE tickets SET status = 'VALID' WHERE id = {s.ticket}", {"ticket_states"}),
    "an admission to another session": (
        "UPDATE admissions SET session_id = 404 WHERE id = {s.admission}",
        {"admission_sessions"},
    ),
}


async def test_whatever_is_changed_behind_its_back_is_found(story: Story, database_url: str) -> None:
    found: dict[str, set[str]] = {}
    for name, (statement, _) in TAMPERING.items():
        async with tampered(database_url, statement.format(s=story)) as reader:
            found[name] = {finding.kind for finding in await audit_everything(reader)}
    assert found == {name: kinds for name, (_, kinds) in TAMPERING.items()}
