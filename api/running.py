"""Running one GraphQL request on the schema, and telling a refused request from an executed one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from graphql import GraphQLError
from strawberry.schema.exceptions import InvalidOperationTypeError
from strawberry.types.execution import ExecutionResult
from strawberry.types.graphql import OperationType
from strawberry.utils.aio import aclosing

from api.asked import Asked
from api.finishing import finished_errors
from api.problems import Problem, only_queries, too_late
from schema.build import schema
from schema.context import Context
from schema.errors import innermost
from storage import DatabaseBusy

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Answer:
    """What GraphQL said. A refused request was never executed: its answer has no `data`."""

    payload: dict[str, Any]
    refused: bool
    #: Nobody in particular asked, and may be told what everybody is told.
    is_public: bool = False

    @property
    def is_whole(self) -> bool:
        """Nothing went wrong."""
        return "errors" not in self.payload


async def run(asked: Asked, context: Context, allowed: Iterable[OperationType]) -> Answer:
    """Run a query or mutation to its end. Raises Problem after its deadline, or where such an operation is not allowed."""
    try:
        async with asyncio.timeout(context.limits.deadline):
            result = await schema.execute(
                asked.query,
                variable_values=asked.variables,
                context_value=context,
                operation_name=asked.operation_name,
                allowed_operation_types=allowed,
            )
    except TimeoutError as error:
        raise too_late() from error
    except InvalidOperationTypeError as error:
        if error.operation_type is OperationType.SUBSCRIPTION:
            raise Problem(reason="no_subscriptions") from error
        raise only_queries() from error
    return answer_of(result, context)


async def stream(asked: Asked, context: Context, allowed: Iterable[OperationType]) -> AsyncGenerator[Answer, None]:
    """Every answer of an operation of any kind; the only one where it is refused. Raises Problem, and what is not foreseen.

    The first answer has the time that a query has. A subscription then waits as long as nothing changes; what an event shows
    is read in that time, too.
    """
    results = await schema.stream(
        asked.query,
        variable_values=asked.variables,
        context_value=context,
        operation_name=asked.operation_name,
        allowed_operation_types=allowed,
    )
    seconds: float | None = context.limits.deadline
    try:
        async with aclosing(results):
            while (result := await next_within(seconds, results)) is not None:
                seconds = None
                assert isinstance(result, ExecutionResult), "incremental delivery is off"
                yield answer_of(result, context)
    except GraphQLError as error:  # what cannot be parsed is raised, not answered
        yield Answer({"errors": finished_errors([error], context.language, context.random_bytes)}, refused=True)


async def next_within(seconds: float | None, results: AsyncIterator[T]) -> T | None:
    """The next result; None where there is no other. Raises Problem where it takes longer than that."""
    try:
        async with asyncio.timeout(seconds):
            return await anext(results, None)
    except TimeoutError as error:
        raise too_late() from error


def answer_of(result: ExecutionResult, context: Context) -> Answer:
    """The answer of a result. Raises DatabaseBusy, where nothing was begun because too much waits already."""
    for error in result.errors or ():
        if error.path is None and isinstance(cause := innermost(error), DatabaseBusy):
            raise cause
    errors = finished_errors(result.errors, context.language, context.random_bytes) if result.errors else []
    refused = was_refused(result)
    payload: dict[str, Any] = {} if refused else {"data": result.data}
    if errors:
        payload["errors"] = errors
    if result.extensions:
        payload["extensions"] = result.extensions
    return Answer(payload, refused)


def was_refused(result: ExecutionResult) -> bool:
    """Syntax, validation and variables are found before execution; an error of execution always has a path."""
    return result.data is None and all(error.path is None for error in result.errors or ())
