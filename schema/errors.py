"""Errors as data: the UserError types, and the one place where a refusal becomes one, or becomes a GraphQL error."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

import strawberry
from graphql import GraphQLError

from domain import refusals
from domain.people.sms import SmsFailed
from domain.refusals import Path, Refusal
from schema.codes import ErrorCode, RequestErrorCode
from schema.limits import LimitExceeded
from schema.messages import message_of
from schema.reads.asking import Language
from schema.reads.missing import NullInNonNull, ReadTooLate
from schema.reads.references import reference
from schema.scalars import Points
from schema.types.gate import Admission
from storage import DatabaseBusy, DatabaseTooSlow


@strawberry.interface(
    description="What a person did wrong or ran into, as data. Anything else (a bug, a lost database) is a GraphQL error with a "
    "masked message and extensions.code. Every mutation payload has `errors`, empty on success."
)
class UserError:
    """Base of the errors."""

    code: ErrorCode = strawberry.field(description="A stable code, to switch on.")
    message: str = strawberry.field(
        description="For a person, in the language of Accept-Language (zh-CN by default, en)."
    )
    path: list[str] | None = strawberry.field(
        description="Where in the input, e.g. ['records', '3', 'checkedOutAt']; null when it concerns the whole call."
    )


@strawberry.type(description="An error that needs no more than its code, message and path.")
class BasicError(UserError):
    """Most refusals."""


@strawberry.type(description="The wallet holds too little: INSUFFICIENT_POINTS or BELOW_MINIMUM_BALANCE.")
class InsufficientPoints(UserError):
    """Too little to spend, or to show."""

    available: Points = strawberry.field(description="What can be spent now.")
    required: Points = strawberry.field(description="What is asked for.")


@strawberry.type(description="A limit is used up: LIMIT_PER_RESIDENT or FULL.")
class LimitReached(UserError):
    """How much is allowed, and how much is taken."""

    limit: int = strawberry.field(description="The most that is allowed.")
    used: int = strawberry.field(description="How much of it is used already.")


@strawberry.type(description="The ticket was used here before: TICKET_ALREADY_ADMITTED.")
class AlreadyAdmitted(UserError):
    """The admission that used the ticket up."""

    admission: Admission = strawberry.field(description="When and where the ticket was let in first.")


@strawberry.type(description="The figure brings nothing new: ALREADY_CLAIMED.")
class FigureAlreadyClaimed(UserError):
    """How far the resident's figure was attested."""

    last_figure: Points = strawberry.field(description="The last figure that was attested, and stands.")
    last_seen_on: date = strawberry.field(description="The day on which it was seen.")


def user_error(refusal: Refusal, language: Language) -> UserError:
    """A refusal as data of the answer."""
    said: dict[str, Any] = {
        "code": ErrorCode(refusal.code),
        "message": message_of(refusal, language),
        "path": None if refusal.path is None else list(refusal.path),
    }
    match refusal:
        case refusals.InsufficientPoints() | refusals.BelowMinimumBalance():
            available, required = Points(refusal.available), Points(refusal.required)
            return InsufficientPoints(**said, available=available, required=required)
        case refusals.LimitPerResident() | refusals.ShiftFull():
            return LimitReached(**said, limit=refusal.limit, used=refusal.used)
        case refusals.AlreadyClaimed():
            last_figure = Points(refusal.last_figure)
            return FigureAlreadyClaimed(**said, last_figure=last_figure, last_seen_on=refusal.last_seen_on)
        case refusals.TicketAlreadyAdmitted():
            return AlreadyAdmitted(**said, admission=reference(Admission, refusal.admission_id))
        case _:
            return BasicError(**said)


def user_errors(found: Iterable[Refusal], language: Language) -> list[UserError]:
    """Several refusals as data of the answer."""
    return [user_error(refusal, language) for refusal in found]


def refusal_behind(error: BaseException | None) -> Refusal | None:
    """The refusal that an error, or an error inside it, carries."""
    while error is not None:
        if isinstance(error, Refusal):
            return error
        if isinstance(error, NullInNonNull):  # `Viewer.wallet` of a programme that is not there
            return refusals.NotFound()
        error = error.original_error if isinstance(error, GraphQLError) else None
    return None


def finished(error: GraphQLError, language: Language) -> GraphQLError | None:
    """The error as a client may see it: extensions.code is set, a refusal speaks the caller's language.

    None for what nobody foresaw (a bug, a lost database): that is for a log, not for a client.
    """
    if error.extensions and "code" in error.extensions:
        return error
    refusal = refusal_behind(error)
    if isinstance(refusal, LimitExceeded):
        found = {"limit": refusal.limit, "requested": refusal.requested, "allowed": refusal.allowed}
        return told(error, message_of(refusal, language), refusal.code, **found)
    if refusal is not None:
        return told(
            error, message_of(refusal, language), refusal.code, **where(refusal.path or path_in_variables(error))
        )
    if innermost(error) is None:  # syntax, validation, variables: graphql-core's own words, for a developer
        return told(error, error.message, ErrorCode.INVALID_INPUT, **where(path_in_variables(error)))
    return None


def code_of(error: GraphQLError) -> str:
    """The code that a client sees of an error."""
    expected = finished(error, "en")
    if expected is not None and expected.extensions:
        return str(expected.extensions["code"])
    if isinstance(innermost(error), ReadTooLate):
        return RequestErrorCode.DEADLINE_EXCEEDED
    passing = isinstance(innermost(error), DatabaseBusy | DatabaseTooSlow | SmsFailed)
    return RequestErrorCode.UNAVAILABLE if passing else RequestErrorCode.INTERNAL


def innermost(error: GraphQLError) -> Exception | None:
    """The exception below all GraphQL errors, if there is one."""
    cause: Exception | None = error
    while isinstance(cause, GraphQLError):
        cause = cause.original_error
    return cause


VARIABLE = re.compile(r"Variable '\$(\w+)' has invalid value(?: at ((?:\.\w+|\[\d+\])+))?:")


def path_in_variables(error: GraphQLError) -> Path | None:
    """Where in the variables a value is wrong. graphql-core says it only in its message."""
    found = VARIABLE.match(error.message)
    if found is None:
        return None
    inside = re.findall(r"\w+", found[2] or "")
    return tuple(inside if found[1] == "input" else [found[1], *inside]) or None


def where(path: Path | None) -> dict[str, Any]:
    """What is said of a place in the input."""
    return {"inputPath": list(path)} if path else {}


def told(error: GraphQLError, message: str, code: str, **more: object) -> GraphQLError:
    """The error in other words, where it was."""
    extensions: dict[str, Any] = {"code": str(code)} | more
    return GraphQLError(
        message, error.nodes, error.source, error.positions, error.path, error.original_error, extensions
    )
