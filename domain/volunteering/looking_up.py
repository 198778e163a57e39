"""What deciding a batch needs, looked up for all rows at once, in a statement each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from domain.earning.counters import find_counters, lock_counters
from domain.earning.find_rules import find_rules
from domain.earning.rule import RuleBook
from domain.earning.slots import Slot, slots_looked_at
from domain.people.find_resident import find_residents_by_phone
from domain.people.merged import find_kept
from domain.volunteering.attendance_record import ReadRecord
from domain.volunteering.batch import Known, Wallet, wallet_of
from domain.volunteering.held_shift import HeldShift
from domain.volunteering.locks import hold_people
from ledger.budget import budget_left, lock_budget
from storage import Reader, Transaction
from storage.dialect import in_ids


@dataclass(frozen=True, slots=True)
class Found:
    """Who is meant, who was there already, and by which rules and counters they earn."""

    ids_by_phone: dict[str, int]
    kept: dict[int, int]
    wallets: dict[int, Wallet]
    attended: set[int]
    book: RuleBook
    slots: list[Slot]

    @property
    def may_earn(self) -> set[int]:
        return self.wallets.keys() - self.attended


async def look_up(tx: Transaction, shift: HeldShift, rows: Sequence[ReadRecord]) -> Known:
    """What deciding needs; the counters, the budget and the wallets are locked, in this order."""
    found = await find(tx, shift, rows)
    used = await lock_counters(tx, shift.programme_id, found.slots, found.may_earn)
    left = await lock_budget(tx, shift.rule.programme)
    await hold_people(tx, [*found.wallets])
    # Again, now that they are held: a wallet that was closed meanwhile is its own row's refusal and not everybody's.
    wallets = await find_wallets(tx, shift.rule.programme, [*found.wallets])
    if wallets.keys() != found.wallets.keys():
        return await look_up(tx, shift, rows)  # somebody was merged meanwhile, which happens to nobody twice
    return Known(found.ids_by_phone, found.kept, wallets, found.attended, left, found.book, used)


async def look_up_only(reader: Reader, shift: HeldShift, rows: Sequence[ReadRecord]) -> Known:
    """The same without locking, for whoever only wants to know."""
    found = await find(reader, shift, rows)
    used = await find_counters(reader, shift.programme_id, found.slots, found.may_earn)
    left = await budget_left(reader, shift.rule.programme)
    return Known(found.ids_by_phone, found.kept, found.wallets, found.attended, left, found.book, used)


async def find(reader: Reader, shift: HeldShift, rows: Sequence[ReadRecord]) -> Found:
    phones = [row.named.phone for row in rows if row.named.phone is not None]
    ids_by_phone = await find_residents_by_phone(reader, phones) if phones else {}
    ids = {id_ for row in rows for id_ in (row.named.resident_id, row.scanned_out_id) if id_ is not None}
    kept = await find_kept(reader, ids)
    named = {kept.get(id_, id_) for id_ in ids} | {*ids_by_phone.values()}
    wallets = await find_wallets(reader, shift.rule.programme, [*named])
    attended = await find_attended(reader, shift.id, [*named])
    book = await find_rules(reader, shift.programme_id)
    slots = slots_looked_at(book, shift.activity_id, shift.kind, shift.day)
    return Found(ids_by_phone, kept, wallets, attended, book, slots)


async def find_wallets(reader: Reader, programme: str, resident_ids: list[int]) -> dict[int, Wallet]:
    """The wallets of the residents among the ids, each with its status and what it has ever taken in."""
    sql = f"""SELECT r.id, w.id, w.status, w.credits FROM residents r JOIN accounts w ON w.holder_id = r.id
        AND w.kind = 'WALLET' AND w.merged_into_id IS NULL AND w.programme = ? WHERE r.id {in_ids(reader.dialect)}"""
    return {row[0]: wallet_of(*row[1:]) for row in await reader.fetch(sql, programme, resident_ids)}


async def find_attended(reader: Reader, shift_id: int, resident_ids: list[int]) -> set[int]:
    sql = f"""SELECT d.resident_id FROM attendances d WHERE d.shift_id = ? AND d.voided_at IS NULL
        AND d.resident_id {in_ids(reader.dialect)}"""
    return {row[0] for row in await reader.fetch(sql, shift_id, resident_ids)}
