"""The ground of the demo: places, bodies, people, and what is announced to them. All of it is there, or nothing of it."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime

from api.demo.activities import DEMO_ACTIVITIES
from api.demo.announcing import announce
from api.demo.people import demo_residents, demo_staff
from api.demo.places import demo_areas, demo_organisations
from api.demo.town import HISTORY, Demo
from domain.people.find_resident import find_residents_by_phone
from domain.people.grant_role import RoleWish, add_grant
from domain.people.phone import parse_phone
from domain.people.register_resident import NewResident, add_resident
from domain.places.create_area import NewArea, add_area
from domain.places.create_organisation import NewOrganisation, add_organisation
from storage import Reader, Transaction
from storage.dialect import in_texts
from storage.instants import from_micros


async def lay_ground(tx: Transaction, now: datetime) -> Demo:
    """Places, bodies, people, activities and offers, of which nothing is there yet. Raises Conflict."""
    demo = Demo(now)
    await settle(tx, demo)
    await announce(tx, demo)
    return demo


async def settle(tx: Transaction, demo: Demo) -> None:
    """Places, bodies and people."""
    for area in demo_areas():
        demo.areas[area.code] = await add_area(
            tx,
            NewArea(
                code=area.code,
                name=area.name,
                level=area.level,
                parent_id=demo.areas[area.parent] if area.parent else None,
                managed_by_id=demo.areas[area.managed_by] if area.managed_by else None,
            ),
        )
    for body in demo_organisations():
        new = NewOrganisation(name=body.name, kind=body.kind, area_id=demo.areas[body.area])
        demo.organisations[body.name] = await add_organisation(tx, new)
    for person in [*demo_residents(), *demo_staff()]:
        someone = NewResident(display_name=person.name, phone=person.phone, area_id=demo.areas[person.area])
        resident_id = await add_resident(tx, someone, demo.announced_at, secrets.token_bytes)
        demo.people[person.phone] = resident_id
        if person.role:
            role = RoleWish(resident_id=resident_id, role=person.role, area_id=demo.areas[person.area])
            await add_grant(tx, role, demo.announced_at)


async def find_ground(reader: Reader) -> Demo | None:
    """What an earlier start laid; None where the database holds anything else, or nothing."""
    phones = {parse_phone(person.phone): person.phone for person in [*demo_residents(), *demo_staff()]}
    people = {phones[phone]: id_ for phone, id_ in (await find_residents_by_phone(reader, list(phones))).items()}
    areas = await ids_of(reader, "areas", "code", (area.code for area in demo_areas()))
    organisations = await ids_of(reader, "organisations", "name", (body.name for body in demo_organisations()))
    activities = await ids_of(reader, "activities", "title", (activity.title for activity in DEMO_ACTIVITIES))
    expected = len(phones), len(demo_areas()), len(demo_organisations()), len(DEMO_ACTIVITIES)
    if (len(people), len(areas), len(organisations), len(activities)) != expected:
        return None
    announced_at = await reader.fetch_value("SELECT MIN(created_at) FROM activities")
    return Demo(from_micros(announced_at) + HISTORY, areas, organisations, people, activities)


async def ids_of(reader: Reader, table: str, column: str, names: Iterable[str]) -> dict[str, int]:
    """The ids of the rows that have these names."""
    sql = f"SELECT {column}, MIN(id) FROM {table} WHERE {column} {in_texts(reader.dialect)} GROUP BY {column}"
    return dict(map(tuple, await reader.fetch(sql, list(names))))
