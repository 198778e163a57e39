"""Documents that come again and again: parsed and validated once, and forgotten when they grow too long together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from graphql import DocumentNode, GraphQLError, OperationDefinitionNode, parse
from strawberry.extensions import SchemaExtension
from strawberry.schema.schema import validate_document

from domain.refusals import InvalidInput, Refusal
from schema.bounds import Limits
from schema.introspection import ASKS
from schema.journal import digest_of
from schema.limits import NUL, outline_beyond, words_beyond
from schema.outline import Outline, outlined
from schema.reads.kept import Kept
from schema.scanning import scanned


@dataclass
class Known:
    """A parsed document, and what its validation said, once it was validated."""

    text: str
    document: DocumentNode
    errors: list[GraphQLError] | None = None

    @cached_property
    def digest(self) -> str:
        """What the log calls it."""
        return digest_of(self.text)

    @cached_property
    def is_ordinary(self) -> bool:
        """Whether it neither asks the schema about itself nor holds a character that no text may hold."""
        return not (ASKS.search(self.text) or NUL.search(self.text))

    @cached_property
    def operations(self) -> dict[str | None, OperationDefinitionNode]:
        """Its operations by name; an only one is that of no name, too."""
        found = [part for part in self.document.definitions if isinstance(part, OperationDefinitionNode)]
        named = {part.name.value: part for part in found if part.name}
        return named | ({None: found[0]} if len(found) == 1 else {})


_known: Kept[Known] = Kept()


def known(text: str, limits: Limits) -> Known:
    """The document of a text. Raises GraphQLError for what is too much to be read or validated, GraphQLSyntaxError."""
    key = (text, limits)
    found = _known.get(key)
    if found is None:
        refuse(words_beyond(scanned(text, limits.tokens), limits))
        document = parse(text)
        refuse(outline_beyond(outline_of(document, limits), limits))
        found = _known.keep(key, Known(text, document), document)
    return found


def known_valid(text: str, limits: Limits) -> Known | None:
    """The same, where it was found valid before."""
    found = _known.get((text, limits))
    return found if found is not None and found.errors == [] else None


def outline_of(document: DocumentNode, limits: Limits) -> Outline:
    """The outline of a document; a depth beyond the limit where fragments lead from one to the next without end."""
    try:
        return outlined(document, limits.depth, limits.selections)
    except RecursionError:
        return Outline(depth=limits.depth + 1)


def refuse(problem: Refusal | None) -> None:
    if problem:
        raise GraphQLError(problem.code, original_error=problem)


def operations_in(document: DocumentNode) -> int:
    return sum(isinstance(definition, OperationDefinitionNode) for definition in document.definitions)


class KnownDocuments(SchemaExtension):
    """Measures, parses and validates what is new. Goes before whatever looks at a valid document.

    Strawberry's own caches count documents, not how long they are, and hash the whole parsed document on every request.
    """

    def on_parse(self) -> Iterator[None]:
        context = self.execution_context
        if context.query:
            self.found = known(context.query, context.context.limits)
            if context.operation_name is None and operations_in(self.found.document) > 1:
                refuse(InvalidInput(reason="operation_unnamed"))  # Strawberry would run the first of them
            context.graphql_document = self.found.document
        yield

    def on_validate(self) -> Iterator[None]:
        context = self.execution_context
        if self.found.errors is None:
            schema = context.schema._schema  # noqa: SLF001 - Strawberry offers no other way to it
            self.found.errors = validate_document(schema, self.found.document, context.validation_rules)
        context.pre_execution_errors = list(self.found.errors)
        yield
