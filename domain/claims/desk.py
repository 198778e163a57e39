"""Where claims are attested: a programme, a host, and somebody of its staff."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from domain.claims.approval_limit import approval_limit
from domain.claims.visibility import attests_for
from domain.people.caller import Caller
from domain.refusals import Forbidden, InvalidInput, NotFound
from domain.viewer_sql import for_viewer
from storage import Reader

HOST = ("hostId",)


@dataclass(frozen=True, slots=True)
class Desk:
    """What all rows that are attested together have in common. What brings a resident above `approval_above` points waits."""

    programme: str
    programme_name: str
    zone: ZoneInfo
    approval_above: int
    host_id: int
    staff_id: int


async def find_desk(reader: Reader, caller: Caller, programme: str, host_id: int) -> Desk:
    """Raises Unauthenticated, NotFound and Forbidden (the host), InvalidInput (the programme)."""
    staff_id = caller.signed_in()
    sql = f"SELECT CASE WHEN {attests_for('ho.id')} THEN 1 ELSE 0 END FROM organisations ho WHERE ho.id = ?"
    text, viewers = for_viewer(sql, staff_id)
    may_attest = await reader.fetch_value(text, *viewers, host_id)
    if may_attest is None:
        raise NotFound(path=HOST)
    if not may_attest:
        raise Forbidden(path=HOST)
    name, zone = await find_programme(reader, programme)
    return Desk(programme, name, ZoneInfo(zone), await approval_limit(reader, programme), host_id, staff_id)


async def find_programme(reader: Reader, code: str) -> tuple[str, str]:
    """The programme's name and time zone. Raises InvalidInput."""
    row = (
        await reader.fetch_one("SELECT name, zone FROM programmes WHERE code = ?", code) if code.isprintable() else None
    )
    if row is None:
        raise InvalidInput(reason="unknown_programme", values={"programme": code}, path=("programme",))
    return row[0], row[1]
