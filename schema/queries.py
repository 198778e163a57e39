"""What clients may ask."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry

from domain.claims.read_claim_limit import read_claim_limit
from domain.points.make_wallet_statement import OwnWallet, make_wallet_statement
from domain.points.read_trial_balance import read_trial_balance
from domain.privacy.export_my_data import export_my_data
from domain.volunteering.approval import waits_for
from domain.volunteering.visibility import decides_on_attendances, of_its_activity
from ledger.statement import Period
from schema.context import Info
from schema.enums import ActivityOrder, AlarmKind, BookTime, ClaimState, ConsentPurpose, Decision
from schema.ids import require_id
from schema.inputs.lists import MOST_OF_A_KIND
from schema.inputs.volunteering import ActivityFilter
from schema.lane import InTurn
from schema.mutations.payloads import preview
from schema.previews import (
    PreviewAwardPayload,
    PreviewRulePayload,
    award_preview,
    foreseen_merge,
    foreseen_redemption,
    rule_preview,
)
from schema.reads.arguments import argument
from schema.reads.declare import Node, by_id, by_ids, connection, to_one
from schema.reads.paging import Connection
from schema.scalars import Points
from schema.searching import activities_where, alarms_where, problem_of_filter, problem_of_kinds
from schema.types.adjustments import Adjustment, adjustments_where
from schema.types.alarms import Alarm
from schema.types.claims import Claim, ClaimLimit, overseen_claims_where
from schema.types.ledger import TrialBalance, TrialBalanceLine
from schema.types.merging import ResidentMerge
from schema.types.places import Area
from schema.types.previews import MergePreview, RedemptionPreview
from schema.types.privacy import ConsentText, MyData, PhoneReading, purpose_where
from schema.types.programmes import Programme
from schema.types.redemption import TicketOffer
from schema.types.seals import Seal, WalletStatement
from schema.types.sessions import Disablement
from schema.types.viewer import Viewer
from schema.types.volunteering import Activity, Attendance

BY_START = {ActivityOrder.STARTS_AT_ASC: "starts_at", ActivityOrder.STARTS_AT_DESC: "-starts_at"}


MAY_APPROVE = f"{waits_for('{other}')} AND {of_its_activity('{other}', decides_on_attendances('va'))}"


async def book_at(
    info: Info,
    programme: Annotated[str, strawberry.argument(description="The programme's code.")] = "xuexi",
    as_of: Annotated[
        datetime | None, strawberry.argument(description="At this instant; null: now.")
    ] = strawberry.UNSET,
    by: Annotated[BookTime, strawberry.argument(description="Which time of a posting counts.")] = BookTime.POSTED,
) -> TrialBalance:
    """The trial balance as GraphQL shows it. Raises Unauthenticated, Forbidden, InvalidInput."""
    balance = await read_trial_balance(info.context.caller, programme, as_of or info.context.now, by)
    return TrialBalance(
        programme=balance.programme,
        as_of=balance.at,
        by=by,
        accounts=[
            TrialBalanceLine(
                kind=line.kind, debits=Points(line.debits), credits=Points(line.credits), accounts=line.accounts
            )
            for line in balance.lines
        ],
        total_debits=Points(balance.total_debits),
        total_credits=Points(balance.total_credits),
        balanced=balance.balanced,
    )


async def limit_of(
    info: Info,
    programme: Annotated[str, strawberry.argument(description="The programme's code.")] = "xuexi",
) -> ClaimLimit:
    """The limit as GraphQL shows it. Raises Unauthenticated, InvalidInput."""
    above = await read_claim_limit(info.context.caller, programme)
    return ClaimLimit(programme=programme, approval_above=Points(above))


async def own_statement(
    info: Info,
    programme: Annotated[str, strawberry.argument(description="The programme's code.")] = "xuexi",
    from_: Annotated[
        datetime | None,
        strawberry.argument(name="from", description="Posted at or after this instant; null: from the start."),
    ] = strawberry.UNSET,
    until: Annotated[
        datetime | None, strawberry.argument(description="Posted before this instant; null: up to now.")
    ] = strawberry.UNSET,
    wallet_id: Annotated[
        strawberry.ID | None,
        strawberry.argument(
            description="One of the viewer's wallets, whatever its programme: their own one, or one of its mergedWallets. Null: "
            "theirs in the programme."
        ),
    ] = strawberry.UNSET,
) -> WalletStatement:
    """The statement as GraphQL shows it. Raises Unauthenticated, InvalidInput, NotFound."""
    context = info.context
    own = OwnWallet(programme, require_id(wallet_id, "Wallet", "walletId") if wallet_id else None)
    file = await make_wallet_statement(context.caller, own, Period(from_ or None, until or None), context.now)
    return WalletStatement(file_name=file.file_name, text=file.text, sha256=file.sha256)


async def own_data(info: Info) -> MyData:
    """The person's data as GraphQL shows them. Raises Unauthenticated."""
    file = await export_my_data(info.context.caller, info.context.now)
    return MyData(file_name=file.file_name, text=file.text, sha256=file.sha256)


@strawberry.type(description="What can be asked. Lists are paged: first or last is required, 1 to 100.")
class Query:
    """Read in one SQL statement each, and one more for each list inside."""

    node: Node | None = by_id("Any object by its id; null where there is none, or where the viewer may not see it.")
    nodes: list[Node | None] = by_ids(
        "Objects by their ids, in the same order, null for each that cannot be seen. 100 at most."
    )
    viewer: Viewer | None = to_one("The signed-in person. Null when nobody is signed in.", on="{other}.id = :viewer")
    area: Area | None = to_one(
        "An area by its code.", on="{other}.code = :code", args={"code": argument(str, "The area's code.")}
    )
    activities: Connection[Activity] = connection(
        "Activities, those that are published unless the filter says otherwise.",
        order=BY_START,
        where=activities_where,
        args={
            "filter": argument(ActivityFilter | None, "Which are wanted.", check=problem_of_filter),
            "order_by": argument(ActivityOrder, "How they are sorted.", default=ActivityOrder.STARTS_AT_ASC),
        },
    )
    activity: Activity | None = by_id("An activity by its id.")
    attendances_to_approve: Connection[Attendance] = connection(
        "What was entered afterwards and waits for the viewer, oldest first: in activities whose organisers or host's "
        "administrators they belong to, recorded by somebody else, about somebody else. Empty for everyone else.",
        order="recorded_at",
        where=MAY_APPROVE,
    )
    alarms: Connection[Alarm] = connection(
        "What somebody should look into about how attendances were recorded, latest first. Auditors and administrators of a "
        "district, administrators over the host, but nobody whom it is about; empty for everyone else.",
        order="-raised_at",
        where=alarms_where,
        args={
            "kinds": argument(
                list[AlarmKind] | None, f"Only of these kinds, {MOST_OF_A_KIND} at most.", check=problem_of_kinds
            ),
            "settled": argument(bool | None, "true: only those that are settled. false: only those that are not."),
        },
    )
    ticket_offers: Connection[TicketOffer] = connection(
        "Offers, those whose sales open last come first.", order="-sales_open_at"
    )
    ticket_offer: TicketOffer | None = by_id("An offer by its id.")
    programmes: Connection[Programme] = connection("All programmes, by their codes.", order="code")
    programme: Programme | None = to_one(
        "A programme by its code.", on="{other}.code = :code", args={"code": argument(str, "The programme's code.")}
    )
    claims: Connection[Claim] = connection(
        "Claims that the viewer may decide on or audit, latest first; empty for everybody else. Their own: Viewer.claims.",
        order="-attested_at",
        where=overseen_claims_where,
        args={
            "state": argument(ClaimState | None, "Only those."),
            "host_id": argument(strawberry.ID | None, "Only those attested for this organisation."),
            "programme": argument(str | None, "Only those of this programme, by its code."),
        },
    )
    claim_limit: ClaimLimit = strawberry.field(
        resolver=limit_of,
        description="How much may be claimed for a resident without a second person. For whoever is signed in. Errors: "
        "UNAUTHENTICATED, INVALID_INPUT.",
    )
    adjustments: Connection[Adjustment] = connection(
        "Corrections that needed two administrators, latest first. For auditors and administrators of a district; empty for "
        "everybody else.",
        order="-proposed_at",
        where=adjustments_where,
        args={"decision": argument(Decision | None, "Only those.")},
    )
    preview_award: PreviewAwardPayload = preview(
        award_preview,
        "Organisers: what logAttendance would do with these records at this moment, without writing anything. Errors of the "
        "whole call and of one record are those of logAttendance, but for those of its key.",
        PreviewAwardPayload,
    )
    preview_rule: PreviewRulePayload = preview(
        rule_preview,
        "Administrators of a whole district: who would have had how many points, had a rule held on past days; 20000 attendances "
        "at most. Errors: UNAUTHENTICATED, INVALID_INPUT, FORBIDDEN, NOT_FOUND.",
        PreviewRulePayload,
    )
    trial_balance: TrialBalance = strawberry.field(
        resolver=book_at,
        extensions=[InTurn()],
        description="The whole book in one look. Auditors and administrators of a district. Errors: UNAUTHENTICATED, FORBIDDEN, "
        "INVALID_INPUT.",
    )
    preview_redemption: RedemptionPreview = strawberry.field(
        resolver=foreseen_redemption,
        description="What redeemTickets would do now: its postings and the wallet afterwards, or every reason why not. Nothing "
        "is written; a reason is no error here.",
    )
    resident_merges: Connection[ResidentMerge] = connection(
        "Residents who turned out to be one person, latest first. All of them for auditors and administrators of a district; "
        "those of one's own for everybody else.",
        order="-merged_at",
    )
    consent_texts: Connection[ConsentText] = connection(
        "What people are or were asked to agree to, latest first. For everybody.",
        order="-published_at",
        where=purpose_where,
        args={"purpose": argument(ConsentPurpose | None, "Only those for this.")},
    )
    phone_readings: Connection[PhoneReading] = connection(
        "Who of the staff was shown whose whole number, latest first. All of them for auditors and administrators of a district; "
        "those of one's own number for everybody else.",
        order="-read_at",
    )
    export_my_data: MyData = strawberry.field(
        resolver=own_data,
        extensions=[InTurn()],
        description="All that is kept about the signed-in person, as a file for them. Errors: UNAUTHENTICATED.",
    )
    disablements: Connection[Disablement] = connection(
        "Who may not sign in, or could not for a while, latest first. For auditors and administrators of a district; empty for "
        "everybody else.",
        order="-disabled_at",
    )
    preview_merge: MergePreview = strawberry.field(
        resolver=foreseen_merge,
        extensions=[InTurn()],
        description="Administrators of a whole district: what mergeResidents would do now, or every reason why not. Nothing is "
        "written; a reason is no error here.",
    )
    wallet_statement: WalletStatement = strawberry.field(
        resolver=own_statement,
        extensions=[InTurn()],
        description="The signed-in person's statement as a file that they can check by themselves. From the first entry of the "
        "period to the last, without holes; 5000 at most. Errors: UNAUTHENTICATED, INVALID_INPUT, NOT_FOUND.",
    )
    seals: Connection[Seal] = connection("The seals of the book, the latest first. For everybody.", order="-number")
    seal: Seal | None = to_one(
        "A seal by its number. For everybody.",
        on="{other}.number = :number",
        args={"number": argument(int, "1 is the first.")},
    )
