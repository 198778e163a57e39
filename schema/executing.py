"""Executing a document that is known, past Strawberry, which walks through every extension for each request.

Documents come here once Strawberry has parsed and validated them. What is wrong with a request is left to it as well: it says
what is, and where.
"""

from __future__ import annotations

import time
from collections.abc import Container, Mapping
from dataclasses import dataclass, replace
from logging import INFO
from typing import Any, cast

from graphql import ExecutionResult as CoreResult
from graphql import GraphQLError, GraphQLSchema, OperationDefinitionNode, execute
from graphql import OperationType as CoreOperationType
from strawberry.execution import optimized_is_awaitable
from strawberry.types.execution import ExecutionResult
from strawberry.types.graphql import OperationType

from schema.context import Context
from schema.documents import Known, known_valid
from schema.errors import code_of
from schema.journal import Facts, log, write_down
from schema.limits import door, size_beyond, size_of, told_cost
from schema.reads.batch import FailedStore, OpenDatabase, Store
from schema.reads.check import wrong_arguments
from schema.reads.execution import ReadingExecutor
from schema.reads.kept import Kept, variables_key
from schema.reads.whole import NotWhole, Whole, whole
from storage import DatabaseBusy, DatabaseTooSlow

OPEN = OpenDatabase()
EXECUTED = {CoreOperationType.QUERY: OperationType.QUERY, CoreOperationType.MUTATION: OperationType.MUTATION}


@dataclass(frozen=True, slots=True)
class Asked:
    """A document's text, the name of an operation in it, and the values of its variables."""

    query: str
    name: str | None
    variables: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Ready:
    """An operation with values of its variables that nothing is wrong with; `whole` where it is made of reads alone."""

    known: Known
    facts: Facts
    extensions: dict[str, Any]
    whole: Whole | None
    kind: OperationType


_ready: Kept[Ready] = Kept()


async def execute_known(
    schema: GraphQLSchema, asked: Asked, context: Context, allowed: Container[OperationType | None]
) -> ExecutionResult | None:
    """The result of a request that nothing is wrong with; None where the document is new, or something is."""
    began = time.perf_counter()
    try:
        ready = ready_for(schema, asked, context, allowed)
    except Exception:  # noqa: BLE001 - nothing has been executed: whoever executes it says what is wrong
        return None
    if ready is None:
        return None
    context.bill.cost = ready.facts.cost or 0
    async with door(context, ready.kind):
        result = await result_of(schema, ready, asked, context)
    if log.isEnabledFor(INFO):
        codes = [code_of(error) for error in result.errors or ()]
        write_down(replace(ready.facts, codes=codes) if codes else ready.facts, began)
    return result


async def result_of(schema: GraphQLSchema, ready: Ready, asked: Asked, context: Context) -> ExecutionResult:
    store: Store = OPEN
    if ready.whole is not None:
        try:
            data = await ready.whole.answer(context.asking, store, context.lane_if_dear)
            return ExecutionResult(data, None, ready.extensions)
        except (DatabaseBusy, DatabaseTooSlow) as error:
            # Once was long enough: the executor only says which fields it concerns.
            store = FailedStore(error, store.dialect)
        except Exception:  # noqa: BLE001, S110 - read again by the executor, which says what is wrong, and where
            pass
    try:
        running = execute(
            schema,
            ready.known.document,
            context_value=context,
            variable_values=dict(asked.variables),
            operation_name=asked.name,
            is_awaitable=cast(Any, optimized_is_awaitable),
            executor_class=ReadingExecutor,
            store=store,
        )
        result = running if isinstance(running, CoreResult) else await running
    except Exception as error:  # noqa: BLE001 - as Strawberry has it
        result = CoreResult(None, [GraphQLError(str(error), original_error=error)])
    return ExecutionResult(result.data, result.errors, ready.extensions)


def ready_for(
    schema: GraphQLSchema, asked: Asked, context: Context, allowed: Container[OperationType | None]
) -> Ready | None:
    """What is to be executed, where nothing is wrong with it."""
    known = known_valid(asked.query, context.limits)
    if known is None or not known.is_ordinary:
        return None
    operation = known.operations.get(asked.name)
    if operation is None or EXECUTED.get(operation.operation) not in allowed:
        return None
    values = variables_key(asked.variables)
    if values is None:
        return made_ready(schema, known, operation, asked, context)
    key = (id(operation), OPEN.dialect, values)
    found = _ready.get(key)
    if found is None:
        found = made_ready(schema, known, operation, asked, context)
        if found is not None:
            _ready.keep(key, found, operation)
    return found


def made_ready(
    schema: GraphQLSchema, known: Known, operation: OperationDefinitionNode, asked: Asked, context: Context
) -> Ready | None:
    limits = context.limits
    size = size_of(schema, known.document, operation, asked.variables)
    if size_beyond(size, limits) or any(
        wrong_arguments(schema, known.document, operation, asked.variables, context.language)
    ):
        return None
    kind = operation.operation
    name = asked.name or (operation.name.value if operation.name else None)
    facts = Facts(name, kind.value, known.digest, size.cost)
    reads = whole_or_none(schema, known, asked) if kind is CoreOperationType.QUERY else None
    return Ready(known, facts, {"cost": told_cost(size, limits)}, reads, EXECUTED[kind])


def whole_or_none(schema: GraphQLSchema, known: Known, asked: Asked) -> Whole | None:
    try:
        return whole(schema, known.document, asked.name, asked.variables, OPEN.dialect)
    except NotWhole:
        return None
