"""The GraphQL schema, put together."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, cast

import strawberry
from graphql import GraphQLError, GraphQLInputObjectType, GraphQLNamedType
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.schema import DEFAULT_ALLOWED_OPERATION_TYPES
from strawberry.types import ExecutionContext
from strawberry.types.execution import ExecutionResult
from strawberry.types.graphql import OperationType

from schema.context import Context
from schema.documents import KnownDocuments
from schema.errors import AlreadyAdmitted, BasicError, FigureAlreadyClaimed, InsufficientPoints, LimitReached
from schema.executing import Asked, execute_known
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


class OurSchema(strawberry.Schema):
    """Executes what it knows by itself (executing.py), and logs nothing: whoever sends the answer knows which errors are a
    person's and which are ours.
    """

    async def execute(
        self,
        query: str | None,
        variable_values: dict[str, Any] | None = None,
        context_value: Any | None = None,
        root_value: Any | None = None,
        operation_name: str | None = None,
        allowed_operation_types: Iterable[OperationType] | None = None,
        operation_extensions: dict[str, Any] | None = None,
    ) -> ExecutionResult:
        allowed = DEFAULT_ALLOWED_OPERATION_TYPES if allowed_operation_types is None else allowed_operation_types
        asked = Asked(query or "", operation_name, variable_values or {})
        result = await execute_known(self._schema, asked, cast(Context, context_value), set(allowed))
        if result is None:
            result = await super().execute(query, variable_values, context_value, root_value, operation_name, allowed)
        return result

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Nothing is logged here."""


schema = OurSchema(
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
