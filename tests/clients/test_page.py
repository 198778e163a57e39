"""docs/clients.md says what is so: its codes, addresses and close codes are the program's."""

from __future__ import annotations

import re
from pathlib import Path

from api.app import GRAPHQL, STREAM
from schema.codes import ErrorCode, RequestErrorCode

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "clients.md").read_text()
CLOSES = re.compile(r"\b4[45]\d\d\b")


def test_every_code_that_the_page_names_is_one() -> None:
    words = set(re.findall(r"[A-Z]+(?:_[A-Z]+)*", PAGE))
    known = {str(code) for code in (*ErrorCode, *RequestErrorCode)}
    assert {word for word in words if "_" in word and not word.startswith("XUEXI_")} <= known
    seen_to_by_clients = {"PERSISTED_QUERY_NOT_FOUND"}
    assert {str(code) for code in RequestErrorCode} - words == seen_to_by_clients


def test_every_close_code_of_the_program_is_on_the_page_and_the_other_way_round() -> None:
    program = set(CLOSES.findall((ROOT / "api" / "sockets.py").read_text()))
    assert program == set(CLOSES.findall(PAGE))


def test_the_addresses_are_the_programs() -> None:
    assert f"`POST {GRAPHQL}`" in PAGE
    assert f"`GET {STREAM}`" in PAGE.replace("`POST` or `GET ", "`GET ")
