"""Finding wrong arguments of declared fields before anything runs: the answer is then a request error, without `data`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLField,
    GraphQLIncludeDirective,
    GraphQLNamedType,
    GraphQLSchema,
    GraphQLSkipDirective,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionNode,
    get_named_type,
    get_operation_ast,
)
from graphql.execution.values import VariableValues, get_directive_values, get_variable_values
from strawberry.extensions import SchemaExtension

from schema.reads import sources
from schema.reads.arguments import Text
from schema.reads.asking import Language
from schema.reads.binding import cursor_tag, given_values, order_of
from schema.reads.declare import MAX_IDS, ReadField
from schema.reads.described import declared_field
from schema.reads.kept import MOST_VALUES, Kept, variables_key
from schema.reads.paging import page_problems
from schema.reads.selection import Site

TOO_MANY_IDS = Text(f"一次最多查询 {MAX_IDS} 个 id。", f"Ask for {MAX_IDS} ids at most.")


@dataclass(frozen=True, slots=True)
class Checked:
    """A field whose arguments can be wrong, where its answer would stand, and the nodes whose @skip and @include decide on it."""

    path: tuple[str, ...]
    site: Site
    guards: tuple[SelectionNode, ...]


@dataclass(frozen=True, slots=True)
class ToCheck:
    """The fields to check in an operation, and values of variables that were found right: they stay right."""

    held: tuple[GraphQLSchema, DocumentNode]
    fields: list[Checked]
    fine: set[tuple[object, ...]]


@dataclass(frozen=True, slots=True)
class Walk:
    """The way through an operation."""

    schema: GraphQLSchema
    fragments: Mapping[str, FragmentDefinitionNode]

    def below(
        self,
        type_: GraphQLNamedType,
        nodes: Sequence[SelectionNode],
        path: tuple[str, ...],
        guards: tuple[SelectionNode, ...],
    ) -> Iterator[Checked]:
        """Everything to check in a selection set."""
        for node in nodes:
            inner = (*guards, node) if node.directives else guards
            if isinstance(node, FieldNode):
                yield from self.field(type_, node, path, inner)
                continue
            assert isinstance(node, (InlineFragmentNode, FragmentSpreadNode))
            fragment = node if isinstance(node, InlineFragmentNode) else self.fragments[node.name.value]
            condition = fragment.type_condition
            narrowed = self.schema.type_map[condition.name.value] if condition else type_
            yield from self.below(narrowed, fragment.selection_set.selections, path, inner)

    def field(
        self, type_: GraphQLNamedType, node: FieldNode, path: tuple[str, ...], guards: tuple[SelectionNode, ...]
    ) -> Iterator[Checked]:
        definition: GraphQLField | None = getattr(type_, "fields", {}).get(node.name.value)
        if definition is None:  # __typename, __schema, __type
            return
        here = (*path, node.alias.value if node.alias else node.name.value)
        declared = declared_field(definition)
        if declared and can_be_wrong(declared):
            yield Checked(here, Site(0, definition, node, declared), guards)
        if node.selection_set:
            yield from self.below(get_named_type(definition.type), node.selection_set.selections, here, guards)


def can_be_wrong(declared: ReadField) -> bool:
    return isinstance(declared.source, (sources.Paged, sources.ByIds)) or any(
        argument.check for argument in declared.declared.values()
    )


_found: Kept[ToCheck] = Kept()


def to_check(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode) -> ToCheck:
    """What is to be checked in an operation; kept by the document's identity."""
    key = (id(schema), id(operation))
    found = _found.get(key)
    if found is None:
        fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
        root = schema.get_root_type(operation.operation)
        assert root
        checked = list(Walk(schema, fragments).below(root, operation.selection_set.selections, (), ()))
        found = _found.keep(key, ToCheck((schema, document), checked, set()), operation)
    return found


def problems_of(site: Site, given: Mapping[str, Any]) -> Iterator[Text]:
    """What is wrong with the arguments of a field."""
    source = site.declared.source
    if isinstance(source, sources.Paged):
        yield from page_problems(cursor_tag(site, order_of(source, given)), given)
    if isinstance(source, sources.ByIds) and len(given["ids"]) > MAX_IDS:
        yield TOO_MANY_IDS
    for name, declared in site.declared.declared.items():
        value = given.get(name)
        problem = declared.check(value) if declared.check and value is not None else None
        if problem:
            yield problem


def is_included(guards: Sequence[SelectionNode], variables: VariableValues) -> bool:
    for node in guards:
        skip = get_directive_values(GraphQLSkipDirective, node, variables)
        include = get_directive_values(GraphQLIncludeDirective, node, variables)
        if (skip and skip["if"]) or (include and not include["if"]):
            return False
    return True


def wrong_arguments(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    raw_variables: Mapping[str, Any],
    language: Language,
) -> Iterator[GraphQLError]:
    """An error with code, path and location for every wrong argument; of variables that do not fit their type, only these."""
    checked = to_check(schema, document, operation)
    key = variables_key(raw_variables)
    if not checked.fields or key in checked.fine:
        return
    variables = get_variable_values(schema, operation.variable_definitions or (), dict(raw_variables))
    if isinstance(variables, list):
        yield from variables
        return
    included = [field for field in checked.fields if is_included(field.guards, variables)]
    problems = [problem for field in included for problem in wrong_in(schema, field, variables, language)]
    yield from problems
    if key is not None and not problems:
        if len(checked.fine) >= MOST_VALUES:
            checked.fine.clear()
        checked.fine.add(key)


def wrong_in(
    schema: GraphQLSchema, field: Checked, variables: VariableValues, language: Language
) -> Iterator[GraphQLError]:
    try:
        given = given_values(schema._strawberry_schema, field.site, variables)  # type: ignore[attr-defined]  # noqa: SLF001 - as Strawberry's Info does
    except GraphQLError as error:
        yield error
        return
    for problem in problems_of(field.site, given):
        message = problem.said_in(language)
        yield GraphQLError(message, field.site.node, path=field.path, extensions={"code": "INVALID_INPUT"})


class ArgumentCheck(SchemaExtension):
    """Checks the arguments of declared fields of a valid document. Goes after KnownDocuments, which has validated by then:
    what is found only once the validation is left comes too late to be a request error."""

    def on_validate(self) -> Iterator[None]:
        if self.execution_context.pre_execution_errors == []:
            self.check()
        yield

    def check(self) -> None:
        context = self.execution_context
        document = context.graphql_document
        assert document, "a document is parsed before it is validated"
        operation = get_operation_ast(document, context.operation_name)
        schema: GraphQLSchema = context.schema._schema  # noqa: SLF001 - Strawberry offers no other way to it
        if operation and schema.get_root_type(operation.operation):
            language: Language = context.context.asking.language
            errors = list(wrong_arguments(schema, document, operation, context.variables or {}, language))
            context.pre_execution_errors = errors
