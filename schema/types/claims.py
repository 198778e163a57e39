"""Claims of points that residents showed elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from domain.claims import models
from domain.claims.visibility import oversees_claim, sees_claim
from schema.enums import ClaimDoubt, ClaimState
from schema.ids import decode_id
from schema.reads.declare import Node, column, computed, row_type, sql, to_one
from schema.reads.sources import Condition, condition
from schema.scalars import Points
from schema.types.people import Resident
from schema.types.places import Organisation

if TYPE_CHECKING:
    from schema.types.ledger import Transfer

NO_ROW = -1
ACCOUNT_SHARED = """CASE WHEN EXISTS (SELECT 1 FROM claims oc WHERE oc.programme = {t}.programme
    AND oc.account_key = {t}.account_key AND oc.resident_id <> {t}.resident_id AND oc.status IN ('PENDING', 'APPROVED'))
    THEN 1 ELSE 0 END"""


def doubts_of(doubts: str) -> list[ClaimDoubt]:
    return [ClaimDoubt(name) for name in doubts.split()]


def claims_where(
    programme: str | None = None, state: ClaimState | None = None, host_id: str | None = None
) -> Iterator[Condition]:
    """Which claims are wanted; without a host, of all hosts."""
    if programme is not None:
        yield condition("{other}.programme = :programme", programme=programme)
    if state is not None:
        yield condition("{other}.status = :state", state=state)
    if host_id is not None:
        found = decode_id(host_id)
        number = found.number if found and found.type_name == "Organisation" else NO_ROW
        yield condition("{other}.host_id = :host", host=number)


def overseen_claims_where(programme: str | None, state: ClaimState | None, host_id: str | None) -> Iterator[Condition]:
    """The same, of those that the viewer knows by their role."""
    yield condition(oversees_claim("{other}"))
    yield from claims_where(programme, state, host_id)


@row_type(models.Claim, visible=sees_claim("{t}"))
class Claim(Node):
    """Staff attested the figure on a resident's points page; what the programme pays is the increase since the last one.

    Seen by the resident, the host's organisers, gate staff and administrators, and readers of the book.
    """

    resident: Resident = to_one("Whose points page it was.")
    host: Organisation = to_one("For whose staff it was attested.")
    programme: str = column("The code of the programme that pays.")
    figure: Points = column("The whole figure that the page showed.")
    previous_figure: Points = column(
        "The figure from which it counts; 0 for the first. While the claim waits it may still go down, when an earlier one that "
        "waits is rejected."
    )
    increase: Points = column("figure - previousFigure: the points that it pays.")
    seen_on: date = column("The day on which staff saw it.")
    masked_account: str = column("The account as the app shows it, such as '138****5678'.")
    account_shared: bool = sql(
        "Whether a claim of another resident that stands names the same masked account. Two accounts can look alike when masked.",
        ACCOUNT_SHARED,
    )
    photo_sha256: str | None = column("The SHA-256 of a photo of the page, in hex, where one was taken.")
    # not `status`: next to an order, in Transfer.source, front-ends would have to rename it
    state: ClaimState = column("What became of it.", "status")
    doubts: list[ClaimDoubt] = computed(
        "Why it had to wait for a second person when it was attested; empty where it was paid at once.",
        needs=("doubts",),
        by=doubts_of,
    )
    attested_by: Resident = to_one("Who saw the page.", "attested_by_id")
    attested_at: datetime = column("When they wrote it down.")
    decided_by: Resident | None = to_one(
        "The second person; null while it waits, or where none was needed.", "decided_by_id"
    )
    decided_at: datetime | None = column("When the second person decided.")
    reject_reason: str | None = column("Why it was rejected.")
    transfer: Annotated[Transfer, strawberry.lazy("schema.types.ledger")] | None = to_one(
        "The transfer that paid it; null where nothing was paid. When it was voided, reversedBy took the points back."
    )
    voided_by: Resident | None = to_one("Who voided it.", "voided_by_id")
    voided_at: datetime | None = column("When it was voided; null while it stands.")
    void_reason: str | None = column("Why it was voided.")


@strawberry.type(description="How much may be claimed for a resident without a second person.")
class ClaimLimit:
    """The limit that holds now."""

    programme: str = strawberry.field(description="The programme's code.")
    approval_above: Points = strawberry.field(
        description="So many points claims may bring a resident within 24 hours without a second person; a claim that goes above "
        "that waits for one."
    )
