"""One line in the log for each operation: what it was, what it cost, how it ended. Never what it was about."""

from __future__ import annotations

import hashlib
import logging
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from graphql import GraphQLError, get_operation_ast
from strawberry.extensions import SchemaExtension

from schema.errors import code_of

log = logging.getLogger("xuexi.operations")
LONGEST_NAME = 60
NAME = re.compile(r"[_A-Za-z][_0-9A-Za-z]*")
FIGURES = re.compile(r"\d{5,}")  # a name is the client's to choose, and might be somebody's number


@dataclass(frozen=True, slots=True)
class Facts:
    """What may be known of an operation by whoever reads the log."""

    name: str | None
    kind: str | None
    digest: str
    cost: int | None
    codes: Sequence[str] = ()


def write_down(facts: Facts, began: float) -> None:
    """Log an operation that has ended. `began` is what time.perf_counter() said at its beginning."""
    line = {
        "operation": printable_name(facts.name),
        "kind": facts.kind,
        "hash": facts.digest,
        "cost": facts.cost,
        "errors": sorted(set(facts.codes)),
        "ms": round((time.perf_counter() - began) * 1e3, 2),
    }
    log.info("operation", extra={"facts": line})


def digest_of(query: str) -> str:
    return hashlib.sha256(query.encode("utf-8", "replace")).hexdigest()


class Journal(SchemaExtension):
    """Logs every operation when it has ended, a subscription when its client has enough. Goes first."""

    raised: GraphQLError | None = None

    def on_operation(self) -> Iterator[None]:
        began = time.perf_counter()
        try:
            yield
        except GraphQLError as error:  # what cannot be parsed is raised
            self.raised = error
            raise
        finally:
            if log.isEnabledFor(logging.INFO):
                write_down(self.facts(), began)

    def facts(self) -> Facts:
        context = self.execution_context
        operation = context.graphql_document and get_operation_ast(context.graphql_document, context.operation_name)
        cost = context.extensions_results.get("cost")
        return Facts(
            name=context.operation_name,
            kind=operation.operation.value if operation else None,
            digest=digest_of(context.query or ""),
            cost=cost["requested"] if cost else None,
            codes=[code_of(error) for error in self.errors()],
        )

    def errors(self) -> list[GraphQLError]:
        if self.raised:
            return [self.raised]
        context = self.execution_context
        return context.pre_execution_errors or (context.result.errors if context.result else None) or []


def printable_name(name: str | None) -> str | None:
    """The client's name for its operation, without what might be a phone number; what can be no name is not repeated."""
    return FIGURES.sub("#", name[:LONGEST_NAME]) if name and NAME.fullmatch(name) else None
