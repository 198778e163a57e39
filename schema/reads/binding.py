"""The arguments of one request: as Python values for functions, as database values for SQL, and the shape they give the SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLError, GraphQLInputType, get_named_type, get_nullable_type, is_list_type
from graphql.execution.values import VariableValues, get_argument_values
from strawberry.schema import BaseSchema
from strawberry.types.arguments import convert_arguments

from schema.reads.arguments import database_values, to_database
from schema.reads.asking import Asking
from schema.reads.declare import PAGE_ARGUMENTS
from schema.reads.described import node_type
from schema.reads.paging import Keyset, decode_cursor, page_problems
from schema.reads.selection import Site
from schema.reads.sources import Condition, Paged, ToMany, Where, wants_asking
from schema.reads.sqltext import EMPTY_LIST, Bind

SQL_TYPES = {
    "Int": "bigint",
    "Points": "bigint",
    "DateTime": "bigint",
    "Boolean": "bigint",
    "Float": "double precision",
}
Shape = tuple[Any, ...]


@dataclass(eq=False, slots=True)
class Bound:
    """The arguments of one field in one request. Generated code reads all but `templates`, `backward` and `order`."""

    given: dict[str, Any]
    database: dict[str, Any]
    templates: tuple[Condition, ...] = ()
    conditions: Sequence[Mapping[str, Any]] = ()
    limit: int = 0
    backward: bool = False
    after: Keyset | None = None
    before: Keyset | None = None
    order: tuple[str, ...] = ()
    tag: str = ""

    @property
    def shape(self) -> Shape:
        """What of the arguments the SQL's text depends on."""
        conditions = tuple(
            (template.sql, types_of(values)) for template, values in zip(self.templates, self.conditions, strict=True)
        )
        return conditions, self.backward, self.after is not None, self.before is not None, self.order


def given_values(schema: BaseSchema, site: Site, variables: VariableValues) -> dict[str, Any]:
    """The arguments of a field by their Python names; what was left out is None."""
    raw = get_argument_values(site.definition, site.node, variables)
    declared = site.declared
    given = convert_arguments(raw, declared.arguments, schema.schema_converter.scalar_registry, schema.config)
    return {name: given.get(name) for name in declared.declared}


def bind(site: Site, given: dict[str, Any], asking: Asking) -> Bound:
    """What a request's arguments mean for a field. Raises GraphQLError for paging arguments that check.py would refuse."""
    declared, source = site.declared, site.declared.source
    bound = Bound(given, database_values(declared.declared, given))
    if isinstance(source, (Paged, ToMany)):
        bound.templates = tuple(conditions_of(source.where, given, asking))
        bound.conditions = [{name: to_database(value) for name, value in c.values.items()} for c in bound.templates]
    if isinstance(source, Paged):
        bind_page(bound, site, source)
    return bound


def bind_page(bound: Bound, site: Site, source: Paged) -> None:
    bound.order = order_of(source, bound.given)
    bound.tag = cursor_tag(site, bound.order)
    for problem in page_problems(bound.tag, bound.given):
        raise GraphQLError(problem.en, site.node, extensions={"code": "INVALID_INPUT"})
    first, last, after, before = (bound.given[name] for name in ("first", "last", "after", "before"))
    bound.limit = last if first is None else first
    bound.backward = first is None
    bound.after = None if after is None else decode_cursor(bound.tag, after)
    bound.before = None if before is None else decode_cursor(bound.tag, before)


def order_of(source: Paged, given: Mapping[str, Any]) -> tuple[str, ...]:
    """The columns a page is sorted by."""
    return source.order[given["order_by"]] if isinstance(source.order, Mapping) else source.order


def cursor_tag(site: Site, order: tuple[str, ...]) -> str:
    """What a cursor belongs to: a list and its order."""
    return f"{node_type(site.definition).name}.{site.declared.python_name}:{','.join(order)}"


def conditions_of(where: Where, given: Mapping[str, Any], asking: Asking) -> Sequence[Condition]:
    """The conditions that a function of the arguments asks for."""
    if where is None or isinstance(where, str):
        return ()
    own = {name: value for name, value in given.items() if name not in PAGE_ARGUMENTS and name != "order_by"}
    return list(where(**own, asking=asking) if wants_asking(where) else where(**own))


def types_of(values: Mapping[str, Any]) -> tuple[Bind, ...]:
    return tuple(bind_of(value, name) for name, value in values.items())


def bind_of(value: Any, source: str) -> Bind:
    """How a value of a condition is bound: by its Python type."""
    match value:
        case list():
            return Bind(source, bind_of(value[0], source).type if value else EMPTY_LIST, is_list=True)
        case int():
            return Bind(source, "bigint")
        case float():
            return Bind(source, "double precision")
        case str():
            return Bind(source, "text")
    raise TypeError(f"a condition cannot bind {value!r} as {source}")


def bind_of_argument(type_: GraphQLInputType, source: str, *, is_id: bool) -> Bind:
    """How an argument of a declared field is bound: by its GraphQL type."""
    named = get_named_type(type_)
    sql_type = "bigint" if is_id else SQL_TYPES.get(named.name, "text")
    return Bind(source, sql_type, is_list_type(get_nullable_type(type_)))
