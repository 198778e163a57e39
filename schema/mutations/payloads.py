"""How every mutation answers: its payload, or a payload with what stood in the way."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import strawberry
from strawberry.extensions import FieldExtension

from domain.refusals import Refusal
from schema.context import Info
from schema.errors import UserError, user_error
from schema.lane import InTurn
from schema.metering import MeteredByAddress, MeteredByPerson

T = TypeVar("T")

#: Every mutation has one argument.
INPUT = strawberry.argument(name="input", description="What is wanted.")


def no_errors() -> Any:
    """The field `errors` of a payload."""
    errors: list[UserError] = strawberry.field(
        default_factory=list, description="What stood in the way, in the order in which it was found. Empty on success."
    )
    return errors


class RefusalsAsErrors(FieldExtension):
    """Turns a refusal of the act into the `errors` of the payload."""

    def __init__(self, payload: type[Any]) -> None:
        self.payload = payload

    async def resolve_async(self, next_: Callable[..., Awaitable[Any]], source: Any, info: Info, **kwargs: Any) -> Any:
        try:
            return await next_(source, info, **kwargs)
        except Refusal as refusal:
            return self.payload(errors=[user_error(refusal, info.context.language)])


class SignedInOnly(FieldExtension):
    """Refuses a caller whom nobody knows before anything else is looked at."""

    async def resolve_async(self, next_: Callable[..., Awaitable[Any]], source: Any, info: Info, **kwargs: Any) -> Any:
        info.context.caller.signed_in()
        return await next_(source, info, **kwargs)


def mutation(description: str, payload: type[Any]) -> Callable[[T], T]:
    """A mutation for people who are signed in. A refusal becomes the payload's `errors`."""
    made: Callable[[T], T] = strawberry.mutation(
        description=description,
        extensions=[MeteredByPerson(), SignedInOnly(), RefusalsAsErrors(payload)],  # the last is the outermost
    )
    return made


def batch_mutation(description: str, payload: type[Any]) -> Callable[[T], T]:
    """A mutation that does others', each of which counts for itself. A refusal of the whole becomes the payload's `errors`."""
    made: Callable[[T], T] = strawberry.mutation(
        description=description, extensions=[SignedInOnly(), RefusalsAsErrors(payload)]
    )
    return made


def preview(resolver: Callable[..., Awaitable[Any]], description: str, payload: type[Any]) -> Any:
    """A field of Query for people who are signed in: what an act would do. A refusal becomes the payload's `errors`."""
    return strawberry.field(
        resolver=resolver, description=description, extensions=[InTurn(), SignedInOnly(), RefusalsAsErrors(payload)]
    )


def open_mutation(description: str, payload: type[Any], counted_as: str = "sign_ins") -> Callable[[T], T]:
    """A mutation for everyone, counted by the address it comes from. A refusal becomes the payload's `errors`."""
    made: Callable[[T], T] = strawberry.mutation(
        description=description, extensions=[MeteredByAddress(counted_as), RefusalsAsErrors(payload)]
    )
    return made
