"""How often is counted act by act, however acts are packed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from api.arrival import household
from domain.refusals import RateLimited
from schema.inputs.redemption import AdmitTicketInput, ScanInput, SyncAdmissionsInput
from schema.inputs.volunteering import AttendanceRecordInput, AttendeeInput
from schema.meter import Allowance, Allowances, Meter
from schema.metering import acts_in
from tests.clock import NOW, later
from tests.server import TEST_SETTINGS, running_server

SCAN = ScanInput(token="x", gate="东门", scan_id="1")


def a_meter() -> Meter:
    return Meter(Allowances(scans=Allowance(60, timedelta(minutes=1))))


def test_the_bucket_fills_evenly_and_no_further_than_its_brim() -> None:
    meter = a_meter()
    meter.take("scans", 7, 60, NOW)
    with pytest.raises(RateLimited) as refused:
        meter.take("scans", 7, 5, later(seconds=2))
    assert refused.value.retry_after == timedelta(seconds=3), "a refusal costs nothing"
    meter.take("scans", 7, 5, later(seconds=5))
    with pytest.raises(RateLimited):
        meter.take("scans", 7, 61, later(hours=5))


def test_everybody_has_a_bucket_of_their_own() -> None:
    meter = a_meter()
    for who in (1, 2, "an address"):
        meter.take("scans", who, 60, NOW)


def test_who_did_nothing_for_longest_is_forgotten_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("schema.meter.MOST_WATCHED", 2)
    meter = a_meter()
    for who in (1, 2, 1, 3):
        meter.take("scans", who, 30, NOW)
    assert [who for _, who in meter.used] == [1, 3]


def test_scans_and_member_codes_are_counted_row_by_row() -> None:
    attendee = AttendeeInput(member_code="x")
    row = AttendanceRecordInput(attendee=attendee, checked_in_at=NOW, check_out_member_code="y")
    assert acts_in({"wanted": SyncAdmissionsInput(scans=[SCAN] * 3)}) == {"scans": 3}
    assert acts_in({"wanted": AdmitTicketInput(scan=SCAN)}) == {"scans": 1}
    assert acts_in({"wanted": [row, row]}) == {"member_codes": 4}


@pytest.mark.parametrize(
    ("client", "counted"),
    [
        (("192.0.2.7", 1), "192.0.2.7"),
        (("2001:db8:1:2:3:4:5:6", 1), "2001:db8:1:2::"),
        (("::ffff:192.0.2.7", 1), "192.0.2.7"),
        (("testclient", 1), ""),
        (None, ""),
    ],
)
def test_a_household_is_one_address(client: tuple[str, int] | None, counted: str) -> None:
    assert household(client) == counted


ASK = "requestSignInCode(input: {phone: $phone}) { errors { code message } }"


async def test_aliases_requests_and_operations_of_a_socket_are_counted_together(migrated_sqlite_url: str) -> None:
    async with running_server(migrated_sqlite_url, replace(TEST_SETTINGS, sign_in_codes_per_hour=4)) as server:
        query = "mutation ($phone: String!) { " + " ".join(f"a{n}: {ASK}" for n in range(2)) + " }"
        await server.data(query, {"phone": "13800000001"})
        one = f"mutation ($phone: String!) {{ {ASK} }}"
        async with server.subscribe(one, {"phone": "13800000002"}) as events:
            assert (await anext(events))["data"]["requestSignInCode"]["errors"] == []
        assert (await server.data(one, {"phone": "13800000003"}))["requestSignInCode"]["errors"] == []
        [error] = (await server.data(one, {"phone": "13800000004"}, language="en"))["requestSignInCode"]["errors"]
        assert error == {"code": "RATE_LIMITED", "message": "Too many requests. Try again in 15 min."}
        server.clock.advance(minutes=15)
        assert (await server.data(one, {"phone": "13800000004"}))["requestSignInCode"]["errors"] == []
