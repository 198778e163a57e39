"""Plans: compiled once for a selection and the shape of its arguments, kept, and run again with other values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from graphql import GraphQLObjectType, GraphQLSchema, OperationDefinitionNode
from graphql.execution.collect_fields import FieldDetailsList, FragmentDetails
from graphql.execution.values import VariableValues
from strawberry.schema import BaseSchema

from schema.reads.asking import Asking
from schema.reads.binding import Bound, bind, given_values
from schema.reads.frame import Compiler
from schema.reads.kept import MOST_VALUES, Kept, variables_key
from schema.reads.level import NO_PARENT, Built, Fetched, Level, Parents, build, fetch
from schema.reads.selection import Selected, Selecting, Site, switches_of
from schema.reads.statements import list_below, lookup_level, root_level
from storage import Reader
from storage.dialect import Dialect

MAX_SHAPES = 64


@dataclass(frozen=True, slots=True)
class Request:
    """An operation that is being executed, as far as plans need to know it."""

    schema: GraphQLSchema
    operation: OperationDefinitionNode
    fragments: dict[str, FragmentDetails]
    variables: VariableValues
    asking: Asking
    dialect: Dialect

    @property
    def strawberry(self) -> BaseSchema:
        found: BaseSchema = self.schema._strawberry_schema  # type: ignore[attr-defined]  # noqa: SLF001 - what Strawberry's own Info does
        return found


@dataclass(slots=True)
class Plan:
    """Levels of SQL with their builders. `sources` are the texts of both, for people."""

    level: Level
    sources: list[str]
    is_heavy: bool


@dataclass(slots=True)
class Run:
    """A plan with the arguments of one request."""

    plan: Plan
    asking: Asking
    args: Sequence[Bound]
    parents: Parents

    @property
    def is_one_statement(self) -> bool:
        return not self.plan.level.children

    async def fetch(self, reader: Reader) -> Fetched:
        """The rows, in one statement for each level."""
        return await fetch(self.plan.level, reader, self.asking, self.args, self.parents)

    def build(self, fetched: Fetched) -> Built:
        """The answers under the keys of the parents."""
        return build(fetched, self.asking, self.args)


@dataclass(slots=True)
class Chosen:
    """What is selected once @skip and @include are decided, and its plans by the shape of the arguments."""

    sites: Sequence[Site]
    compile: Callable[[Compiler], Level]
    plans: dict[Any, Plan] = field(default_factory=dict)
    #: The arguments of all sites, for values of the variables that come again and again.
    arguments: dict[tuple[object, ...], list[dict[str, Any]]] = field(default_factory=dict)

    def given(self, request: Request) -> list[dict[str, Any]]:
        """The arguments of every site in this request."""
        key = variables_key(request.variables.coerced)
        if key is None:
            return [given_values(request.strawberry, site, request.variables) for site in self.sites]
        if key not in self.arguments:
            if len(self.arguments) >= MOST_VALUES:
                self.arguments.clear()
            self.arguments[key] = [given_values(request.strawberry, site, request.variables) for site in self.sites]
        return self.arguments[key]

    def run(self, request: Request, parents: Parents) -> Run:
        """The plan for this request's arguments, compiled if there is none yet."""
        given = self.given(request)
        args = [bind(site, values, request.asking) for site, values in zip(self.sites, given, strict=True)]
        shape = (request.dialect, *[bound.shape for bound in args])
        plan = self.plans.get(shape)
        if plan is None:
            if len(self.plans) >= MAX_SHAPES:
                self.plans.clear()
            compiler = Compiler(request.schema, request.dialect, args, list_below)
            level = self.compile(compiler)
            plan = self.plans[shape] = Plan(level, compiler.sources, compiler.is_heavy)
        return Run(plan, request.asking, args, parents)


@dataclass(slots=True)
class Learned:
    """What was learned about a selection. It holds on to the operation and the nodes, whose identities are its key."""

    held: tuple[Any, ...]
    switches: tuple[str, ...]
    chosen: dict[tuple[Any, ...], Chosen] = field(default_factory=dict)


_learned: Kept[Learned] = Kept()


def chosen(request: Request, type_: GraphQLObjectType, details: FieldDetailsList, kind: str) -> Chosen:
    """What is selected by some field nodes: `kind` is "root" for a field of a type, "lookup" for the fields of an object."""
    key = (id(request.schema), id(request.operation), kind, type_.name, *[id(detail.node) for detail in details])
    learned = _learned.get(key) or _learned.keep(key, learn(request, details), request.operation)
    switches = tuple(request.variables.coerced.get(name) for name in learned.switches)
    if switches not in learned.chosen:
        if len(learned.chosen) >= MAX_SHAPES:
            learned.chosen.clear()
        learned.chosen[switches] = choose(request, type_, details, kind)
    return learned.chosen[switches]


def learn(request: Request, details: FieldDetailsList) -> Learned:
    nodes = [detail.node for detail in details]
    fragments = [fragment.definition for fragment in request.fragments.values()]
    return Learned((request.schema, request.operation, nodes, fragments), switches_of(*nodes, *fragments))


def choose(request: Request, type_: GraphQLObjectType, details: FieldDetailsList, kind: str) -> Chosen:
    selecting = Selecting(request.schema, request.operation, request.fragments, request.variables)
    if kind == "lookup":
        fields = selecting.subselection(type_, details)
        return Chosen(selecting.sites, lambda compiler: lookup_level(compiler, type_, fields))
    root: Selected = selecting.selected(type_, "", details)
    return Chosen(selecting.sites, lambda compiler: root_level(compiler, root))


def root_run(request: Request, type_: GraphQLObjectType, details: FieldDetailsList) -> Run:
    """The run that reads a declared field which hangs on no row."""
    return chosen(request, type_, details, "root").run(request, NO_PARENT)


def lookup_run(request: Request, type_: GraphQLObjectType, details: FieldDetailsList, keys: Parents) -> Run:
    """The run that reads rows of a type by their keys."""
    return chosen(request, type_, details, "lookup").run(request, keys)
