"""What a phone kept while it was offline, sent at once: each operation is done as if it had come alone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Union

import strawberry
from strawberry.utils.str_converters import to_camel_case

from domain.refusals import InvalidInput
from schema.context import Info
from schema.errors import UserError
from schema.mutations.approval import ApprovalMutations
from schema.mutations.attendance import AttendanceMutations
from schema.mutations.claims import ClaimsMutations
from schema.mutations.payloads import INPUT, batch_mutation, no_errors
from schema.mutations.redemption import RedemptionMutations
from schema.mutations.reservations import ReservationMutations

MOST_OPERATIONS = 50
MOST_RECORDS = 500  # of attendance, in all operations together
#: What is done at a gate, at a desk outdoors or on a resident's phone, and carries an idempotency key. What is done in an office
#: is not among it, nor what has a way of its own: syncAdmissions, importClaims.
SUBMITTABLE = {
    AttendanceMutations: ("log_attendance", "void_attendance"),
    ApprovalMutations: ("approve_attendance", "reject_attendance"),
    RedemptionMutations: ("redeem_tickets", "redeem_at_gate", "refund_order"),
    ReservationMutations: ("reserve_tickets", "pay_reservation", "pay_own_reservation", "cancel_reservation"),
    ClaimsMutations: ("attest_claim",),
}


def definition_of(room: Any, name: str) -> Any:
    """The field of a mutation."""
    (found,) = (each for each in room.__strawberry_definition__.fields if each.python_name == name)
    return found


FIELDS = {name: definition_of(room, name) for room, names in SUBMITTABLE.items() for name in names}


def input_of(name: str) -> Any:
    """The type of a mutation's input."""
    return FIELDS[name].arguments[0].type


if TYPE_CHECKING:

    class SubmittedOperationInput:
        """One operation: exactly one of the mutations' inputs."""
else:
    SubmittedOperationInput = strawberry.input(
        type(
            "SubmittedOperationInput",
            (),
            {"__annotations__": {name: input_of(name) | None for name in FIELDS}}
            | {
                name: strawberry.field(
                    default=strawberry.UNSET, description=f"The input of the mutation {to_camel_case(name)}."
                )
                for name in FIELDS
            },
        ),
        description="One operation: exactly one mutation's input, with its idempotency key.",
        one_of=True,
    )

PAYLOADS = tuple(dict.fromkeys(field.type for field in FIELDS.values()))
SubmittedPayload: Any = Annotated[
    Union[PAYLOADS],  # noqa: UP007 - the list is made above
    strawberry.union("SubmittedPayload", description="What the mutation answered."),
]


@strawberry.input(description="What was kept while there was no network, oldest first.")
class SubmitOperationsInput:
    """A batch."""

    operations: list[SubmittedOperationInput] = strawberry.field(
        description="1 to 50, done in this order; together they log 500 attendances at most."
    )


def payload_of(root: SubmittedOperation) -> Any:
    """What an operation answered. Raises what it raised."""
    if root.failure:
        raise root.failure
    return root.answer


@strawberry.type(description="What became of one operation.")
class SubmittedOperation:
    """An answer, or an error of ours."""

    mutation: str = strawberry.field(description="The mutation, such as redeemTickets.")
    answer: strawberry.Private[Any]
    failure: strawberry.Private[Exception | None] = None
    payload: Any = strawberry.field(
        resolver=payload_of,
        graphql_type=SubmittedPayload | None,
        description="What the mutation answered; `path` in its errors begins at its own input. Null where it went wrong on "
        "our side: an entry of the answer's `errors` says so, and the operation may be sent again with the same key.",
    )


@strawberry.type(description="One result for each operation, in order.")
class SubmitOperationsPayload:
    """A batch."""

    results: list[SubmittedOperation] = strawberry.field(
        default_factory=list, description="One for each operation, in order; empty when the whole call was refused."
    )
    errors: list[UserError] = no_errors()


@strawberry.type
class SubmittingMutations:
    """Batch replay."""

    @batch_mutation(
        "Do what a phone kept while it was offline, in order, each on its own: one that is refused keeps no other from "
        "being done, and what was done before answers as it did then. Errors of the whole call: UNAUTHENTICATED, "
        "INVALID_INPUT; of an operation: those of its mutation.",
        SubmitOperationsPayload,
    )
    async def submit_operations(
        self, info: Info, wanted: Annotated[SubmitOperationsInput, INPUT]
    ) -> SubmitOperationsPayload:
        check_length(wanted.operations)
        return SubmitOperationsPayload(results=[await done(operation, info) for operation in wanted.operations])


def check_length(operations: list[SubmittedOperationInput]) -> None:
    """Raises InvalidInput."""
    if not 1 <= len(operations) <= MOST_OPERATIONS:
        values: dict[str, object] = {"least": 1, "most": MOST_OPERATIONS}
        raise InvalidInput(reason="list_length_out_of_range", values=values, path=("operations",))
    given = (getattr(operation, "log_attendance", None) for operation in operations)
    if sum(len(logged.records) for logged in given if logged) > MOST_RECORDS:
        values = {"limit": MOST_RECORDS}
        raise InvalidInput(reason="too_many_records_together", values=values, path=("operations",))


async def done(operation: SubmittedOperationInput, info: Info) -> SubmittedOperation:
    """One operation, as if it had come alone."""
    (name,) = (name for name in FIELDS if getattr(operation, name))
    act = called(name)
    try:
        return SubmittedOperation(
            mutation=to_camel_case(name), answer=await act(None, info, wanted=getattr(operation, name))
        )
    except Exception as failure:  # noqa: BLE001 - the others must be answered; this one's payload raises it again
        return SubmittedOperation(mutation=to_camel_case(name), answer=None, failure=failure)


def called(name: str) -> Callable[..., Awaitable[Any]]:
    """The mutation with all that is around it."""
    act: Callable[..., Awaitable[Any]] = FIELDS[name].base_resolver.wrapped_func
    for extension in FIELDS[name].extensions:
        act = partial(extension.resolve_async, act)
    return act
