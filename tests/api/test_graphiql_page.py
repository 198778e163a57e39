"""GraphiQL comes from our own files, so that it works on a closed network and under a strict policy."""

import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "api" / "static" / "graphiql"
PAGE = (FOLDER / "index.html").read_text()
LOADED = re.findall(r'(?:src|href)="([^"]+)"', PAGE)


@pytest.mark.parametrize("address", LOADED)
def test_the_page_loads_only_files_that_we_serve(address: str) -> None:
    assert address.startswith("/graphiql/")
    assert (FOLDER / address.removeprefix("/graphiql/")).is_file()


def test_the_style_sheet_loads_nothing_more() -> None:
    addresses = re.findall(r"url\(\s*[\"']?([^\"')]{0,40})", (FOLDER / "graphiql.css").read_text())
    assert [address for address in addresses if not address.startswith("data:")] == []


def test_the_page_has_no_inline_script_or_style() -> None:
    assert re.search(r"<script(?![^>]*src=)|<style|\sstyle=|\son\w+=", PAGE) is None
