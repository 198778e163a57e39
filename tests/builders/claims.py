"""Claims for tests. Name what matters; the rest is filled in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import count

from domain.claims.approve_claim import ApproveClaimWish, approve_claim
from domain.claims.attest_claim import AttestClaimWish, attest_claim
from domain.claims.import_claims import ImportClaimsWish
from domain.claims.reject_claim import RejectClaimWish, reject_claim
from domain.claims.statement import Statement
from domain.claims.void_claim import VoidClaimWish, VoidedClaim, void_claim
from domain.people.caller import Caller
from domain.people.naming import ById, Naming
from domain.people.rights import Role
from storage import Row, fetch
from tests.builders.keys import a_key
from tests.builders.people import PROGRAMME, a_resident, gate_staff_of, organiser_of, role_over
from tests.builders.places import an_organisation
from tests.clock import NOW

numbers = count(1)

#: Where the programme is at home it is the morning of this day at NOW.
TODAY = date(2024, 1, 12)
LETTERS = str.maketrans("0123456789", "abcdefghij")
HEADER = "手机号,账号,积分,日期,照片"


@dataclass(frozen=True, slots=True)
class Station:
    """A host with two of its staff and an administrator."""

    host_id: int
    staff: Caller
    second: Caller
    administrator: Caller


async def a_station() -> Station:
    """An organiser attests, gate staff decide, an administrator voids."""
    host_id = await an_organisation()
    administrator = await a_resident("示例管理员")
    await role_over(administrator, Role.ADMIN, organisation_id=host_id)
    return Station(host_id, await organiser_of(host_id), await gate_staff_of(host_id), Caller(administrator))


def account_of(resident_id: int) -> str:
    """A masked account that no other resident has."""
    return "*" + str(resident_id).translate(LETTERS)


def a_photo() -> str:
    """The SHA-256 of a photo that nobody used."""
    return f"{next(numbers):064x}"


def attesting(
    station: Station,
    claimant: int | Naming,
    figure: int,
    *,
    seen_on: date = TODAY,
    account: str | None = None,
    photo: str | None = None,
    programme: str = PROGRAMME,
    key: str | None = None,
) -> AttestClaimWish:
    """The wish to attest a figure, by default seen today on an account of the resident's own."""
    who = ById(claimant) if isinstance(claimant, int) else claimant
    own = account_of(claimant) if isinstance(claimant, int) else "138****5678"
    return AttestClaimWish(
        claimant=who,
        host_id=station.host_id,
        programme=programme,
        statement=Statement(figure, seen_on, account or own, photo),
        idempotency_key=key or a_key(),
    )


async def a_claim(
    station: Station,
    resident_id: int,
    figure: int,
    *,
    seen_on: date = TODAY,
    account: str | None = None,
    photo: str | None = None,
    now: datetime = NOW,
) -> int:
    """The figure is attested; the claim's id."""
    wish = attesting(station, resident_id, figure, seen_on=seen_on, account=account, photo=photo)
    return await attest_claim(station.staff, wish, now)


async def approve(caller: Caller, claim_id: int, key: str | None = None) -> int:
    return await approve_claim(caller, ApproveClaimWish(claim_id=claim_id, idempotency_key=key or a_key()), NOW)


async def reject(caller: Caller, claim_id: int, reason: str = "看不清", key: str | None = None) -> int:
    wish = RejectClaimWish(claim_id=claim_id, reason=reason, idempotency_key=key or a_key())
    return await reject_claim(caller, wish, NOW)


async def void(caller: Caller, claim_id: int, reason: str = "记错人", key: str | None = None) -> VoidedClaim:
    return await void_claim(
        caller, VoidClaimWish(claim_id=claim_id, reason=reason, idempotency_key=key or a_key()), NOW
    )


def a_file(*rows: Sequence[object], header: str = HEADER) -> str:
    """A CSV with the header and a line for each row."""
    return "\r\n".join([header, *(",".join(map(str, row)) for row in rows)]) + "\r\n"


def importing(station: Station, csv: str, key: str | None = None) -> ImportClaimsWish:
    """The wish to take a file over."""
    return ImportClaimsWish(host_id=station.host_id, csv=csv, idempotency_key=key or a_key())


async def claim_row(claim_id: int) -> Row:
    """The claim's status, where it counts from, what it pays, and its doubts."""
    sql = "SELECT status, previous_figure, increase, doubts FROM claims WHERE id = ?"
    return tuple((await fetch(sql, claim_id))[0])


async def attested_figure(resident_id: int) -> tuple[int, str | None]:
    """How far the resident was attested, and when that was seen."""
    rows = await fetch("SELECT figure, seen_on FROM attested_figures WHERE resident_id = ?", resident_id)
    return (rows[0][0], rows[0][1]) if rows else (0, None)


async def points_of(resident_id: int) -> int:
    """The points in the resident's wallet."""
    return int((await fetch("SELECT credits - debits FROM accounts WHERE holder_id = ?", resident_id))[0][0])
