"""Approving what somebody else entered afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.earning.award import award
from domain.earning.awards import Awarded, keep_awards, lines_data
from domain.earning.counters import lock_counters
from domain.earning.find_rules import find_rules
from domain.earning.slots import slots_looked_at
from domain.people.caller import Caller
from domain.refusals import AlreadyAttended
from domain.volunteering.approval import ATTENDANCE, HeldEntry, counts, decide, hold_entry
from domain.volunteering.payment import Payment, count_attendances, pay
from domain.volunteering.states import AttendanceApproval
from ledger.accounts import AccountKind, find_accounts
from ledger.idempotency import Intent, claim, set_answer
from storage import Transaction, write


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveAttendanceWish:
    """Which attendance did take place, once for this key."""

    attendance_id: int
    idempotency_key: str


@dataclass(frozen=True, slots=True)
class Approved:
    """The attendance, and the transfer that paid it; None where it earns nothing."""

    attendance_id: int
    transfer_id: int | None


async def approve_attendance(caller: Caller, wish: ApproveAttendanceWish, now: datetime) -> Approved:
    """The attendance counts from now on and is paid by the rules of the day of its shift, also on an activity that was called off
    since.

    Asking again with the same key answers the same. For organisers of the activity and administrators over its host, but
    never for who recorded it or who is said to have been there. Raises Unauthenticated, InvalidInput and KeyReused (the key),
    NotFound, Forbidden, Conflict (nothing to approve), SecondPersonRequired, AlreadyAttended (as the resident whom they were
    merged with), AlreadyReversed (voided), AlreadyDecided, BudgetExhausted, AccountNotOpen (the wallet is closed), InvalidInput
    (the wallet is full).
    """
    decider_id = caller.signed_in()
    intent = Intent(decider_id, wish.idempotency_key, "approve_attendance", {"attendanceId": wish.attendance_id})

    async def body(tx: Transaction) -> Approved:
        first_answer = await claim(tx, intent, [wish.attendance_id, None], now)
        if first_answer is not None:
            return Approved(*first_answer)
        entry = await hold_entry(tx, decider_id, wish.attendance_id)
        await check_counts_once(tx, entry)
        await decide(tx, entry, AttendanceApproval.APPROVED, None, decider_id, now)
        await count_attendances(tx, entry.shift.activity_id, 1)
        transfer_id = await pay_entry(tx, entry, decider_id, now)
        await set_answer(tx, intent, [entry.id, transfer_id])
        return Approved(entry.id, transfer_id)

    return await write(body)


COUNTED = (
    f"""SELECT d.id FROM attendances d WHERE d.shift_id = ? AND d.resident_id = ? AND d.id <> ? AND {counts("d")}"""
)


async def check_counts_once(tx: Transaction, entry: HeldEntry) -> None:
    """Raises AlreadyAttended where the resident, who was merged with another one, was there as that one."""
    if await tx.fetch_value(COUNTED, entry.shift.id, entry.resident_id, entry.id) is not None:
        raise AlreadyAttended(path=ATTENDANCE)


SET_PAID = "UPDATE attendances SET points_earned = ?, transfer_id = ?, award_lines = ? WHERE id = ?"


async def pay_entry(tx: Transaction, entry: HeldEntry, decider_id: int, now: datetime) -> int | None:
    """The entry is paid by the rules of the day of its shift; the transfer's id, None where nothing is earned.

    Raises BudgetExhausted, InvalidInput.
    """
    shift, attended = entry.shift, entry.attended
    book = await find_rules(tx, shift.programme_id)
    slots = slots_looked_at(book, shift.activity_id, shift.kind, shift.day)
    used = await lock_counters(tx, shift.programme_id, slots, [entry.resident_id])
    earned = award(attended, book, used.get(entry.resident_id, {}))
    transfer_id = tx.new_id() if earned.points else None
    if transfer_id is not None:
        accounts = await find_accounts(tx, shift.rule.programme, AccountKind.ISSUANCE, [entry.resident_id])
        payment = Payment(
            attendance_id=entry.id,
            transfer_id=transfer_id,
            account=accounts.wallets[entry.resident_id],
            points=earned.points,
            occurred_at=entry.checked_out_at,
        )
        await pay(tx, shift, [payment], decider_id, now)
    await tx.execute(SET_PAID, earned.points, transfer_id, lines_data(earned), entry.id)
    await keep_awards(tx, shift.programme_id, shift.day, [Awarded(entry.id, entry.resident_id, transfer_id, earned)])
    return transfer_id
