"""Erasing who somebody is. What they did stays, as that of a number: the book keeps its sums and its seals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.people.caller import Caller
from domain.people.phone_seal import phone_digest, unseal_phone
from domain.people.session_tokens import end_sessions_of
from domain.people.sign_in import read_code, try_code
from domain.privacy.consents import ConsentPurpose, withdraw
from domain.redemption.reservation import RESERVATION, cancel, lock_standing
from domain.refusals import AccountNotOpen, Conflict, Refusal
from domain.volunteering.cancel_sign_up import cancel_sign_up
from ledger.accounts import AccountStatus
from storage import Reader, Transaction, fetch, write
from storage.database import forget_old_pages
from storage.dialect import in_like
from storage.instants import to_micros

NOBODY = "已注销居民"
SHORTEST_NAME = 2  # one letter would be found in every word

ROLES = "SELECT COUNT(*) FROM role_grants WHERE resident_id = ? AND revoked_at IS NULL"
FROZEN = "SELECT id FROM accounts WHERE holder_id = ? AND status = 'FROZEN' LIMIT 1"
OF_THEM = "SELECT id, display_name, phone_sealed FROM residents WHERE id = ? OR merged_into_id = ? ORDER BY id"
SIGN_UPS = "SELECT id FROM sign_ups WHERE resident_id = ? AND status <> 'CANCELLED' ORDER BY id"
RESERVATIONS = "SELECT id FROM reservations WHERE resident_id = ? AND status = 'HELD' ORDER BY id"


@dataclass(frozen=True, slots=True)
class Known:
    """One row of a person: what they are called there, and their number (E.164) if it has one."""

    id: int
    name: str
    phone: str | None


async def erase_me(caller: Caller, code: str, now: datetime) -> None:
    """Nobody is left who has the caller's name and number: not in the rows, not in what SQLite's file keeps of old ones.

    They are signed in nowhere, their places and reservations are free again, and their number belongs to nobody: who signs in
    with it is somebody new. It cannot be undone. `code` is one that was sent to their number: a session alone is not enough.
    Raises Unauthenticated, CodeIncorrect, CodeExpired, Conflict (a role is held, or there is no number), AccountNotOpen (a
    wallet is frozen).
    """
    resident_id, digits = caller.signed_in(), read_code(code)

    async def check(tx: Transaction) -> Refusal | None:
        known = await known_of(tx, resident_id)
        await require_erasable(tx, resident_id)
        phone = next((one.phone for one in known if one.id == resident_id), None)
        if phone is None:
            raise Conflict(reason="no_phone")
        return await try_code(
            tx, phone, digits, now
        )  # a refusal is returned, not raised: the try it cost must be committed

    refusal = await write(check)
    if refusal is not None:
        raise refusal
    await give_up_what_is_to_come(caller, now)
    await write(lambda tx: erase(tx, resident_id, now))
    await forget_old_pages()


async def known_of(reader: Reader, resident_id: int) -> list[Known]:
    """Their row, and those of whoever was merged into them."""
    rows = await reader.fetch(OF_THEM, resident_id, resident_id)
    return [Known(id_, name, unseal_phone(sealed, id_) if sealed else None) for id_, name, sealed in rows]


async def require_erasable(reader: Reader, resident_id: int) -> None:
    """Raises Conflict, AccountNotOpen."""
    roles = await reader.fetch_value(ROLES, resident_id)
    if roles:
        raise Conflict(reason="erase_roles_held", values={"roles": roles})
    frozen = await reader.fetch_value(FROZEN, resident_id)
    if frozen is not None:
        raise AccountNotOpen(account_id=frozen, status=AccountStatus.FROZEN.value)


async def give_up_what_is_to_come(caller: Caller, now: datetime) -> None:
    """Places go to the first in line; tickets and points that were reserved are free. What has begun stays."""
    resident_id = caller.signed_in()
    for (sign_up_id,) in await fetch(SIGN_UPS, resident_id):
        try:
            await cancel_sign_up(caller, sign_up_id, now)
        except Refusal:
            continue
    for (reservation_id,) in await fetch(RESERVATIONS, resident_id):
        try:
            await cancel_one(reservation_id, resident_id, now)
        except Refusal:
            continue


async def cancel_one(reservation_id: int, resident_id: int, now: datetime) -> None:
    async def body(tx: Transaction) -> None:
        await cancel(tx, await lock_standing(tx, reservation_id, now, RESERVATION), resident_id, now)

    await write(body)


ERASE = """UPDATE residents SET display_name = ?, phone_sealed = NULL, phone_digest = NULL, area_id = NULL, erased_at = ?
    WHERE id = ?"""
# What staff wrote about them where it may still be changed. Reasons in the book are part of it: docs/security.md.
NOTES = {"attendances": ("reason", "reject_reason", "void_reason"), "alarms": ("note",)}


async def erase(tx: Transaction, resident_id: int, now: datetime) -> None:
    """As erase_me, all at once. Raises Conflict, AccountNotOpen: a role may have been granted meanwhile."""
    await require_erasable(tx, resident_id)
    await end_sessions_of(tx, resident_id, "ERASED", now)
    for known in await known_of(tx, resident_id):
        await tx.execute(ERASE, NOBODY, to_micros(now), known.id)
        await tx.execute("UPDATE sessions SET device_name = NULL WHERE resident_id = ?", known.id)
        await tx.execute("DELETE FROM staff_identities WHERE resident_id = ?", known.id)
        await forget_phone(tx, known.phone)
        await forget_name(tx, resident_id, known.name)
    for purpose in ConsentPurpose:
        await withdraw(tx, resident_id, purpose, now)


async def forget_phone(tx: Transaction, phone: str | None) -> None:
    if phone is not None:
        for table in ("sign_in_codes", "sign_in_limits"):
            await tx.execute(f"DELETE FROM {table} WHERE phone_digest = ?", phone_digest(phone))


async def forget_name(tx: Transaction, resident_id: int, name: str) -> None:
    if len(name) < SHORTEST_NAME:
        return
    for table, columns in NOTES.items():
        for column in columns:
            sql = f"UPDATE {table} SET {column} = REPLACE({column}, ?, ?) WHERE resident_id = ? AND {column} LIKE ? ESCAPE '!'"
            await tx.execute(sql, name, NOBODY, resident_id, f"%{in_like(name)}%")
