"""Tortoise inside a transaction, and only there when it writes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from tortoise.transactions import in_transaction

from domain.people.models import Resident
from domain.places.models import Area
from ledger.models import Programme
from ledger.refusals import AlreadyReversed
from storage import Transaction, fetch, write
from tests.clock import NOW

pytestmark = pytest.mark.usefixtures("database")


async def a_programme(tx: Transaction, code: str = "xuexi") -> int:
    new_id = tx.new_id()
    _ = await Programme.create(
        id=new_id, code=code, name="示例积分", zone="Asia/Shanghai", budget=None, using_db=tx.orm
    )
    return new_id


async def test_what_the_orm_writes_is_part_of_the_transaction() -> None:
    async def body(tx: Transaction) -> None:
        await a_programme(tx)
        raise AlreadyReversed

    with pytest.raises(AlreadyReversed):
        await write(body)
    assert await Programme.all().count() == 0
    await write(a_programme)
    assert (await Programme.get(code="xuexi")).name == "示例积分"


async def test_the_orm_does_inside_whatever_it_does() -> None:
    async def body(tx: Transaction) -> list[Any]:
        ids = await a_programme(tx, "a"), await a_programme(tx, "b")
        first, second = [await Programme.get(id=programme_id, using_db=tx.orm) for programme_id in ids]
        first.name = "renamed"
        await first.save(using_db=tx.orm)
        await second.delete(using_db=tx.orm)
        area = Area(id=tx.new_id(), code="RC", name="任城区", level="DISTRICT")
        other = Area(id=tx.new_id(), code="RC-1", name="阜桥街道", level="SUBDISTRICT", parent_id=area.id)
        await Area.bulk_create([area, other], using_db=tx.orm)
        changed = await Area.filter(code="RC-1").using_db(tx.orm).update(name="x")
        names = await Area.all().using_db(tx.orm).order_by("code").values_list("name", flat=True)
        return [changed, list(names), await Programme.all().using_db(tx.orm).count()]

    assert await write(body) == [1, ["任城区", "x"], 1]
    assert [tuple(row) for row in await fetch("SELECT code, name FROM programmes")] == [("a", "renamed")]


async def test_an_instant_comes_back_as_it_went_in() -> None:
    instant = datetime(2024, 1, 12, 1, 30, 0, 123456, tzinfo=UTC)

    async def body(tx: Transaction) -> int:
        new_id = tx.new_id()
        _ = await Resident.create(id=new_id, display_name="示例", created_at=instant, using_db=tx.orm)
        return new_id

    resident_id = await write(body)
    assert (await Resident.get(id=resident_id)).created_at == instant
    assert await Resident.filter(created_at__lte=instant).count() == 1
    assert await Resident.filter(created_at__gt=instant).count() == 0
    assert isinstance((await fetch("SELECT created_at FROM residents"))[0][0], int)


async def create() -> None:
    _ = await Programme.create(id=1, code="x", name="x", zone="x")


async def create_many() -> None:
    await Resident.bulk_create([Resident(id=1, display_name="x", created_at=NOW)])


async def update() -> None:
    await Programme.all().update(name="y")


async def delete() -> None:
    await Programme.all().delete()


async def get_or_create() -> None:
    await Programme.get_or_create(id=1, code="x", name="x", zone="x")


async def open_a_transaction() -> None:
    async with in_transaction():
        raise AssertionError("Tortoise's own transaction was opened")


@pytest.mark.parametrize("act", [create, create_many, update, delete, get_or_create, open_a_transaction])
async def test_outside_a_transaction_the_orm_writes_nothing(act: Callable[[], Awaitable[None]]) -> None:
    await write(a_programme)
    with pytest.raises(Exception, match=r"(?i)read.?only|needs a transaction|use storage\.write"):
        await act()
    assert [tuple(row) for row in await fetch("SELECT code, name FROM programmes")] == [("xuexi", "示例积分")]
