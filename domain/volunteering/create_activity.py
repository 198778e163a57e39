"""Creating an activity with its shifts, as a draft or published at once."""

from __future__ import annotations

from datetime import datetime

from domain.people.caller import Caller
from domain.people.rights import Role, require_role_over_organisation
from domain.places.find_area import find_area
from domain.refusals import Forbidden, InvalidInput, NotFound
from domain.volunteering.activity_rows import NewActivity, insert_activity
from domain.volunteering.activity_wish import CreateActivityWish, checked
from storage import Reader, Transaction, write
from storage.dialect import in_ids


async def create_activity(caller: Caller, wish: CreateActivityWish, now: datetime) -> int:
    """The activity is there with its shifts (without any given: one that spans it) and is found by searches; its id.

    It is published if so wished, else a draft that only the host's organisers see. Raises Unauthenticated, InvalidInput at
    its field, NotFound and Forbidden (the host), NotFound (the area, a partner), InvalidInput (the programme).
    """
    caller.signed_in()
    good = checked(wish, now)

    async def body(tx: Transaction) -> int:
        return await add_activity(tx, caller, good, now)

    return await write(body)


async def add_activity(tx: Transaction, caller: Caller, wish: CreateActivityWish, now: datetime) -> int:
    """As create_activity, as a part of a transaction; the wish was checked."""
    creator_id = caller.signed_in()
    host_name, area_id = await look_around(tx, caller, wish)
    new = NewActivity(tx.new_id(), wish, host_name, area_id, creator_id)
    await insert_activity(tx, new, now)
    return new.id


async def look_around(reader: Reader, caller: Caller, wish: CreateActivityWish) -> tuple[str, int]:
    """The host's name and the area's id. Raises NotFound, Forbidden, InvalidInput."""
    host_name = await reader.fetch_value("SELECT name FROM organisations WHERE id = ?", wish.host_id)
    if host_name is None:
        raise NotFound(path=("hostId",))
    try:
        await require_role_over_organisation(reader, caller, Role.ORGANISER, wish.host_id)
    except Forbidden as refusal:
        raise refusal.at("hostId") from None
    area_id = await find_area(reader, wish.area_code, "areaCode")
    await check_partners(reader, wish.partner_ids)
    await check_programme(reader, wish.points_rule.programme)
    return host_name, area_id


async def check_partners(reader: Reader, partner_ids: tuple[int, ...]) -> None:
    """Raises NotFound."""
    sql = f"SELECT id FROM organisations WHERE id {in_ids(reader.dialect)}"
    known = {row[0] for row in await reader.fetch(sql, list(partner_ids))} if partner_ids else set()
    for index, partner_id in enumerate(partner_ids):
        if partner_id not in known:
            raise NotFound(path=("partnerIds", str(index)))


async def check_programme(reader: Reader, programme: str) -> None:
    """Raises InvalidInput."""
    known = programme.isprintable() and await reader.fetch_value("SELECT id FROM programmes WHERE code = ?", programme)
    if not known:
        path = ("pointsRule", "programme")
        raise InvalidInput(reason="unknown_programme", values={"programme": programme}, path=path)
