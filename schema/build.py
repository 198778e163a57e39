"""The GraphQL schema, put together."""

from __future__ import annotations

from pathlib import Path

import strawberry
from graphql import GraphQLError, GraphQLInputObjectType, GraphQLNamedType
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext

from schema.documents import KnownDocuments
from schema.errors import AlreadyAdmitted, BasicError, FigureAlreadyClaimed, InsufficientPoints, LimitReached
from schema.introspection import Introspection
from schema.journal import Journal
from schema.limits import SizeLimit
from schema.mutations.root import Mutation
from schema.queries import Query
from schema.reads.check import ArgumentCheck
from schema.reads.execution import ReadingExecutor
from schema.scalars import SCALARS
from schema.subscriptions import Subscription
from schema.types.adjustments import Adjustment
from schema.types.alarms import Alarm
from schema.types.claims import Claim
from schema.types.gate import Admission
from schema.types.ledger import Account, AccountChange, Entry, Transfer, Wallet
from schema.types.people import Resident
from schema.types.places import Area, Organisation
from schema.types.programmes import EarningRule, Programme
from schema.types.redemption import Attraction, OfferSession, Reservation, Ticket, TicketOffer, TicketOrder
from schema.types.volunteering import Activity, Attendance, Shift, SignUp

EXPORTED = Path(__file__).with_name("schema.graphql")
NODES = [
    Account, AccountChange, Activity, Adjustment, Admission, Alarm, Area, Attendance, Attraction, Claim, EarningRule, Entry,
    OfferSession, Organisation, Programme, Reservation, Resident, Shift, SignUp, Ticket, TicketOffer, TicketOrder, Transfer,
    Wallet,
]  # fmt: skip
ERRORS = [AlreadyAdmitted, BasicError, FigureAlreadyClaimed, InsufficientPoints, LimitReached]


class QuietSchema(strawberry.Schema):
    """Logs nothing by itself: whoever sends the answer knows which errors are a person's and which are ours."""

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Nothing is logged here."""


schema = QuietSchema(
    query=Query,
    mutation=Mutation,
    subscription=Subscription,
    types=[*NODES, *ERRORS],
    extensions=[
        Journal,
        KnownDocuments,
        Introspection,
        SizeLimit,
        ArgumentCheck,
    ],
    execution_context_class=ReadingExecutor,
    config=StrawberryConfig(scalar_map=SCALARS),
)


def check_one_of(type_: GraphQLNamedType) -> None:
    """Let graphql-core check that exactly one field is given: it says where. Strawberry's own check does not."""
    assert isinstance(type_, GraphQLInputObjectType)
    type_.is_one_of = True
    type_.out_type = GraphQLInputObjectType.out_type  # type: ignore[method-assign]  # takes Strawberry's check away


for name in ("AttendeeInput", "ClaimantInput", "ReservationShownInput", "SubmittedOperationInput"):
    check_one_of(schema._schema.type_map[name])  # noqa: SLF001 - Strawberry offers no other way to it


def export_sdl() -> str:
    """The schema in the GraphQL schema language, as it is kept in schema/schema.graphql."""
    return schema.as_str().rstrip() + "\n"
