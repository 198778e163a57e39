"""The measurements can be taken on small books too, and what they compare with does the same work."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from bench import __main__ as run_module
from bench import growth, kept, memory
from bench.__main__ import main
from bench.aims import ASGI, BARE_ATTENDANCE, BARE_REDEEM, MEASURED, STARLETTE
from bench.bare import Bare, bare_writer
from bench.client import BadAnswer, check, is_whole
from bench.fill import LEAST, ON_A_LIST, Filled, Filler, Size, fill, size_of
from bench.kept import this_moment
from bench.operations import logging
from bench.plot import BOTTOM, HEIGHT, TOP, Line, Plot
from bench.profile import SQL, floor_of
from domain.audit import audit_rows
from domain.people.caller import Caller
from domain.people.naming import ById
from domain.redemption.redeem_tickets import RedeemTicketsWish, redeem_tickets
from domain.volunteering.attendance_record import AttendanceRecord
from domain.volunteering.log_attendance import LogAttendanceWish, log_attendance
from storage import close_database, open_database, read
from storage.instants import to_micros
from tests.clock import NOW

SMALL = Size(10, ON_A_LIST + 20, 600, 10)


@pytest.mark.parametrize("size", [LEAST, {"activities": 60, "residents": 300, "transfers": 2000}])
async def test_a_small_book_is_filled_whole(empty_sqlite_url: str, size: dict[str, int]) -> None:
    filler = Filler(size_of(**size), NOW)
    await fill(empty_sqlite_url, filler)
    filled = filler.filled()
    assert filled.tokens
    assert logging(filled)(0).count(b"residentId") == 200, "a whole list is recorded"
    await open_database(empty_sqlite_url)
    assert await read(audit_rows) == []
    await close_database()


def test_the_usual_book_is_as_large_as_it_was() -> None:
    assert size_of(2_000, 20_000, 200_000) == Size()


@pytest.mark.parametrize("name", LEAST)
def test_what_is_too_little_to_measure_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=f"{name} are too few"):
        size_of(**LEAST | {name: LEAST[name] - 1})


SUMMED = (
    ("accounts", "credits"), ("accounts", "debits"), ("accounts", "entry_count"), ("entries", "balance_after"),
    ("offer_sessions", "remaining"), ("offer_holdings", "tickets"), ("activities", "attendance_count"), ("awards", "points"),
)  # fmt: skip
ALARMS = {"alarms"}  # what the program notices besides; no floor of it


def rows_of(file: Path) -> dict[str, int]:
    connection = sqlite3.connect(file)
    tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    counts = {name: connection.execute(f"SELECT COUNT(*) FROM {name}").fetchone()[0] for name in tables}
    connection.close()
    return {name: rows for name, rows in counts.items() if name not in ALARMS}


def sums_of(file: Path) -> tuple[int, ...]:
    """What the points and the tickets stand at."""
    connection = sqlite3.connect(file)
    sums = tuple(connection.execute(f"SELECT SUM({column}) FROM {table}").fetchone()[0] for table, column in SUMMED)
    connection.close()
    return sums


async def redeem_once(filled: Filled) -> None:
    wish = RedeemTicketsWish(session_id=filled.offer_session, quantity=1, idempotency_key="k")
    await redeem_tickets(Caller(1), wish, this_moment())


async def attend_once(filled: Filled) -> None:
    began = filled.shift_starts_at
    people = filled.residents[:ON_A_LIST]
    records = tuple(AttendanceRecord(ById(person), began, began + timedelta(hours=2)) for person in people)
    wish = LogAttendanceWish(shift_id=filled.shifts_to_log[0], records=records, idempotency_key="k")
    answers = await log_attendance(Caller(filled.organiser), wish, this_moment())
    assert all(answer.refusal is None for answer in answers)


@pytest.mark.parametrize(("act", "floor"), [(redeem_once, Bare.redeem), (attend_once, Bare.attend)])
async def test_a_floor_writes_the_rows_of_its_act(
    empty_sqlite_url: str,
    tmp_path: Path,
    act: Callable[[Filled], Awaitable[None]],
    floor: Callable[[Bare, int], None],
) -> None:
    filler = Filler(SMALL, this_moment())
    await fill(empty_sqlite_url, filler)
    by_act, by_floor = Path(empty_sqlite_url.removeprefix("sqlite://")), tmp_path / "floor.db"
    shutil.copyfile(by_act, by_floor)
    await open_database(empty_sqlite_url)
    await act(filler.filled())
    await close_database()
    with bare_writer(by_floor, filler.filled()) as bare:
        floor(bare, 0)
    assert rows_of(by_floor) == rows_of(by_act)
    assert sums_of(by_floor) == sums_of(by_act)


def test_a_filled_file_is_kept_and_moved_to_the_present(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "FOLDER", tmp_path)
    first = kept.kept_file(Filler(SMALL, NOW))
    filled_at = first.stat().st_mtime_ns
    later = Filler(SMALL, NOW + timedelta(days=3))
    with kept.working_copy(later) as file:
        connection = sqlite3.connect(file)
        ((began,),) = connection.execute("SELECT starts_at FROM shifts WHERE id = ?", [later.filled().shifts_to_log[0]])
        connection.close()
    assert began == to_micros(later.filled().shift_starts_at)
    assert [(first, filled_at)] == [(each, each.stat().st_mtime_ns) for each in tmp_path.glob("*.db")]


def test_an_answer_with_an_error_ends_the_measurement() -> None:
    check(b'HTTP/1.1 200 OK\r\n\r\n{"data":{"redeemTickets":{"errors":[]}}}')
    for bad in (
        b"HTTP/1.1 500 ",
        b'HTTP/1.1 200 OK\r\n\r\n{"errors":[{"message":""}]}',
        b'HTTP/1.1 200 OK\r\n\r\n{"error":{}}',
    ):
        with pytest.raises(BadAnswer):
            check(bad)


def test_an_answer_is_whole_when_its_last_byte_is_there() -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nx: y\r\n\r\n{}"
    assert [is_whole(answer[:length]) for length in (20, len(answer) - 1, len(answer))] == [False, False, True]


def test_a_run_measures_everything_and_says_what_was_met(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "FOLDER", tmp_path)
    monkeypatch.setattr(run_module, "FOLDER", tmp_path)
    file = tmp_path / "bench.json"
    size = ["--activities", "10", "--residents", str(ON_A_LIST + 20), "--transfers", "600"]
    main([*size, "--rounds", "1", "--seconds", "0.05", "--connections", "2", "--json", str(file)])
    figures = json.loads(file.read_text())
    assert set(figures["operations"]) == {STARLETTE, ASGI, BARE_REDEEM, BARE_ATTENDANCE, *MEASURED}
    assert {"cores", "python", "load_average", "sync_ms"} <= set(figures["machine"])
    assert len(figures["aims"]) == 10
    assert figures["peak_memory_mb"] > 10


def test_mixed_requests_are_of_every_operation() -> None:
    filled = Filler(SMALL, NOW).filled()
    mix = memory.mixed(filled)
    requests = b"".join(mix(number) for number in range(memory.A_LIST_IN))
    assert [requests.count(name) for name in (b"Home(", b"Tiny ", b"Statement(", b"Redeem(", b"Log(")] == [
        200,
        149,
        100,
        50,
        1,
    ]


def test_growth_is_the_largest_book_beside_the_smallest() -> None:
    (aim,) = growth.aims_of({"home": {1_000_000: 3.2, 10_000: 2.0, 100_000: 9.0}})
    assert (round(aim.measured, 3), aim.verdict) == (1.6, "NOT met")


def test_a_profile_knows_every_floor() -> None:
    assert floor_of("/x/schema/reads/plan.py").startswith("reads")
    assert floor_of("/x/site-packages/starlette/routing.py") == "HTTP: Starlette"
    assert floor_of("~", "<method 'execute' of 'sqlite3.Connection' objects>") == SQL


def test_a_plot_draws_every_line_within_its_frame() -> None:
    picture = Plot("a < b", "x", "y", [Line("one", [(1, 0), (256, 7_300)]), Line("two", [(1, 5), (16, 90)])]).svg()
    assert picture.count('fill="none"') == 2
    assert "a &lt; b" in picture
    heights = [
        float(y) for path in re.findall(r'd="M([^"]+)" fill="none"', picture) for y in re.findall(r" ([\d.]+)", path)
    ]
    assert heights[0] == HEIGHT - BOTTOM, "0 stands on the axis"
    assert all(TOP <= height <= HEIGHT - BOTTOM for height in heights)
