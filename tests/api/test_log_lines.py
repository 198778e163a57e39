"""What an operator reads of an operation: enough to find it and to know what it cost, nothing of what it was about."""

from __future__ import annotations

import hashlib
import json
import logging
from typing import Any

import pytest

from api.log_lines import JsonLines
from storage import close_database
from tests.server import Server

AREA = 'query Area { area(code: "370811") { name } }'


def lines(caplog: pytest.LogCaptureFixture, logger: str) -> list[dict[str, Any]]:
    return [json.loads(JsonLines().format(record)) for record in caplog.records if record.name == logger]


async def test_an_operation_leaves_one_line_with_its_name_hash_cost_and_time(
    sqlite_server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    await sqlite_server.data(AREA)
    [line] = lines(caplog, "xuexi.operations")
    digest = hashlib.sha256(AREA.encode()).hexdigest()
    assert (line["operation"], line["kind"], line["hash"], line["errors"]) == ("Area", "query", digest, [])
    assert (line["cost"], line["ms"] >= 0, line["level"]) == (101, True, "info")


async def test_the_answer_carries_the_number_under_which_the_log_knows_it(
    sqlite_server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    seen: list[str] = []

    class Reading(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            seen.append(json.loads(JsonLines().format(record))["request_id"])

    reading = Reading()
    logging.getLogger("xuexi.operations").addHandler(reading)
    first, second = [await sqlite_server.http.post("/graphql", json={"query": AREA}) for _ in range(2)]
    logging.getLogger("xuexi.operations").removeHandler(reading)
    assert seen == [first.headers["x-request-id"], second.headers["x-request-id"]]
    assert len(set(seen)) == 2, caplog.text


REFUSED = {
    "syntax": ("{", "INVALID_INPUT"),
    "a field that is not there": ("{ nothing }", "INVALID_INPUT"),
    "too deep": ("{ a { " * 100, "LIMIT_EXCEEDED"),
    "a refusal": ('mutation { requestSignInCode(input: {phone: "0537"}) { errors { code } } }', None),
    "nobody": ("mutation { signOut { errors { code } } }", None),
}


@pytest.mark.parametrize(("query", "code"), REFUSED.values(), ids=REFUSED.keys())
async def test_what_is_refused_as_it_should_be_is_no_error_of_ours(
    sqlite_server: Server, query: str, code: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    await sqlite_server.graphql(query)
    assert max(record.levelno for record in caplog.records if record.name.startswith("xuexi")) == logging.INFO
    [line] = lines(caplog, "xuexi.operations")
    assert line["errors"] == ([code] if code else [])


async def test_a_failure_of_ours_is_an_error_with_its_reference_and_the_request_s_number(
    sqlite_server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    await close_database()
    [error] = (await sqlite_server.graphql(AREA))["errors"]
    [line] = lines(caplog, "xuexi.errors")
    assert line["level"] == "error"
    assert error["extensions"]["reference"] in line["message"]
    assert lines(caplog, "xuexi.operations")[0]["errors"] == ["INTERNAL"]


async def test_a_number_in_an_operation_s_name_is_not_logged(
    sqlite_server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    await sqlite_server.data(AREA.replace("Area", "Of13800000001", 1))
    assert lines(caplog, "xuexi.operations")[0]["operation"] == "Of#"
