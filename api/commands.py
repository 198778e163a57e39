"""What an operator does besides serving: each command prints what it found and returns its exit code."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date

from api.clock import system_clock
from api.programmes import ensure_programmes
from api.secret import check_secret, keys_of
from api.settings import Settings
from domain.audit import audit_at_length, is_book_alone
from domain.people.find_resident import find_residents_by_phone
from domain.people.grant_role import RoleWish, grant_role
from domain.people.keys import set_keys
from domain.people.phone import parse_phone
from domain.people.register_resident import NewResident, register_resident
from domain.people.revoke_role import revoke_role
from domain.people.rights import Role
from domain.places.find_area import find_area
from domain.places.find_organisation import find_organisation
from domain.points.expire_points import expire_points
from domain.points.seal_key import seal_key
from domain.refusals import NotFound
from ledger.seal_transfers import seal_transfers
from storage import (
    DatabaseBusy,
    DatabaseTooSlow,
    Reader,
    UnusableDatabase,
    close_database,
    fetch,
    open_database,
    read,
)
from storage.migrations import migrate_open_database

DONE, NOT_AS_IT_SHOULD_BE = 0, 1


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[None]:
    """The database, open. Raises BadSettings, UnusableDatabase, NotDurable."""
    set_keys(keys_of(settings, secrets.token_bytes))
    await open_database(settings.database_url)
    try:
        yield
    finally:
        await close_database()


@asynccontextmanager
async def opened_and_migrated(settings: Settings) -> AsyncIterator[None]:
    """The database, open and in use. Raises BadSettings, UnusableDatabase, NotDurable."""
    async with opened(settings):
        try:
            await fetch("SELECT 1 FROM role_grants LIMIT 1")
        except (DatabaseBusy, DatabaseTooSlow):
            raise
        except Exception as error:
            raise UnusableDatabase("it has no tables yet; `python -m api migrate` makes them") from error
        await check_secret()
        yield


async def migrate(settings: Settings) -> int:
    """The database has the present shape, and the programmes there always are."""
    async with opened(settings):
        applied = await migrate_open_database()
        await ensure_programmes(settings.zone, system_clock())
    print("\n".join(f"applied {name}" for name in applied) or "nothing to do")
    return DONE


@dataclass(frozen=True, slots=True)
class HeldRole:
    """A role of the owner of a phone, over an area, or over one organisation in it."""

    phone: str
    role: Role
    area: str
    organisation: str | None

    @property
    def over(self) -> str:
        """What it reaches, for the operator to read."""
        return self.organisation or self.area


async def find_subjects(held: HeldRole) -> tuple[int | None, dict[str, int]]:
    """The resident's id, None where nobody has the phone, and what the role reaches. Raises Refusal."""
    phone = parse_phone(held.phone)

    async def find(reader: Reader) -> tuple[int | None, dict[str, int]]:
        resident_id = (await find_residents_by_phone(reader, [phone])).get(phone)
        area_id = await find_area(reader, held.area, "area")
        if held.organisation is None:
            return resident_id, {"area_id": area_id}
        organisation_id = await find_organisation(reader, held.area, held.organisation, "organisation")
        return resident_id, {"organisation_id": organisation_id}

    return await read(find)


async def grant(settings: Settings, held: HeldRole, name: str | None) -> int:
    """The resident holds the role; `name` registers somebody who never signed in. Raises Refusal."""
    async with opened_and_migrated(settings):
        resident_id, over = await find_subjects(held)
        now = system_clock()
        if resident_id is None:
            if name is None:
                print("Nobody with this number has signed in yet. --name NAME registers them.")
                return NOT_AS_IT_SHOULD_BE
            new = NewResident(display_name=name, phone=parse_phone(held.phone))
            resident_id = await register_resident(new, now, secrets.token_bytes)
        await grant_role(RoleWish(resident_id=resident_id, role=held.role, **over), now)
    print(f"{held.role.value} over {held.over}: granted")
    return DONE


async def revoke(settings: Settings, held: HeldRole) -> int:
    """The resident holds the role no more, from their next request on. Raises Refusal."""
    async with opened_and_migrated(settings):
        resident_id, over = await find_subjects(held)
        if resident_id is None:
            print("Nobody with this number has signed in yet, so there is nothing to take back.")
            return NOT_AS_IT_SHOULD_BE
        try:
            await revoke_role(RoleWish(resident_id=resident_id, role=held.role, **over), system_clock())
        except NotFound:
            print(
                f"{held.role.value} over {held.over}: they do not hold it. A role reaches over just what it was granted over."
            )
            return NOT_AS_IT_SHOULD_BE
    print(f"{held.role.value} over {held.over}: revoked")
    return DONE


async def seal(settings: Settings) -> int:
    """Every transfer is in a seal, also those that the server would not look back for."""
    async with opened_and_migrated(settings):
        made = await seal_transfers(seal_key(), system_clock())
    print(f"seals made: {made}" if made else "nothing to seal")
    return DONE


async def audit(settings: Settings) -> int:
    """Everything that is counted twice was counted anew; what differs is printed."""
    async with opened_and_migrated(settings):
        findings = await audit_at_length()
        if await read(is_book_alone):
            print(
                "there is nobody here, as in a book that was taken in: the book is audited, and not what it was posted for"
            )
    print("\n".join(str(finding) for finding in findings) or "clean: everything adds up")
    return NOT_AS_IT_SHOULD_BE if findings else DONE


async def expire(settings: Settings, programme: str | None, until: date | None) -> int:
    """Points whose last day is over have left their wallets, in one programme or in all. Raises InvalidInput."""
    async with opened_and_migrated(settings):
        codes = [row[0] for row in await fetch("SELECT code FROM programmes ORDER BY code")]
        for code in codes if programme is None else [programme]:
            expired = await expire_points(code, system_clock(), until)
            print(f"{code}: {expired.points} points of {expired.wallets} wallets expired")
    return DONE
