"""Documents that come again and again: parsed and validated once, and forgotten when they grow too long together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from graphql import DocumentNode, GraphQLError, parse
from strawberry.extensions import SchemaExtension
from strawberry.schema.schema import validate_document

from schema.reads.kept import Kept


@dataclass(slots=True)
class Known:
    """A parsed document, and what its validation said, once it was validated."""

    document: DocumentNode
    errors: list[GraphQLError] | None = None


_known: Kept[Known] = Kept()


def known(text: str, options: dict[str, Any]) -> Known:
    """The document of a text. Raises GraphQLSyntaxError."""
    key = (text, *options.items())
    found = _known.get(key)
    if found is None:
        document = parse(text, **options)
        found = _known.keep(key, Known(document), document)
    return found


class KnownDocuments(SchemaExtension):
    """Parses and validates what is new. Goes after MaxTokensLimiter, and before whatever looks at a valid document.

    Strawberry's own caches count documents, not how long they are, and hash the whole parsed document on every request.
    """

    def on_parse(self) -> Iterator[None]:
        context = self.execution_context
        if context.query:
            self.found = known(context.query, dict(context.parse_options))
            context.graphql_document = self.found.document
        yield

    def on_validate(self) -> Iterator[None]:
        context = self.execution_context
        if self.found.errors is None:
            schema = context.schema._schema  # noqa: SLF001 - Strawberry offers no other way to it
            self.found.errors = validate_document(schema, self.found.document, context.validation_rules)
        context.pre_execution_errors = list(self.found.errors)
        yield
