"""Merging two residents who are one person: one of them goes on, with all that was the other's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.merging.going_along import count_as_one, go_along, hold_all_of
from domain.merging.moved import Moved, find_moved
from domain.merging.obstacles import find_facts, reasons_not_to_merge
from domain.merging.postings import find_movements, transfer_of
from domain.people.caller import Caller
from domain.people.rights import require_book_administrator
from domain.people.session_tokens import end_sessions_of
from domain.redemption.expire_reservations import expire_due_of
from domain.text import REASON_LENGTH, clean_text
from ledger.account_status import StatusChange
from ledger.accounts import AccountStatus
from ledger.idempotency import Intent, claim
from ledger.merging import WalletPair, hand_over, lock_pairs
from ledger.posting import post
from storage import Transaction, write
from storage.instants import to_micros


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeResidentsWish:
    """`merge_id` is the same person as `keep_id`, who goes on; and how that is known. Once for this key."""

    keep_id: int
    merge_id: int
    reason: str
    idempotency_key: str


async def merge_residents(caller: Caller, wish: MergeResidentsWish, now: datetime) -> int:
    """All that was the merged resident's is the kept one's, and whatever is limited for each person counts both. The merge's id.

    Points move with the days on which they came in; the wallets they leave are closed. It cannot be undone. By administrators of
    a whole district, never with oneself. Asking again with the same key answers the same. Raises Unauthenticated, InvalidInput
    (reason, then idempotencyKey), KeyReused, Forbidden, and what reasons_not_to_merge() says; InvalidInput where the kept
    wallet would hold too much.
    """
    administrator_id = caller.signed_in()
    reason = clean_text(wish.reason, "reason", limit=REASON_LENGTH)
    asked = {"keepId": wish.keep_id, "mergeId": wish.merge_id, "reason": reason}
    intent = Intent(administrator_id, wish.idempotency_key, "merge_residents", asked)
    await expire_due_of(wish.merge_id, now)

    async def body(tx: Transaction) -> int:
        merge_id = tx.new_id()
        first_answer: int | None = await claim(tx, intent, merge_id, now)
        if first_answer is not None:
            return first_answer
        await require_book_administrator(tx, caller)
        await merge(tx, NewMerge(merge_id, wish.keep_id, wish.merge_id, reason, administrator_id), now)
        return merge_id

    return await write(body)


@dataclass(frozen=True, slots=True)
class NewMerge:
    """A merge with the key made for it."""

    id: int
    kept_id: int
    merged_id: int
    reason: str
    administrator_id: int


# UPDATE: whoever writes something new for one of them waits (migrations/0016_merged_residents.py), and so does another merge.
LOCK = {"postgres": " FOR UPDATE", "sqlite": ""}
HOLD = "SELECT id FROM residents WHERE id IN (?, ?) ORDER BY id"


async def merge(tx: Transaction, new: NewMerge, now: datetime) -> None:
    """As merge_residents, in the order of the locks: the residents, their rows room by room, their wallets."""
    both = (new.kept_id, new.merged_id)
    await tx.fetch(HOLD + LOCK[tx.dialect], *both)
    await hold_all_of(tx, *both)
    pairs = await lock_pairs(tx, *both)
    facts = await find_facts(tx, new.administrator_id, *both, pairs, now)
    for reason in reasons_not_to_merge(facts):
        raise reason
    moved = await find_moved(tx, *both)
    await count_as_one(tx, *both, now)
    await note(tx, new, moved, now)
    await go_along(tx, *both)
    await end_sessions_of(tx, new.merged_id, "MERGED", now)  # their number signs in as whoever they go on as
    await merge_wallets(tx, new, pairs, now)


FORWARD = "UPDATE residents SET merged_into_id = ? WHERE merged_into_id = ?"
MERGE = "UPDATE residents SET merged_into_id = ? WHERE id = ?"
INSERT = """INSERT INTO resident_merges (id, kept_id, merged_id, reason, moved, merged_by_id, merged_at)
    VALUES (?, ?, ?, ?, ?, ?, ?)"""


async def note(tx: Transaction, new: NewMerge, moved: Moved, now: datetime) -> None:
    """The merged resident, and those who were merged into them before, lead to the kept one; the merge says why."""
    await tx.execute(FORWARD, new.kept_id, new.merged_id)
    await tx.execute(MERGE, new.kept_id, new.merged_id)
    values = (new.id, new.kept_id, new.merged_id, new.reason, moved.as_json(), new.administrator_id, to_micros(now))
    await tx.execute(INSERT, *values)


async def merge_wallets(tx: Transaction, new: NewMerge, pairs: Sequence[WalletPair], now: datetime) -> None:
    """The points are in the kept wallets, as old as they were. Raises InvalidInput."""
    movements = await find_movements(tx, pairs, now)
    transfers = [transfer_of(tx.new_id(), movement, new.id, new.administrator_id) for movement in movements]
    await post(tx, transfers, now)
    for pair in pairs:
        change = StatusChange(
            id=tx.new_id(),
            status=AccountStatus.CLOSED,
            reason=new.reason,
            changed_by_id=new.administrator_id,
        )
        await hand_over(tx, pair, change, now)
        tx.announce(f"wallet:{pair.kept.id}")
        tx.announce(f"wallet:{pair.merged.id}")
