"""Whatever is changed in what was sealed is found by the audit, which names the row."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import pytest

from domain.audit import audit_everything
from domain.people.keys import derive_keys
from domain.points.seal_key import key_of, seal_key
from ledger.audit import CHECKS, run_check
from ledger.audit_seals import audit_seals
from ledger.differences import Finding
from ledger.models import Entry, Transfer
from ledger.unsealed import MARGIN
from storage import Reader, close_database, fetch, open_database, read
from storage.driving import drive
from storage.ids import ids_within
from storage.sqlite_client import SqliteReader
from tests.builders.ledger import a_wallet, earn, earning, posted
from tests.builders.seals import a_sealed_book, sealed_ids
from tests.sqlite_cells import Cell, cells_of
from tests.tampering import tampered

FLIPS = 100
MUCH = 1_000_003
SEED = 20240112


async def seals_audited(reader: Reader) -> dict[str, list[int]]:
    """The rows named, by kind."""
    return {f.kind: [d.row_id for d in f.first] for f in await audit_seals(reader, seal_key())}


@dataclass(frozen=True, slots=True)
class Victim:
    """A purchase with its two entries, which somebody changes, and another transfer."""

    transfer: int
    entries: tuple[int, ...]
    other: int


async def a_victim() -> Victim:
    await a_sealed_book()
    (transfer_id,), *_ = await fetch("SELECT id FROM transfers WHERE kind = 'REDEEM' ORDER BY id")
    entries = await fetch("SELECT id FROM entries WHERE transfer_id = ? ORDER BY id", transfer_id)
    (other,), *_ = await fetch("SELECT id FROM transfers WHERE kind = 'EARN' ORDER BY id")
    return Victim(transfer_id, tuple(row[0] for row in entries), other)


@pytest.mark.usefixtures("database")
async def test_a_sealed_book_that_nobody_touched_is_clean() -> None:
    await a_sealed_book()
    assert await read(audit_everything) == []


CHANGED = {"memo": "'x'", "kind": "'EARN'", "programme": "'y'", "source_kind": "'Attendance'"}
STRAY_ENTRIES = next(check for check in CHECKS if check.kind == "stray_entries")


def change_of(table: str, column: str, row_id: int, other: int) -> str:
    values = CHANGED | {"transfer_id": "404", "reverses_id": str(other)}
    return f"UPDATE {table} SET {column} = {values.get(column, f'COALESCE({column}, 0) + {MUCH}')} WHERE id = {row_id}"


@pytest.mark.usefixtures("database")
async def test_every_column_of_a_transfer_and_an_entry_is_under_seal(engine: str, database_url: str) -> None:
    victim = await a_victim()
    rows = [("transfers", column, victim.transfer) for column in sorted(Transfer._meta.db_fields)]
    rows += [("entries", column, id_) for column in sorted(Entry._meta.db_fields) for id_ in victim.entries]
    missed = []
    for table, column, row_id in rows:
        change = change_of(table, column, row_id, victim.other)
        async with tampered(database_url, *without_rules(engine, table), change) as reader:
            named = await seals_audited(reader)
            strays = [difference.row_id for difference in (await run_check(reader, STRAY_ENTRIES)).first]
        if (table, column) == ("entries", "transfer_id"):  # it belongs to none now
            found = victim.transfer in named["sealed_transfers"] and row_id in strays
        else:
            is_entry_id = (table, column) == ("entries", "id")
            found = (row_id + MUCH if is_entry_id else row_id) in named.get(f"sealed_{table}", [])
        if not found:
            missed.append((change, named))
    assert missed == []


RULES = "transfers_taken_back_by_kind transfers_source_whole transfers_kind_known transfers_two_accounts"


def without_rules(engine: str, table: str) -> list[str]:
    """What somebody takes away first who has the database's password."""
    if engine == "sqlite":
        return ["PRAGMA ignore_check_constraints = ON"]
    return [f"ALTER TABLE transfers DROP CONSTRAINT {rule}" for rule in RULES.split() if table == "transfers"]


@pytest.mark.usefixtures("database")
async def test_what_is_taken_away_or_put_in_is_named(database_url: str) -> None:
    victim = await a_victim()
    away = (
        f"DELETE FROM entries WHERE transfer_id = {victim.transfer}",
        f"DELETE FROM transfers WHERE id = {victim.transfer}",
    )
    async with tampered(database_url, *away) as reader:
        assert await seals_audited(reader) == {"sealed_transfers": [victim.transfer]}
    put_in = f"""INSERT INTO transfers (id, programme, kind, amount, debit_id, credit_id, memo, occurred_at, posted_at)
        SELECT id - {{back}}, programme, 'EARN', amount, debit_id, credit_id, memo, occurred_at, posted_at FROM transfers
        WHERE id = {victim.transfer}"""
    async with tampered(database_url, put_in.format(back=1)) as reader:
        assert await seals_audited(reader) == {}, "it may wait for its seal"
    long_ago = 2 * ids_within(MARGIN)
    async with tampered(database_url, put_in.format(back=long_ago)) as reader:
        assert await seals_audited(reader) == {"unsealed_transfers": [victim.transfer - long_ago]}


SEALS = {
    "root = previous_hash WHERE number = 2": {"seal_signatures": [2], "seal_contents": [2]},
    "sealed_at = 0 WHERE number = 1": {"seal_signatures": [1], "seal_chain": [2]},
    "number = 3 WHERE number = 2": {"seal_signatures": [3], "seal_chain": [3]},
    "signature = '00' WHERE number = 2": {"seal_signatures": [2]},
    "signature = 'x' WHERE number = 2": {"seal_signatures": [2]},
    "leaves = {nothing} WHERE number = 2": {"seal_contents": [2]},
    "fingerprints = {nothing} WHERE number = 2": {"seal_contents": [2]},
}


@pytest.mark.usefixtures("database")
async def test_a_seal_that_was_changed_is_named(engine: str, database_url: str) -> None:
    await a_sealed_book()
    nothing = {"sqlite": "x''", "postgres": "''::bytea"}[engine]
    found = {}
    for change in SEALS:
        async with tampered(database_url, f"UPDATE seals SET {change.format(nothing=nothing)}") as reader:
            found[change] = await seals_audited(reader)
    assert found == SEALS


@pytest.mark.usefixtures("database")
async def test_a_transfer_in_no_seal_or_in_two_is_named(database_url: str) -> None:
    await a_sealed_book()
    first, second = await sealed_ids()
    async with tampered(database_url, "DELETE FROM seals WHERE number = 1") as reader:
        assert await seals_audited(reader) == {"seal_chain": [2]}, "all of it is younger than the margin"
    twice = "UPDATE seals SET transfer_ids = (SELECT transfer_ids FROM seals WHERE number = 1) WHERE number = 2"
    again = f"UPDATE seals SET first_transfer_id = {first[0]} WHERE number = 2"
    async with tampered(database_url, twice, again) as reader:
        found = await seals_audited(reader)
    assert (found["sealed_twice"], found["seal_contents"]) == (first, [2])
    assert second


@pytest.mark.usefixtures("database")
async def test_seals_of_another_installation_are_not_taken_for_ours() -> None:
    await a_sealed_book()
    other = key_of(derive_keys(b"another secret, which is as long as the first one"))

    async def body(reader: Reader) -> list[Finding]:
        return await audit_seals(reader, replace(other, memo_key=seal_key().memo_key))

    assert [(f.kind, f.total) for f in await read(body)] == [("seal_signatures", 2)]


@pytest.mark.usefixtures("database")
async def test_what_was_posted_since_the_last_seal_waits_for_the_next() -> None:
    book = await a_sealed_book()
    wallet = await a_wallet(book)
    await earn(book, wallet, 5)
    (new,) = await posted(lambda tx: [earning(tx, book, wallet, 1)])
    assert new
    assert await read(audit_everything) == []


@pytest.fixture
async def sealed_file(migrated_sqlite_url: str) -> Path:
    """A small sealed book in a file that nobody has open, in the form in which SQLite opens it from memory."""
    await open_database(migrated_sqlite_url)
    await a_sealed_book(wallets=25)
    await close_database()
    path = Path(migrated_sqlite_url.removeprefix("sqlite://"))
    switch_off_log(path)
    return path


def switch_off_log(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[18:20] = b"\x01\x01"  # the versions of who may read and write: those without a write-ahead log
    path.write_bytes(data)


def audited(data: bytes) -> list[Finding]:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.deserialize(data)
        return drive(audit_everything(SqliteReader(connection)))


def is_named(cell: Cell, findings: list[Finding]) -> bool:
    rows = {(finding.kind, difference.row_id) for finding in findings for difference in finding.first}
    return (f"sealed_{cell.table}", cell.row_id) in rows


# SQLite keeps a row's id apart from its values and has NULL among them in its place, which it never looks at. Another type
# without a length there changes nothing that anybody reads.
TYPES_WITHOUT_LENGTH = range(8, 14)


def test_any_single_byte_that_is_flipped_in_the_file_is_found_and_its_row_named(sealed_file: Path) -> None:
    data, random = sealed_file.read_bytes(), Random(SEED)
    cells = {table: cells_of(sealed_file, table) for table in ("transfers", "entries")}
    assert audited(data) == []
    missed, flips = [], 0
    while flips < FLIPS:
        cell = random.choice(cells[random.choice(list(cells))])
        at, byte = random.randrange(cell.start, cell.end), random.randrange(256)
        if byte == data[at] or (at == cell.id_type and byte in TYPES_WITHOUT_LENGTH):
            continue
        flips += 1
        if not is_named(cell, audited(data[:at] + bytes([byte]) + data[at + 1 :])):
            missed.append((cell, at - cell.start, byte))
    assert missed == []
