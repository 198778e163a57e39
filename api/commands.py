"""What an operator does besides serving: each command prints what it found and returns its exit code."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date

from api.house import system_clock
from api.programmes import ensure_programmes
from api.secret import check_secret, master_secret
from api.settings import Settings
from domain.audit import audit_everything
from domain.people.find_resident import find_residents_by_phone
from domain.people.grant_role import RoleWish, grant_role
from domain.people.keys import derive_keys, set_keys
from domain.people.phone import parse_phone
from domain.people.register_resident import NewResident, register_resident
from domain.people.rights import Role
from domain.places.find_area import find_area
from domain.places.find_organisation import find_organisation
from domain.points.expire_points import expire_points
from domain.points.seal_key import seal_key
from ledger.seal_transfers import seal_transfers
from schema.build import EXPORTED, export_sdl
from storage import (
    DatabaseBusy,
    DatabaseTooSlow,
    Reader,
    UnusableDatabase,
    close_database,
    fetch,
    open_database,
    read,
    read_at_length,
)
from storage.migrations import migrate_open_database

DONE, NOT_AS_IT_SHOULD_BE = 0, 1


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[None]:
    """The database, open. Raises BadSettings, UnusableDatabase, NotDurable."""
    set_keys(derive_keys(master_secret(settings, secrets.token_bytes)))
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
class Grant:
    """A role for the owner of a phone, over an area, or over one organisation in it."""

    phone: str
    role: Role
    area: str
    organisation: str | None
    name: str | None


async def grant(settings: Settings, wish: Grant) -> int:
    """The resident holds the role. Raises Refusal."""
    phone = parse_phone(wish.phone)

    async def find(reader: Reader) -> tuple[int | None, int, int | None]:
        resident_id = (await find_residents_by_phone(reader, [phone])).get(phone)
        area_id = await find_area(reader, wish.area, "area")
        if wish.organisation is None:
            return resident_id, area_id, None
        return resident_id, area_id, await find_organisation(reader, wish.area, wish.organisation, "organisation")

    async with opened_and_migrated(settings):
        resident_id, area_id, organisation_id = await read(find)
        now = system_clock()
        if resident_id is None:
            if wish.name is None:
                print("Nobody with this number has signed in yet. --name NAME registers them.")
                return NOT_AS_IT_SHOULD_BE
            new = NewResident(display_name=wish.name, phone=phone)
            resident_id = await register_resident(new, now, secrets.token_bytes)
        over = {"area_id": area_id} if organisation_id is None else {"organisation_id": organisation_id}
        await grant_role(RoleWish(resident_id=resident_id, role=wish.role, **over), now)
    print(f"{wish.role.value} over {wish.organisation or wish.area}: granted")
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
        findings = await read_at_length(audit_everything)
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


def export_schema() -> int:
    """schema/schema.graphql is what the program really answers."""
    EXPORTED.write_text(export_sdl(), encoding="utf-8")
    print("written: schema/schema.graphql")
    return DONE


def check_schema() -> int:
    """Whether schema/schema.graphql is what the program really answers."""
    if EXPORTED.exists() and EXPORTED.read_text(encoding="utf-8") == export_sdl():
        return DONE
    print("schema/schema.graphql is stale; `python -m api export-schema` writes it anew")
    return NOT_AS_IT_SHOULD_BE
