"""The database is what the migrations and the models say it is, on both engines."""

from __future__ import annotations

from typing import Any

import pytest
from tortoise import Tortoise, fields

from storage import fetch, read, write
from storage.fields import InstantField
from tests.builders.ledger import a_book, a_wallet, earn
from tests.storage.catalog import Column, columns, references, rules
from tests.storage.expected_rules import ONLY_POSTGRES, RULES, WITHOUT_REFERENCE

pytestmark = pytest.mark.usefixtures("database")
MODEL_TYPES: dict[Any, str] = {
    fields.BigIntField: "int",
    InstantField: "int",
    fields.TextField: "text",
    fields.FloatField: "float",
    fields.BinaryField: "bytes",
}
# An index and nothing else; counters that only acts look at, by a key of four columns.
WITHOUT_MODEL = {"activity_grams", "award_counters"}


async def test_every_rule_of_the_database_is_there_by_its_name(engine: str) -> None:
    expected = {f"{kind} {name}" for kind, names in RULES.items() for name in names.split()}
    assert await read(rules) == expected | (ONLY_POSTGRES if engine == "postgres" else set())


async def test_every_model_is_its_table_column_by_column() -> None:
    assert Tortoise.apps
    models = Tortoise.apps["xuexi"].values()
    declared = {model._meta.db_table: declared_columns(model) for model in models}
    found = await read(columns)
    assert {table for table in found if table not in WITHOUT_MODEL} == set(declared)
    assert {table: found[table] for table in declared} == declared


def declared_columns(model: Any) -> dict[str, Column]:
    kept = model._meta.fields_map
    return {
        model._meta.fields_db_projection[name]: Column(MODEL_TYPES[type(field)], field.null)
        for name, field in kept.items()
        if name in model._meta.fields_db_projection
    }


async def test_every_id_refers_to_its_table_but_for_those_that_say_why() -> None:
    found, referring = await read(columns), await read(references)
    named = {f"{table}.{column}" for table, kept in found.items() for column in kept if column.endswith("_id")}
    assert named - referring == set(WITHOUT_REFERENCE)


CHANGES = [
    f"{act} {table}{rest}"
    for table in ("transfers", "entries")
    for act, rest in (("UPDATE", " SET amount = amount"), ("DELETE FROM", ""))
]


@pytest.mark.parametrize("change", CHANGES)
async def test_what_was_posted_is_never_changed(change: str) -> None:
    book = await a_book()
    await earn(book, await a_wallet(book), 5)
    with pytest.raises(Exception, match="are never changed"):
        await write(lambda tx: tx.execute(change))
    assert [row[0] for row in await fetch("SELECT COUNT(*) FROM entries")] == [2]


@pytest.mark.parametrize("engine", ["postgres"], indirect=True)  # SQLite has no TRUNCATE
@pytest.mark.parametrize("table", ["transfers", "entries"])
async def test_what_was_posted_is_never_truncated(table: str) -> None:
    with pytest.raises(Exception, match="are never changed"):
        await write(lambda tx: tx.execute(f"TRUNCATE {table} CASCADE"))
