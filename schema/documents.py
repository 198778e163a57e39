"""Documents that come again and again: parsed and validated once, and forgotten when they grow too long together."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TypeVar

from graphql import DocumentNode, GraphQLError, OperationDefinitionNode, parse
from strawberry.extensions import SchemaExtension
from strawberry.schema.schema import validate_document

from domain.refusals import InvalidInput, Refusal
from schema.bounds import Limits
from schema.introspection import ASKS
from schema.journal import digest_of
from schema.lane import Lane
from schema.limits import NUL, outline_beyond, words_beyond
from schema.outline import Outline, outlined
from schema.reads.kept import Kept
from schema.scanning import scanned

T = TypeVar("T")

#: Characters of a document from which on others are not made to wait while it is read and validated: some milliseconds.
LONG = 3_000


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
    return remembered(text, limits) or remember(text, limits, read_document(text, limits))


def remembered(text: str, limits: Limits) -> Known | None:
    """The document, where it came before."""
    return _known.get((text, limits))


def remember(text: str, limits: Limits, document: DocumentNode) -> Known:
    return _known.keep((text, limits), Known(text, document), document)


def read_document(text: str, limits: Limits) -> DocumentNode:
    """Measures and parses. Raises GraphQLError, GraphQLSyntaxError."""
    refuse(words_beyond(scanned(text, limits.tokens), limits))
    document = without_words(parse(text))
    refuse(outline_beyond(outline_of(document, limits), limits))
    return document


def without_words(document: DocumentNode) -> DocumentNode:
    """The document without the chain of its words, which takes half of its memory, and leads in a circle."""
    word = document.loc and document.loc.start_token
    while word:
        word.prev, following = None, word.next
        word.next, word = None, following
    return document


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

    async def on_parse(self) -> AsyncIterator[None]:
        context = self.execution_context
        if context.query:
            self.found = await self.document_of(context.query, context.context.limits)
            if context.operation_name is None and operations_in(self.found.document) > 1:
                refuse(InvalidInput(reason="operation_unnamed"))  # Strawberry would run the first of them
            context.graphql_document = self.found.document
        yield

    async def on_validate(self) -> AsyncIterator[None]:
        context = self.execution_context
        if self.found.errors is None:
            schema = context.schema._schema  # noqa: SLF001 - Strawberry offers no other way to it
            validate = partial(validate_document, schema, self.found.document, context.validation_rules)
            self.found.errors = await self.done(validate, context.query or "")
        context.pre_execution_errors = list(self.found.errors)
        yield

    async def document_of(self, text: str, limits: Limits) -> Known:
        found = remembered(text, limits)
        return found or remember(text, limits, await self.done(partial(read_document, text, limits), text))

    async def done(self, work: Callable[[], T], text: str) -> T:
        """What a new document takes: where it is a long one, on another thread, and one at a time."""
        if len(text) < LONG:
            return work()
        lane: Lane = self.execution_context.context.lane
        return await lane.take(partial(asyncio.to_thread, work))
