"""The seam between the rules and the database: every transaction waits for its turn, and may meet a fault.

It stands where storage.write hands a body to the engine's client, and hands it on to the real one. Of all who act in a moment
only one moves at a time: the others wait here, or are answered already. So whose transaction comes first is the dice's choice.
"""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import Coroutine
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

import asyncpg

from storage import Database, Transaction, write
from storage.asyncpg_client import XuexiAsyncpgClient
from storage.ids import IdSource
from storage.sqlite_client import on_thread
from storage.transaction import Publish, WriteBody


class Fault(StrEnum):
    """What may go wrong with a transaction."""

    NONE = "none"
    COMMIT_FAILS = "the commit fails"
    ANSWER_LOST = "the answer is lost after the commit"
    CANCELLED_BEFORE = "the caller goes away before the transaction"
    CANCELLED_DURING = "the caller goes away during the transaction"
    CUT_OFF = "the power goes in the middle of the transaction"


class NotHeard(Exception):
    """The caller does not learn what came of it."""


CREATE_FAILING_COMMITS = """CREATE TABLE failing_commits (id BIGINT PRIMARY KEY,
    cause_id BIGINT NOT NULL REFERENCES failing_commits (id) DEFERRABLE INITIALLY DEFERRED)"""
FAIL_AT_COMMIT = "INSERT INTO failing_commits (id, cause_id) VALUES (1, 2)"
# What the database says to a fault.
STRUCK: dict[Fault, tuple[type[Exception], ...]] = {
    Fault.COMMIT_FAILS: (sqlite3.IntegrityError, asyncpg.ForeignKeyViolationError),
    Fault.CUT_OFF: (asyncpg.PostgresConnectionError, asyncpg.InterfaceError, asyncpg.AdminShutdownError),
}


@dataclass(eq=False)
class Player:
    """Somebody who acts: in a task, which has been given a turn so often. `committed`: their last transaction was."""

    task: asyncio.Task[Any]
    turns: int = 0
    committed: bool = False
    fault: Fault = Fault.NONE


@dataclass
class Turns:
    """Installed on an open database. `dark`: the power is gone, and nothing is committed any more."""

    database: Database
    image: Path | None = None
    dark: bool = False
    _players: dict[asyncio.Task[Any], Player] = field(default_factory=dict)
    _waiting: dict[Player, asyncio.Future[None]] = field(default_factory=dict)
    _moving: int = 0
    _still: asyncio.Event = field(default_factory=asyncio.Event)

    def install(self) -> None:
        """From now on, whoever was made a player waits here."""
        self._run_write = self.database.client.run_write
        vars(self.database.client)["run_write"] = self.run_write

    def player(self, act: Coroutine[Any, Any, Any]) -> Player:
        """Somebody who begins to act."""
        player = Player(asyncio.get_running_loop().create_task(act))
        self._players[player.task] = player
        self._moves()
        player.task.add_done_callback(self._ended)
        return player

    async def all_still(self) -> list[Player]:
        """Nobody moves any more; who waits for a turn, in the order in which they began: threads may bring them in another."""
        await self._still.wait()
        return [player for player in self._players.values() if player in self._waiting]

    async def take_turn(self, player: Player, fault: Fault) -> None:
        """The player moves, alone, until their transaction is over and they are answered, or wait again."""
        player.fault = fault
        player.turns += 1
        turn = self._waiting.pop(player)
        self._moves()
        if fault is Fault.CANCELLED_BEFORE:
            player.task.cancel()
        else:
            turn.set_result(None)
        await self._still.wait()
        await self._settled()

    async def abandon(self) -> None:
        """Nobody acts any more: the story broke off."""
        tasks = list(self._players)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def run_write(self, body: WriteBody[Any], ids: IdSource, publish: Publish) -> Any:
        """In the place of the client's own."""
        player = self._players.get(asyncio.current_task())  # type: ignore[arg-type] # nobody asks outside of a task
        if player is None:
            return await self._run_write(body, ids, publish)
        turn = asyncio.get_running_loop().create_future()
        self._waiting[player] = turn
        self._stands()
        await turn
        player.committed = False
        if self.dark:
            raise NotHeard
        result = await self._with_fault(player, body, ids, publish)
        player.committed = True
        if player.fault is Fault.ANSWER_LOST:
            raise NotHeard
        return result

    async def _with_fault(self, player: Player, body: WriteBody[Any], ids: IdSource, publish: Publish) -> Any:
        async def body_whose_commit_fails(tx: Transaction) -> Any:
            result = await body(tx)
            await tx.execute(FAIL_AT_COMMIT)
            return result

        async def body_cut_off(tx: Transaction) -> Any:
            await body(tx)
            await self._cut_off(tx)

        bodies = {Fault.COMMIT_FAILS: body_whose_commit_fails, Fault.CUT_OFF: body_cut_off}
        if player.fault is Fault.CANCELLED_DURING:
            asyncio.get_running_loop().call_soon(player.task.cancel)  # when the body is on its way to the database
        try:
            return await self._run_write(bodies.get(player.fault, body), ids, publish)
        except Exception as error:
            if isinstance(error, STRUCK.get(player.fault, ())):
                raise NotHeard from error
            raise

    async def _cut_off(self, tx: Transaction) -> None:
        """SQLite: the files as they lie on the disk at this instant, and nothing goes on. PostgreSQL: the session is ended."""
        if tx.dialect == "postgres":
            await tx.fetch("SELECT pg_terminate_backend(pg_backend_pid())")
            raise AssertionError("the session goes on")
        file = Path(self.database.client.filename)  # type: ignore[union-attr] # SQLite's
        self.image = file.with_name(f"after-{file.name}")
        for suffix in ("", "-wal"):
            shutil.copyfile(f"{file}{suffix}", f"{self.image}{suffix}")
        self.dark = True
        raise NotHeard

    async def _settled(self) -> None:
        """Also what was begun for somebody who went away has come to its end."""
        client = self.database.client
        if not isinstance(client, XuexiAsyncpgClient):
            assert client._writer
            await on_thread(client._writer, int)
        elif client._running:
            await asyncio.wait(client._running)

    def _moves(self) -> None:
        self._moving += 1
        self._still.clear()

    def _stands(self) -> None:
        self._moving -= 1
        if self._moving == 0:
            self._still.set()

    def _ended(self, task: asyncio.Task[Any]) -> None:
        del self._players[task]
        self._stands()


async def make_commits_refusable() -> None:
    """The database has a table by which it refuses a COMMIT."""

    async def body(tx: Transaction) -> None:
        await tx.execute(CREATE_FAILING_COMMITS)

    await write(body)
