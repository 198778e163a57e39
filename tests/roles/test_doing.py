"""Every mutation by every role: who may, succeeds; who may not, is told why, and nothing changes."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import GraphQLObjectType, get_named_type, is_leaf_type

from storage import Reader, read
from tests.builders.keys import a_key
from tests.roles.doing import DEEDS, Deed, Wish, a_correction
from tests.roles.people import Who
from tests.roles.seen import FIELDS
from tests.roles.selecting import differences, object_type, selection
from tests.roles.world import World

TABLES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
    "postgres": "SELECT CAST(tablename AS TEXT) FROM pg_tables WHERE schemaname = 'public' ORDER BY 1",
}


async def everything() -> dict[str, list[str]]:
    """All rows of all tables."""

    async def body(reader: Reader) -> dict[str, list[str]]:
        tables = [row[0] for row in await reader.fetch(TABLES[reader.dialect])]
        return {
            table: sorted(str(tuple(row)) for row in await reader.fetch(f'SELECT * FROM "{table}"')) for table in tables
        }

    return await read(body)


def document(mutation: str) -> str:
    """The mutation with all rows of its payload."""
    field = object_type("Mutation").fields[mutation]
    payload = get_named_type(field.type)
    return f"mutation ($input: {field.args['input'].type}) {{ {mutation}(input: $input) {inside(payload)} }}"


def inside(type_: Any) -> str:
    """What a payload or a result of a batch holds."""
    assert isinstance(type_, GraphQLObjectType)
    found = {name: get_named_type(field.type) for name, field in type_.fields.items()}
    return "{ " + " ".join(name + wanted(behind) for name, behind in found.items()) + " }"


def wanted(type_: Any) -> str:
    if is_leaf_type(type_):
        return ""
    if type_.name in FIELDS:
        return selection(type_.name, 0)
    if type_.name == "UserError":
        return "{ code }"
    return "{ resident { id } }" if type_.name == "Viewer" else inside(type_)


async def attempt(world: World, who: Who, deed: Deed, wish: Wish) -> tuple[list[str], list[dict[str, Any]]]:
    """The codes of the errors, and the rows of the payload."""
    payload = (await world.data(who, document(deed.mutation), input=wish))[deed.mutation]
    answers = [payload, *payload.get("results", [])]
    errors = [error for answer in answers for error in [*answer.get("errors", []), answer.get("error")] if error]
    rows = [row for answer in answers for name, row in answer.items() if isinstance(row, dict) and name != "error"]
    return [error["code"] for error in errors], rows


@pytest.mark.parametrize("deed", DEEDS.values(), ids=DEEDS.keys())
async def test_who_may_not_is_told_so_and_changes_nothing(world: World, deed: Deed) -> None:
    wish, told = await deed.wish(world), {}
    before = await everything()
    refused = [who for who in Who if deed.answer(who) is not None]
    for who in refused:
        told[who.value] = await attempt(world, who, deed, wish)
    assert told == {who.value: ([deed.answer(who)], []) for who in refused}
    assert await everything() == before


@pytest.mark.parametrize("deed", DEEDS.values(), ids=DEEDS.keys())
async def test_who_may_succeeds_and_is_answered_what_the_table_says(world: World, deed: Deed) -> None:
    for who in Who:
        if deed.answer(who) is not None:
            continue
        codes, rows = await attempt(world, who, deed, await deed.wish(world))
        assert (who.value, codes) == (who.value, [])
        assert rows, "whoever did it sees what they did"
        for row in rows:
            if "approvalAbove" in row or "version" in row:
                continue
            if "__typename" not in row:
                assert row == {"resident": {"id": world.truth.people[who]}}
                continue
            ref = {"__typename": row["__typename"], "id": row["id"]}
            await world.learn([(ref["__typename"], ref["id"])])
            assert list(differences(world.truth.meets(who, ref, 0), row, f"{who}: {deed.mutation}")) == []


async def test_a_key_of_somebody_else_answers_nothing_of_theirs(world: World) -> None:
    deed, wish = DEEDS["correct the owner's points"], await a_correction(world)
    assert (await attempt(world, Who.ADMIN, deed, wish))[0] == []
    assert await attempt(world, Who.AUDITOR, deed, wish) == (["FORBIDDEN"], [])
    codes, (theirs,) = await attempt(world, Who.ADMIN, deed, wish)
    others, (another,) = await attempt(world, Who.ZONE_ADMIN, deed, wish)
    assert (codes, others) == ([], [])
    assert theirs["id"] != another["id"]


async def test_an_id_of_another_kind_is_no_way_round(world: World) -> None:
    for name in ("take the owner's sign-up back", "refund the owner's order", "void an attendance", "take a scan back"):
        deed = DEEDS[name]
        wish = await deed.wish(world)
        key = next(key for key in wish if key.endswith("Id"))
        wish = (
            wish
            | {key: world.truth.people[Who.OWNER]}
            | ({"idempotencyKey": a_key()} if "idempotencyKey" in wish else {})
        )
        for who in set(Who) - {Who.NOBODY}:
            assert await attempt(world, who, deed, wish) == (["NOT_FOUND"], [])
