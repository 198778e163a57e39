"""GraphQL over HTTP as its own auditors see it: the suite of the npm package graphql-http, whole."""

from __future__ import annotations

from tests.clients.node import run_node
from tests.server import Server


async def test_every_audit_finds_what_it_looks_for(sqlite_server: Server) -> None:
    found = await run_node("audits.mjs", f"{sqlite_server.url}/graphql")
    assert [audit for audit in found if audit["status"] != "ok"] == []
    assert len(found) == 61
