"""The one place where an error becomes part of an answer: coded, in the caller's language, without our internals."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

from graphql import GraphQLError
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError

from api.problems import Problem, busy, internal, only_queries, sms_failed, too_deep, too_late
from domain.people.sms import SmsFailed
from schema.bounds import Limits
from schema.context import Language
from schema.errors import finished
from schema.reads.missing import ReadTooLate
from storage import DatabaseBusy, DatabaseTooSlow

log = logging.getLogger("xuexi.errors")
RandomBytes = Callable[[int], bytes]
REFERENCE_BYTES = 6


def finished_errors(
    errors: Sequence[GraphQLError], language: Language, random_bytes: RandomBytes
) -> list[dict[str, Any]]:
    """Errors as they are sent. What nobody expected is logged, and sent as no more than a reference to the log."""
    return [finished_error(error, language, random_bytes) for error in errors]


def finished_error(error: GraphQLError, language: Language, random_bytes: RandomBytes) -> dict[str, Any]:
    expected = finished(error, language)
    if expected is not None:
        return dict(expected.formatted)
    sent: dict[str, Any] = problem_behind(error, random_bytes).as_error(language)
    if error.locations:
        sent["locations"] = [location.formatted for location in error.locations]
    if error.path:
        sent["path"] = error.path
    return sent


def problem_behind(error: Exception, random_bytes: RandomBytes) -> Problem:
    """What to tell a client of an exception that is not the client's fault, or of its own."""
    if isinstance(error, Problem):
        return error
    cause = error.original_error if isinstance(error, GraphQLError) else error
    if isinstance(cause, DatabaseBusy | DatabaseTooSlow):
        log.warning("%s: %s", type(cause).__name__, cause)
        return busy()
    if isinstance(cause, ReadTooLate):
        return too_late()
    if isinstance(cause, SmsFailed):
        return sms_failed()  # the sender has logged why
    if isinstance(cause, InvalidOperationTypeError):
        return only_queries()
    if isinstance(cause, CannotGetOperationTypeError):
        return Problem(reason="unknown_operation")
    if isinstance(cause, RecursionError) and isinstance(error, GraphQLError) and error.path is None:
        return too_deep(Limits().depth)
    reference = random_bytes(REFERENCE_BYTES).hex()
    log.error("reference %s", reference, exc_info=cause or error)
    return internal(reference)
