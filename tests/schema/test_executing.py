"""A document that is known is executed another way, and answers the same."""

from __future__ import annotations

from typing import Any

import pytest

from schema.reads.batch import OpenDatabase
from storage import DatabaseTooSlow
from tests.builders.people import a_caller
from tests.schema.client import ANONYMOUS, Answer, ask

pytestmark = pytest.mark.usefixtures("database")
MINE = "query ($of: String) { viewer { resident { id } wallet(programme: $of) { balance } } }"


async def twice(query: str, *args: Any) -> Answer:
    """The answer to a new document, which the known one answers as well."""
    new, known = await ask(query, *args), await ask(query, *args)
    assert new == known
    return known


async def test_each_viewer_reads_their_own_through_the_same_plan() -> None:
    first, second = await a_caller(), await a_caller()
    query = "{ viewer { resident { id } } }"
    told = [await ask(query, caller) for caller in (first, second, ANONYMOUS, first)]
    assert told[0] == told[3] != told[1]
    assert told[2].data == {"viewer": None}


async def test_what_was_promised_and_is_not_there_is_told_with_its_path() -> None:
    answer = await twice(MINE, await a_caller(), {"of": "nowhere"})
    assert (answer.code, answer.errors[0]["path"]) == ("NOT_FOUND", ["viewer", "wallet"])


@pytest.mark.parametrize("variables", [{"first": 0}, {"first": "x"}, {"first": None}, {}])
async def test_wrong_values_of_variables_are_refused_as_in_a_new_document(variables: dict[str, Any]) -> None:
    query = "query ($first: Int) { programmes(first: $first) { nodes { id } } }"
    await ask(query, ANONYMOUS, {"first": 1})
    answer = await ask(query, ANONYMOUS, variables)
    assert (answer.data, answer.code) == (None, "INVALID_INPUT")


async def test_a_database_that_is_too_slow_is_asked_once_and_named_at_every_field(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    query = "{ one: viewer { resident { id } } two: viewer { resident { id } } }"
    caller = await a_caller()
    await twice(query, caller)
    asked: list[str] = []

    async def too_slow(*_: object) -> Any:
        asked.append("read")
        raise DatabaseTooSlow

    monkeypatch.setattr(OpenDatabase, "read", too_slow)
    monkeypatch.setattr(
        "tests.schema.client.as_sent", lambda error, _: {"path": error.path, "of": error.original_error}
    )
    answer = await ask(query, caller)
    assert (asked, answer.data) == (["read"], {"one": None, "two": None})
    assert [(error["path"], type(error["of"])) for error in answer.errors] == [
        (["one"], DatabaseTooSlow),
        (["two"], DatabaseTooSlow),
    ]
