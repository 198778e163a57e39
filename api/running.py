"""Running one GraphQL request on the schema, and telling a refused request from an executed one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from graphql import GraphQLError, OperationDefinitionNode, parse
from strawberry.schema.exceptions import InvalidOperationTypeError
from strawberry.types.execution import ExecutionResult
from strawberry.types.graphql import OperationType

from api.asked import Asked
from api.finishing import finished_errors
from api.problems import Problem
from schema.build import schema
from schema.context import Context
from schema.limits import MAX_TOKENS

OPERATION = re.compile(r"\b(?:query|mutation|subscription)\b")  # only one that has the word can be one of several
LONGEST_REMEMBERED = 20_000  # characters of a document


@dataclass(frozen=True, slots=True)
class Answer:
    """What GraphQL said. A refused request was never executed: its answer has no `data`."""

    payload: dict[str, Any]
    refused: bool


async def run(asked: Asked, context: Context, allowed: Iterable[OperationType]) -> Answer:
    """Run a query or mutation to its end. Raises Problem where the kind of operation is not allowed here."""
    refuse_unclear(asked)
    try:
        result = await schema.execute(
            asked.query,
            variable_values=asked.variables,
            context_value=context,
            operation_name=asked.operation_name,
            allowed_operation_types=allowed,
        )
    except InvalidOperationTypeError as error:
        if error.operation_type is OperationType.SUBSCRIPTION:
            raise Problem(reason="no_subscriptions") from error
        raise Problem(reason="only_queries", status=405, headers={"Allow": "POST"}) from error
    return answer_of(result, context)


def refuse_unclear(asked: Asked) -> None:
    """Strawberry would run the first of several operations where none is named. Raises Problem."""
    if asked.operation_name is None and len(OPERATION.findall(asked.query)) > 1 and has_several(asked.query):
        raise Problem(reason="operation_unnamed")


def has_several(query: str) -> bool:
    """Whether a document has several operations. One that cannot be parsed has none: running it will say why."""
    return several_in(query) if len(query) <= LONGEST_REMEMBERED else several_in.__wrapped__(query)


@lru_cache(maxsize=100)
def several_in(query: str) -> bool:
    try:
        definitions = parse(query, max_tokens=MAX_TOKENS).definitions  # a megabyte of them would take ten seconds
    except (GraphQLError, RecursionError):
        return False
    return sum(isinstance(definition, OperationDefinitionNode) for definition in definitions) > 1


def answer_of(result: ExecutionResult, context: Context) -> Answer:
    """The answer of a result."""
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
