"""One line in the log for each operation: what it was, what it cost, how it ended. Never what it was about."""

from __future__ import annotations

import hashlib
import logging
import re
import time
from collections.abc import Iterator
from typing import Any

from graphql import GraphQLError, get_operation_ast
from strawberry.extensions import SchemaExtension

from schema.errors import code_of

log = logging.getLogger("xuexi.operations")
LONGEST_NAME = 60
NAME = re.compile(r"[_A-Za-z][_0-9A-Za-z]*")
FIGURES = re.compile(r"\d{5,}")  # a name is the client's to choose, and might be somebody's number


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
                facts = self.facts() | {"ms": round((time.perf_counter() - began) * 1e3, 2)}
                log.info("operation", extra={"facts": facts})

    def facts(self) -> dict[str, Any]:
        """What may be known of the operation by whoever reads the log."""
        context = self.execution_context
        operation = context.graphql_document and get_operation_ast(context.graphql_document, context.operation_name)
        cost = context.extensions_results.get("cost")
        return {
            "operation": printable_name(context.operation_name),
            "kind": operation.operation.value if operation else None,
            "hash": hashlib.sha256((context.query or "").encode("utf-8", "replace")).hexdigest(),
            "cost": cost["requested"] if cost else None,
            "errors": sorted({code_of(error) for error in self.errors()}),
        }

    def errors(self) -> list[GraphQLError]:
        if self.raised:
            return [self.raised]
        context = self.execution_context
        return context.pre_execution_errors or (context.result.errors if context.result else None) or []


def printable_name(name: str | None) -> str | None:
    """The client's name for its operation, without what might be a phone number; what can be no name is not repeated."""
    return FIGURES.sub("#", name[:LONGEST_NAME]) if name and NAME.fullmatch(name) else None
