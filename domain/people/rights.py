"""What a resident's roles reach, as SQL: the same conditions guard the acts and filter the reads.

A role over an organisation reaches that organisation. A role over an area reaches every organisation whose area is
managed below it (product rule: rights follow management, not where a place lies).
"""

from __future__ import annotations

from enum import StrEnum

from domain.people.caller import Caller
from domain.refusals import Forbidden
from storage import Reader


class Role(StrEnum):
    """What a role grant allows."""

    ORGANISER = "ORGANISER"
    GATE_STAFF = "GATE_STAFF"
    AUDITOR = "AUDITOR"
    ADMIN = "ADMIN"


def holds_role_over_organisation(role: Role, organisation: str, viewer: str = ":viewer") -> str:
    """SQL: `viewer` holds the role over the organisation, both given as SQL expressions."""
    return f"""EXISTS (SELECT 1 FROM role_grants g WHERE g.resident_id = {viewer} AND g.role = '{role}'
        AND g.revoked_at IS NULL AND (g.organisation_id = {organisation} OR g.area_id IN (
            SELECT m.manager_id FROM area_management m JOIN organisations o ON o.area_id = m.area_id
            WHERE o.id = {organisation})))"""


def reads_the_book(viewer: str = ":viewer") -> str:
    """SQL: `viewer` is an auditor or administrator of a whole district."""
    return f"""EXISTS (SELECT 1 FROM role_grants g JOIN areas a ON a.id = g.area_id WHERE g.resident_id = {viewer}
        AND g.role IN ('AUDITOR', 'ADMIN') AND g.revoked_at IS NULL AND a.parent_id IS NULL)"""


def administers_the_book(viewer: str = ":viewer") -> str:
    """SQL: `viewer` is an administrator of a whole district."""
    return f"""EXISTS (SELECT 1 FROM role_grants g JOIN areas a ON a.id = g.area_id WHERE g.resident_id = {viewer}
        AND g.role = 'ADMIN' AND g.revoked_at IS NULL AND a.parent_id IS NULL)"""


async def holds(reader: Reader, condition: str, *params: int) -> bool:
    """Whether a condition of this module, written with `?`, holds for the given ids."""
    return bool(await reader.fetch_value(f"SELECT CASE WHEN {condition} THEN 1 ELSE 0 END", *params))


async def require_role_over_organisation(reader: Reader, caller: Caller, role: Role, organisation_id: int) -> None:
    """Raises Unauthenticated, Forbidden."""
    organisation = "CAST(? AS BIGINT)"
    condition = holds_role_over_organisation(role, organisation, viewer="CAST(? AS BIGINT)")
    if not await holds(reader, condition, caller.signed_in(), organisation_id, organisation_id):
        raise Forbidden


async def require_book_reader(reader: Reader, caller: Caller) -> None:
    """Raises Unauthenticated, Forbidden."""
    if not await holds(reader, reads_the_book("CAST(? AS BIGINT)"), caller.signed_in()):
        raise Forbidden


async def require_book_administrator(reader: Reader, caller: Caller) -> None:
    """Raises Unauthenticated, Forbidden."""
    if not await holds(reader, administers_the_book("CAST(? AS BIGINT)"), caller.signed_in()):
        raise Forbidden
