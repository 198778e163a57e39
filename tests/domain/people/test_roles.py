"""Roles: who holds what, over what, and how far it reaches."""

from __future__ import annotations

import asyncio

import pytest

from domain.people.caller import ANONYMOUS, Caller
from domain.people.grant_role import RoleWish, grant_role
from domain.people.revoke_role import revoke_role
from domain.people.rights import (
    Role,
    require_book_administrator,
    require_book_reader,
    require_role_over_organisation,
)
from domain.refusals import Forbidden, InvalidInput, NotFound, Refusal, Unauthenticated
from storage import fetch, read
from tests.builders.people import a_caller, a_resident, an_administrator, an_auditor, organiser_of, role_over
from tests.builders.places import an_area, an_organisation
from tests.clock import NOW, later

pytestmark = pytest.mark.usefixtures("database")


async def refusal_of(caller: Caller, role: Role, organisation_id: int) -> type[Refusal] | None:
    try:
        await read(lambda reader: require_role_over_organisation(reader, caller, role, organisation_id))
    except Refusal as refusal:
        return type(refusal)
    return None


async def test_granting_twice_changes_nothing() -> None:
    resident_id, operator, area_id = await a_resident(), await a_resident(), await an_area()
    wish = RoleWish(resident_id=resident_id, role=Role.ORGANISER, area_id=area_id, by_id=operator)
    first = await grant_role(wish, NOW)
    second = await grant_role(RoleWish(resident_id=resident_id, role=Role.ORGANISER, area_id=area_id), later(days=1))
    assert first == second
    rows = await fetch("SELECT granted_by_id, (granted_at - ?) FROM role_grants", 0)
    assert [(row[0], row[1]) for row in rows] == [(operator, 1_705_023_000_000_000)]


@pytest.mark.parametrize("over", ["area_id", "organisation_id"])
async def test_ten_grants_at_once_are_one(over: str) -> None:
    resident_id = await a_resident()
    over_id = await an_area() if over == "area_id" else await an_organisation()
    wish = RoleWish(resident_id=resident_id, role=Role.GATE_STAFF, **{over: over_id})
    assert len(set(await asyncio.gather(*(grant_role(wish, NOW) for _ in range(10))))) == 1


async def test_a_role_that_was_revoked_is_gone_on_record_and_may_come_back() -> None:
    host = await an_organisation()
    caller, operator = await organiser_of(host), await a_resident()
    assert caller.resident_id
    wish = RoleWish(resident_id=caller.resident_id, role=Role.ORGANISER, organisation_id=host, by_id=operator)
    first = await revoke_role(wish, later(days=1))
    assert await refusal_of(caller, Role.ORGANISER, host) is Forbidden
    rows = await fetch("SELECT id, revoked_by_id FROM role_grants WHERE revoked_at IS NOT NULL")
    assert [tuple(row) for row in rows] == [(first, operator)]
    assert await grant_role(wish, later(days=2)) != first
    assert await refusal_of(caller, Role.ORGANISER, host) is None


async def test_a_role_that_is_not_held_cannot_be_revoked() -> None:
    caller = await organiser_of(await an_organisation())
    assert caller.resident_id
    elsewhere = RoleWish(resident_id=caller.resident_id, role=Role.ORGANISER, organisation_id=await an_organisation())
    with pytest.raises(NotFound):
        await revoke_role(elsewhere, NOW)


async def test_a_role_is_over_an_area_or_an_organisation() -> None:
    resident_id, area_id, organisation_id = await a_resident(), await an_area(), await an_organisation()
    both = RoleWish(resident_id=resident_id, role=Role.ADMIN, area_id=area_id, organisation_id=organisation_id)
    neither = RoleWish(resident_id=resident_id, role=Role.ADMIN)
    for wish in (both, neither):
        with pytest.raises(InvalidInput) as raised:
            await grant_role(wish, NOW)
        assert raised.value.reason == "role_over_one"


async def test_a_role_needs_a_resident_and_something_to_reach() -> None:
    resident_id, area_id = await a_resident(), await an_area()
    for wish, path in (
        (RoleWish(resident_id=5, role=Role.ADMIN, area_id=area_id), ("residentId",)),
        (RoleWish(resident_id=resident_id, role=Role.ADMIN, area_id=5), ("areaId",)),
        (RoleWish(resident_id=resident_id, role=Role.ADMIN, organisation_id=5), ("organisationId",)),
    ):
        with pytest.raises(NotFound) as raised:
            await grant_role(wish, NOW)
        assert raised.value.path == path


async def test_a_role_over_an_organisation_reaches_no_other() -> None:
    area_id = await an_area()
    host, neighbour = await an_organisation(area_id), await an_organisation(area_id)
    caller = await organiser_of(host)
    assert await refusal_of(caller, Role.ORGANISER, host) is None
    assert await refusal_of(caller, Role.ORGANISER, neighbour) is Forbidden


async def test_one_role_is_not_another() -> None:
    host = await an_organisation()
    caller = await organiser_of(host)
    assert await refusal_of(caller, Role.GATE_STAFF, host) is Forbidden
    assert await refusal_of(await a_caller(), Role.ORGANISER, host) is Forbidden
    assert await refusal_of(ANONYMOUS, Role.ORGANISER, host) is Unauthenticated


async def test_a_role_over_an_area_reaches_what_is_managed_below_it() -> None:
    district = await an_area()
    community = await an_area(parent_id=district)
    grid = await an_area(parent_id=community)
    caller = await a_caller()
    assert caller.resident_id
    await role_over(caller.resident_id, Role.ORGANISER, area_id=community)
    assert await refusal_of(caller, Role.ORGANISER, await an_organisation(community)) is None
    assert await refusal_of(caller, Role.ORGANISER, await an_organisation(grid)) is None
    assert await refusal_of(caller, Role.ORGANISER, await an_organisation(district)) is Forbidden


async def test_rights_follow_who_manages_and_not_where_a_place_lies() -> None:
    rencheng, high_tech_zone = await an_area(), await an_area()
    liuhang = await an_area(parent_id=rencheng, managed_by_id=high_tech_zone)
    host = await an_organisation(liuhang)
    of_rencheng, of_the_zone = await a_caller(), await a_caller()
    assert of_rencheng.resident_id
    assert of_the_zone.resident_id
    await role_over(of_rencheng.resident_id, Role.ORGANISER, area_id=rencheng)
    await role_over(of_the_zone.resident_id, Role.ORGANISER, area_id=high_tech_zone)
    assert await refusal_of(of_rencheng, Role.ORGANISER, host) is Forbidden
    assert await refusal_of(of_the_zone, Role.ORGANISER, host) is None


async def test_the_book_is_read_by_those_who_hold_a_whole_district() -> None:
    district = await an_area()
    community = await an_area(parent_id=district)
    for caller in (await an_auditor(district), await an_administrator(district)):
        await read(lambda reader, caller=caller: require_book_reader(reader, caller))  # type: ignore[misc]
    for caller in (await an_auditor(community), await organiser_of(await an_organisation(district))):
        with pytest.raises(Forbidden):
            await read(lambda reader, caller=caller: require_book_reader(reader, caller))  # type: ignore[misc]
    with pytest.raises(Unauthenticated):
        await read(lambda reader: require_book_reader(reader, ANONYMOUS))


async def test_the_book_is_corrected_by_administrators_only() -> None:
    administrator, auditor = await an_administrator(), await an_auditor()
    await read(lambda reader: require_book_administrator(reader, administrator))
    with pytest.raises(Forbidden):
        await read(lambda reader: require_book_administrator(reader, auditor))
