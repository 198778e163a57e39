"""What a query may ask for at most. Everything is counted before anything runs (docs/limits.md).

Without it some hundred bytes of nested lists would keep the process busy for minutes.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

from graphql import DocumentNode, GraphQLError, GraphQLSchema, OperationDefinitionNode, get_operation_ast
from strawberry.extensions import SchemaExtension
from strawberry.types.graphql import OperationType

from domain.refusals import InvalidInput, Refusal
from schema.bounds import Limits
from schema.context import Context
from schema.measure import Size, measured
from schema.outline import Outline
from schema.reads.kept import Kept
from schema.scanning import Scanned

# Rows that one statement joins: SQLite joins 64 tables, and a page, its count and a link table are among them.
MAX_JOINS = 56
# Brackets for each level that a query may be deep: fragments and objects among arguments take some of their own.
NESTING = 4


@dataclass(kw_only=True, eq=False)
class LimitExceeded(Refusal):
    """The request asks for more than `allowed` of what `limit` names; `reason` is the key of the message."""

    code = "LIMIT_EXCEEDED"
    limit: str
    requested: int
    allowed: int

    @property
    def reason(self) -> str:
        """The key of the message."""
        return f"limit_{self.limit}"


def words_beyond(scan: Scanned, limits: Limits) -> LimitExceeded | None:
    """What a document has too much of, before it is parsed."""
    counted = {
        "aliases": scan.aliases,
        "directives": scan.directives,
        "depth": scan.nesting // NESTING,
        "tokens": scan.tokens,
    }
    return first_beyond(counted, limits)


def outline_beyond(outline: Outline, limits: Limits) -> LimitExceeded | None:
    """What a document has too much of, before it is validated."""
    counted = {"depth": outline.depth, "selections": outline.selections, "repeats": outline.repeats}
    return first_beyond(counted, limits)


def first_beyond(counted: Mapping[str, int], limits: Limits) -> LimitExceeded | None:
    for limit, requested in counted.items():
        allowed = getattr(limits, limit)
        if requested > allowed:
            return LimitExceeded(limit=limit, requested=requested, allowed=allowed)
    return None


def size_beyond(size: Size, limits: Limits) -> LimitExceeded | None:
    """What an operation asks too much of, before it runs."""
    if size.cost > limits.cost:
        return LimitExceeded(limit="cost", requested=size.cost, allowed=limits.cost)
    joins = max(size.widest, size.joins)
    return LimitExceeded(limit="joins", requested=joins, allowed=MAX_JOINS) if joins > MAX_JOINS else None


def told_cost(size: Size, limits: Limits) -> dict[str, int]:
    """What an answer says of its cost."""
    return {"requested": size.cost, "allowed": limits.cost}


# PostgreSQL keeps no text with this character in it. In variables the HTTP side looks for it.
NUL = re.compile(r"\\u(0000|\{0+\})")
Sizes = tuple[tuple[str, int], ...]
_sizes: Kept[tuple[DocumentNode, Size]] = Kept()


def sizes_in(variables: Mapping[str, Any]) -> Sizes:
    """All that a size depends on: numbers, and how long lists are."""
    numbers = ((name, len(value) if isinstance(value, list) else value) for name, value in variables.items())
    return tuple((name, value) for name, value in numbers if isinstance(value, int))


def door(context: Context, kind: OperationType) -> AbstractAsyncContextManager[None]:
    """Where a dear query waits until it is let in. A mutation does not: phones that were offline all come at once."""
    return context.lane.alone() if context.bill.is_dear and kind is OperationType.QUERY else nullcontext()


class SizeLimit(SchemaExtension):
    """Refuses what costs too much, tells the cost, and lets in the dear ones one by one.

    Goes after KnownDocuments and before ArgumentCheck, which walks it.
    """

    def on_validate(self) -> Iterator[None]:
        if self.execution_context.pre_execution_errors == []:
            self.check()
        yield

    async def on_execute(self) -> AsyncIterator[None]:
        context: Context = self.execution_context.context
        async with door(context, self.execution_context.operation_type):
            yield

    def check(self) -> None:
        context = self.execution_context
        document = context.graphql_document
        assert document, "a document is parsed before it is validated"
        operation = get_operation_ast(document, context.operation_name)
        if operation is None:
            return
        problem: Refusal | None = None
        if NUL.search(context.query or ""):
            problem = InvalidInput(reason="text_control_characters")
        else:
            limits: Limits = context.context.limits
            size = size_of(context.schema._schema, document, operation, context.variables or {})  # noqa: SLF001 - Strawberry offers no other way to it
            context.extensions_results["cost"] = told_cost(size, limits)
            context.context.bill.cost = size.cost
            problem = size_beyond(size, limits)
        if problem:
            context.pre_execution_errors = [GraphQLError(problem.code, operation, original_error=problem)]


def size_of(
    schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode, variables: Mapping[str, Any]
) -> Size:
    """The size of an operation; kept by the document's identity and whatever of the variables it depends on."""
    key = (id(operation), sizes_in(variables))
    found = _sizes.get(key)
    if found is None:
        size = measured(schema, document, operation, variables)
        found = _sizes.keep(key, (document, size), operation)  # the document is held, or its id could be another's
    return found[1]
