"""The audit of claims: whatever is changed behind the acts' back is found."""

from __future__ import annotations

import pytest

from domain.audit import audit_everything
from tests.builders.claims import a_claim, a_station, approve, reject, void
from tests.builders.people import a_resident
from tests.tampering import tampered

pytestmark = pytest.mark.usefixtures("database")

TAMPERING = {
    "a claim that pays more than was paid": (
        "UPDATE claims SET figure = 901, increase = 401 WHERE id = {second}",
        {"claim_transfers", "claim_chain"},
    ),
    "a claim of somebody else": (
        "UPDATE claims SET resident_id = 404 WHERE id = {alone}",
        {"claim_transfers", "attested_figures"},
    ),
    "a claim that forgets its transfer": (
        "UPDATE claims SET status = 'PENDING', doubts = 'LARGE_INCREASE', transfer_id = NULL WHERE id = {alone}",
        {"claim_strays"},
    ),
    "a voided claim that stands again": (
        "UPDATE claims SET status = 'APPROVED', voided_at = NULL, voided_by_id = NULL, void_reason = NULL WHERE id = {voided}",
        {"claim_reversals", "attested_figures"},
    ),
    "a claim that waits under one that was paid": (
        "UPDATE claims SET status = 'PENDING', doubts = 'LARGE_INCREASE', transfer_id = NULL WHERE id = {first}",
        {"claim_strays", "claim_order"},
    ),
    "a figure that may be claimed again": (
        "UPDATE attested_figures SET figure = 400 WHERE figure = 5000",
        {"attested_figures"},
    ),
    "a figure that is forgotten": ("DELETE FROM attested_figures WHERE figure = 5000", {"attested_figures"}),
    "a claim that counts from too low": (
        "UPDATE claims SET previous_figure = 800, increase = 4200 WHERE id = {waiting}",
        {"claim_chain"},
    ),
}


async def test_whatever_is_changed_behind_its_back_is_found(database_url: str) -> None:
    station, resident_id = await a_station(), await a_resident()
    ids = {"first": await a_claim(station, resident_id, 500), "second": await a_claim(station, resident_id, 900)}
    ids["waiting"] = await a_claim(station, resident_id, 5000)
    ids["alone"] = await a_claim(station, await a_resident(), 300)
    ids["voided"] = await a_claim(station, await a_resident(), 3000)
    await approve(station.second, ids["voided"])
    await void(station.administrator, ids["voided"])
    await reject(station.second, await a_claim(station, await a_resident(), 4000))
    found: dict[str, set[str]] = {}
    for name, (statement, _) in TAMPERING.items():
        async with tampered(database_url, statement.format(**ids)) as reader:
            found[name] = {finding.kind for finding in await audit_everything(reader)}
    assert found == {name: kinds for name, (_, kinds) in TAMPERING.items()}
