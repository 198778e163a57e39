"""Organisations: where they are and what they are called."""

from __future__ import annotations

import pytest

from domain.places.find_organisation import find_organisation
from domain.places.kinds import OrganisationKind
from domain.refusals import Conflict, InvalidInput, NotFound
from storage import fetch, read
from tests.builders.places import an_area, an_organisation

pytestmark = pytest.mark.usefixtures("database")


async def test_an_organisation_is_found_by_area_and_name() -> None:
    area_id = await an_area(code="RC-JPJ")
    organisation_id = await an_organisation(area_id, "津浦街社区网格中心", OrganisationKind.GOVERNMENT)
    found = await read(lambda reader: find_organisation(reader, "RC-JPJ", "津浦街社区网格中心"))
    assert found == organisation_id
    rows = await fetch("SELECT name, kind, area_id FROM organisations")
    assert [tuple(row) for row in rows] == [("津浦街社区网格中心", "GOVERNMENT", area_id)]


async def test_a_name_is_given_once_in_an_area_and_again_in_another() -> None:
    area_id = await an_area()
    await an_organisation(area_id, "新时代文明实践站")
    await an_organisation(await an_area(), "新时代文明实践站")
    with pytest.raises(Conflict) as raised:
        await an_organisation(area_id, " 新时代文明实践站 ")
    assert (raised.value.reason, raised.value.path) == ("organisation_name_taken", ("name",))


async def test_an_organisation_needs_a_name_that_can_be_seen() -> None:
    with pytest.raises(InvalidInput) as raised:
        await an_organisation(await an_area(), "\u200b\u200d")
    assert raised.value.path == ("name",)


async def test_an_organisation_needs_an_area() -> None:
    with pytest.raises(NotFound) as raised:
        await an_organisation(area_id=5)
    assert raised.value.path == ("areaId",)


async def test_an_unknown_organisation_is_not_found() -> None:
    await an_organisation(await an_area(code="RC-1000"), "联华超市")
    with pytest.raises(NotFound) as raised:
        await read(lambda reader: find_organisation(reader, "RC-1000", "同仁堂中医院", "organisation"))
    assert raised.value.path == ("organisation",)
