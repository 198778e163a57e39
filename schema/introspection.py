"""Asking the schema about itself, where the operator does not want that."""

from __future__ import annotations

import re
from collections.abc import Iterator

from graphql import GraphQLError, NoSchemaIntrospectionCustomRule, validate
from strawberry.extensions import SchemaExtension

from domain.refusals import InvalidInput

ASKS = re.compile(r"\b__(?:schema|type)\b")
GUESS = re.compile(r" Did you mean .*\?$", re.DOTALL)


class Introspection(SchemaExtension):
    """Where the schema is not shown, refuses whoever asks for it, and guesses no names aloud. Goes after KnownDocuments."""

    def on_validate(self) -> Iterator[None]:
        context = self.execution_context
        if not context.context.shows_schema:
            errors = [without_guess(error) for error in context.pre_execution_errors or ()]
            if context.graphql_document and ASKS.search(context.query or ""):
                schema = context.schema._schema  # noqa: SLF001 - Strawberry offers no other way to it
                found = validate(schema, context.graphql_document, [NoSchemaIntrospectionCustomRule])
                errors += [refused(error) for error in found]
            context.pre_execution_errors = errors
        yield


def refused(error: GraphQLError) -> GraphQLError:
    return GraphQLError(error.message, error.nodes, original_error=InvalidInput(reason="introspection_off"))


def without_guess(error: GraphQLError) -> GraphQLError:
    """graphql-core's "Did you mean ...?" tells names of the schema."""
    if " Did you mean " not in error.message:
        return error
    return GraphQLError(GUESS.sub("", error.message), error.nodes, original_error=error.original_error)
