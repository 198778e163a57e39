"""The fields of a row: columns, expressions and joined rows of one statement."""

from __future__ import annotations

from collections.abc import Sequence

from graphql import get_named_type, is_non_null_type

from schema.reads import shapes, sources
from schema.reads.declare import ReadField
from schema.reads.described import declared_field, field_by_python_name, object_type, row_behind, target_type
from schema.reads.frame import Place, order_terms
from schema.reads.plain import completion
from schema.reads.selection import Selected, Site
from schema.reads.sqltext import Sql, glue, quoted

CONVERSIONS: dict[str, shapes.Conversion] = {"DateTime": "instant", "Boolean": "boolean", "Float": "float"}
#: What engines make of whole numbers (PostgreSQL adds them up to a Decimal) is made whole again.
EXPRESSIONS: dict[str, shapes.Conversion] = {"Int": "integer", "Points": "integer"}


def object_shape(place: Place, selected: Sequence[Selected]) -> shapes.Object:
    """What is selected of a row."""
    return shapes.Object(tuple((inner.key, value_shape(place, inner)) for inner in selected))


def value_shape(place: Place, selected: Selected) -> shapes.Shape:
    """One field of a row."""
    if selected.definition is None:
        return shapes.TypeName(place.type.name)
    declared = declared_field(selected.definition)
    assert declared, f"{place.type.name}.{selected.name} is an ordinary field: a row type has declared ones only"
    match declared.source:
        case sources.ToOne():
            return to_one(place, declared, declared.source, selected)
        case sources.OneOf():
            return one_of(place, declared.source, selected)
        case sources.ToMany() | sources.Paged():
            return place.compiler.list_below(place, selected)
        case sources.Computed():
            return made(place, declared.source, selected)
        case _:
            return scalar(place, declared, selected)


def scalar(place: Place, declared: ReadField, selected: Selected) -> shapes.Shape:
    assert selected.definition
    type_name = get_named_type(selected.definition.type).name
    frame = place.frame
    match declared.source:
        case sources.Identity():
            return shapes.OwnId(frame.column(place.alias, place.row.key), place.type.name)
        case sources.Column(name, as_):
            index = frame.pick(Sql(place.own(name or declared.python_name)))
            return shapes.Scalar(index, as_ or CONVERSIONS.get(type_name, "as it is"))
        case sources.Expression(template, as_):
            index = frame.pick(glue("", ("(", place.sql(template, selected.site), ")")))
            return shapes.Scalar(index, as_ or (EXPRESSIONS | CONVERSIONS).get(type_name, "as it is"))
    raise AssertionError(f"{place.type.name}.{selected.name} cannot be read from a row")


def to_one(place: Place, declared: ReadField, source: sources.ToOne, selected: Selected) -> shapes.Shape:
    """The fields of another row, which is joined."""
    assert selected.definition
    there = joined(place, declared, source, selected)
    inner = object_shape(there, selected.inside[there.type.name])
    is_required = is_non_null_type(selected.definition.type)
    if is_required and source.on is None:
        return inner  # by a foreign key that is not null
    present = there.frame.column(there.alias, there.row.key)
    return shapes.Joined(present, inner, f"{place.type.name}.{selected.name}" if is_required else None)


def joined(place: Place, declared: ReadField, source: sources.ToOne, selected: Selected) -> Place:
    """The other row, joined once for all selections of the field that mean the same row."""
    assert selected.definition
    frame = place.frame
    key = (place.alias, f"{declared.python_name}:{selected.site.index if selected.site else ''}")
    type_ = target_type(selected.definition)
    row = row_behind(type_)
    if key not in frame.joined:
        alias = frame.joined[key] = place.compiler.alias("r")
        there = Place(frame, alias, row, type_)
        on = join_condition(place, there, declared, source, selected.site)
        frame.joins.append(glue("", (f'LEFT JOIN "{row.table}" {alias} ON ', on)))
    return Place(frame, frame.joined[key], row, type_)


def join_condition(place: Place, there: Place, declared: ReadField, source: sources.ToOne, site: Site | None) -> Sql:
    key = quoted(there.alias, there.row.key)
    if source.on is None:
        conditions = [Sql(f"{key} = {place.own(source.by or declared.python_name + '_id')}")]
        return glue(" AND ", conditions + (place.compiler.visible(there.row, there.alias) if source.checked else []))
    # The first of several: picked in a subquery, so that the join finds one row at most.
    alias = place.compiler.alias("f") if source.order else there.alias
    conditions = [place.sql(f"({source.on})", site, other=alias)]
    if source.checked:
        conditions += place.compiler.visible(there.row, alias)
    if not source.order:
        return glue(" AND ", conditions)
    ordered = ", ".join([*order_terms(there.row, alias, source.order), quoted(alias, there.row.key)])
    head = f'{key} = (SELECT {quoted(alias, there.row.key)} FROM "{there.row.table}" {alias} WHERE '
    return glue("", (head, glue(" AND ", conditions), f" ORDER BY {ordered} LIMIT 1)"))


def one_of(place: Place, source: sources.OneOf, selected: Selected) -> shapes.Shape:
    """A row of one of several types: all are joined, one at most is there."""
    options = []
    for kind, type_name in source.types.items():
        type_ = object_type(place.compiler.schema, type_name)
        row, alias = row_behind(type_), place.compiler.alias("r")
        there = Place(place.frame, alias, row, type_)
        on = f"{quoted(alias, row.key)} = {place.own(source.by)} AND {place.own(source.kind)} = '{kind}'"
        place.frame.joins.append(Sql(f'LEFT JOIN "{row.table}" {alias} ON {on}'))
        inner = object_shape(there, selected.inside[type_name])
        options.append(shapes.Joined(place.frame.column(alias, row.key), inner, None))
    return shapes.Either(tuple(options))


def made(place: Place, source: sources.Computed, selected: Selected) -> shapes.Made:
    """What a function makes of some columns."""
    assert selected.definition
    place.compiler.is_heavy |= source.is_heavy
    needs = {name: needed(place, what, selected.site) for name, what in source.needs.items()}
    finish = completion(place.compiler.schema, selected.definition.type, selected)
    site = selected.site.index if selected.site else None
    return shapes.Made(source.by, needs, source.wants_asking, site, finish)


def needed(place: Place, what: str, site: Site | None) -> int:
    """The column of something that a function needs: SQL, a column, or a column of a to_one."""
    if "{" in what:
        return place.frame.pick(glue("", ("(", place.sql(what, site), ")")))
    head, _, rest = what.partition(".")
    if not rest:
        return place.frame.pick(Sql(place.own(head)))
    field_ = field_by_python_name(place.type, head)
    declared = declared_field(field_)
    assert declared
    assert isinstance(declared.source, sources.ToOne)
    return needed(joined(place, declared, declared.source, Selected("", head, field_)), rest, None)
