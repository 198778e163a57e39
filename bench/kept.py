"""Filled databases. A filled SQLite file is kept under var/ for the next run, which works on a copy of it; a PostgreSQL is filled
anew, which takes it some seconds.
"""

from __future__ import annotations

import asyncio
import hashlib
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench.fill import Filled, Filler, fill
from storage.instants import from_micros, to_micros
from tests.postgres import PostgresServer, running_postgres

FOLDER = Path("var/bench")
HERE = Path(__file__).parent
#: What decides which rows there are and in which tables.
SOURCES = sorted([*HERE.glob("fill*.py"), HERE / "moves.py", *(HERE.parent / "migrations").glob("*.py")])
# What has to be as far ahead, or as short ago, as it was when the file was filled.
MOVED = {
    "activities": ("starts_at", "ends_at"),
    "shifts": ("starts_at", "ends_at"),
    "sessions": ("expires_at",),
    "session_tokens": ("expires_at",),
    "ticket_offers": ("sales_open_at", "sales_close_at"),
    "offer_sessions": ("starts_at", "ends_at"),
}


@dataclass(frozen=True, slots=True)
class Filling:
    """A filled database of one's own: its URL, and what is in it; the process of its server, None where it has none."""

    url: str
    filled: Filled
    server: int | None = None


@contextmanager
def filled_database(engine: str, filler: Filler) -> Iterator[Filling]:
    """A database with the filler's rows, which is thrown away afterwards.

    The PostgreSQL lies in memory where there is room: its commits cost no disk, SQLite's do.
    """
    if engine == "postgres":
        with running_postgres() as server:
            url = server.url(server.create())
            tell(filler)
            asyncio.run(fill(url, filler))
            yield Filling(url, filler.filled(), process_of(server))
        return
    with working_copy(filler) as file:
        yield Filling(f"sqlite://{file}", filler.filled())


def process_of(server: PostgresServer) -> int:
    """The process that started all the others of a PostgreSQL."""
    return int((server.data / "postmaster.pid").read_text().splitlines()[0])


@contextmanager
def working_copy(filler: Filler) -> Iterator[Path]:
    """A copy of the filled SQLite file, with its instants as they have to be now."""
    kept = kept_file(filler)
    with tempfile.TemporaryDirectory(prefix="run-", dir=FOLDER) as folder:
        file = Path(folder) / "bench.db"
        shutil.copyfile(kept, file)
        move_to_now(file, filler.now)
        yield file


def kept_file(filler: Filler) -> Path:
    """The filled SQLite file, filled now unless it is there. Those of older fillers or migrations go."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    kept = FOLDER / f"{filler.name}-{digest_of(filler)}.db"
    if not kept.exists():
        for old in FOLDER.glob(f"{filler.name}-*.db"):
            old.unlink()
        with tempfile.TemporaryDirectory(prefix="filling-", dir=FOLDER) as folder:
            file = Path(folder) / "bench.db"
            tell(filler)
            asyncio.run(fill(f"sqlite://{file}", filler))
            keep_filling_time(file, filler.now)
            file.rename(kept)
    return kept


def digest_of(filler: Filler) -> str:
    """Differs as soon as there would be other rows, or other tables."""
    digest = hashlib.sha256(filler.name.encode())
    for source in SOURCES:
        digest.update(source.read_bytes())
    for sql, _ in filler.statements():
        digest.update(sql.encode())
    return digest.hexdigest()[:16]


def tell(filler: Filler) -> None:
    print(f"filling {filler.name} ...", flush=True)


def keep_filling_time(file: Path, now: datetime) -> None:
    connection = sqlite3.connect(file)
    with connection:
        connection.execute("CREATE TABLE bench_filled (at INTEGER)")
        connection.execute("INSERT INTO bench_filled VALUES (?)", (to_micros(now),))
    connection.close()


def move_to_now(file: Path, now: datetime) -> None:
    """The sign-ins are valid, the shifts just over, the activities ahead, as they were when the file was filled."""
    connection = sqlite3.connect(file)
    with connection:
        then = from_micros(connection.execute("SELECT at FROM bench_filled").fetchone()[0])
        later = (now - then).total_seconds() * 1e6
        for table, columns in MOVED.items():
            moved = ", ".join(f"{column} = {column} + ?" for column in columns)
            connection.execute(f"UPDATE {table} SET {moved}", [int(later)] * len(columns))
        connection.execute("DROP TABLE bench_filled")
    connection.close()


def this_moment() -> datetime:
    """The instant that everything is filled in relation to."""
    return datetime.now(UTC).replace(microsecond=0)
