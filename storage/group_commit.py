"""Transactions that wait for SQLite's one writer share one durable commit (docs/decisions/0026).

Whoever waits when the writer comes free, or comes while the others are run, is in the group. Each has a savepoint of its own,
so that a refusal or a failure takes back nothing of its neighbours, and each is answered after the sync. Who is alone waits for
nobody.
"""

from __future__ import annotations

import asyncio
import contextvars
import sqlite3
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from storage.driving import drive
from storage.ids import IdSource
from storage.transaction import Publish, Transaction, WriteBody

MOST = 64
#: After so long nobody joins any more: whoever was first waits for the commit of all.
GATHER_S = 0.02


@dataclass(slots=True, eq=False)
class Asked:
    """A transaction that somebody asked for. What became of it is told to `answered`, whether or not anybody still listens."""

    body: WriteBody[Any]
    ids: IdSource
    publish: Publish
    answered: asyncio.Future[Any] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    context: contextvars.Context = field(default_factory=contextvars.copy_context)
    result: Any = None
    error: BaseException | None = None
    topics: Sequence[str] = ()


class GroupCommit:
    """The transactions that wait for a connection. `begin` and `transaction` are how one begins there, and what its body gets."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        begin: Callable[[], None],
        transaction: Callable[[IdSource], Transaction],
    ) -> None:
        self._connection = connection
        self._begin = begin
        self._transaction = transaction
        self._waiting: deque[Asked] = deque()
        self._last_call = 0.0

    def ask(self, asked: Asked) -> None:
        """It is in the queue; from then on somebody has to call work_off on the connection's thread."""
        self._waiting.append(asked)

    def work_off(self) -> None:
        """Nobody waits any more. On the connection's thread."""
        while self._waiting:
            group = self._run_group()
            group[0].answered.get_loop().call_soon_threadsafe(tell, group)

    def _run_group(self) -> list[Asked]:
        """Run and commit whoever waits, or comes meanwhile."""
        group: list[Asked] = []
        while self._waiting and len(group) < MOST and (not group or time.monotonic() < self._last_call):
            run = self._run_beside if group and self._connection.in_transaction else self._run_first
            if not run(group):
                return group
        self._end(group, "COMMIT")
        return group

    def _run_first(self, group: list[Asked]) -> bool:
        """Begin the transaction with the first who waits: it is theirs alone so far. False where there is none to begin in."""
        waited = len(self._waiting)
        try:
            self._begin()
        except BaseException as error:  # noqa: BLE001 - told to all who waited for it
            refused = [self._waiting.popleft() for _ in range(waited)]
            fail(refused, error)
            group += refused
            return False
        self._last_call = time.monotonic() + GATHER_S
        group.append(asked := self._waiting.popleft())
        if not self._run(asked):
            self._end([asked], "ROLLBACK")
        return asked.error is None or not self._connection.in_transaction

    def _run_beside(self, group: list[Asked]) -> bool:
        """Run the first who waits after others, none of whom it touches. False where all of them are lost."""
        group.append(asked := self._waiting.popleft())
        try:
            self._connection.execute("SAVEPOINT one")
            if not self._run(asked) and self._connection.in_transaction:
                self._connection.execute("ROLLBACK TO one")
            if self._connection.in_transaction:
                self._connection.execute("RELEASE one")
                return True
            error = asked.error
        except BaseException as failure:  # noqa: BLE001 - told to all who were in it
            error = failure
        # A full disk or the like ends the whole transaction: nothing of it is there, whoever wrote it.
        assert error is not None, "a transaction ends by itself only when something failed"
        fail(group, error)
        self._end(group, "ROLLBACK")
        return False

    def _run(self, asked: Asked) -> bool:
        """Whether the body came to its end; what it answered, or raised, is kept until the commit."""
        try:
            tx = self._transaction(asked.ids)
            asked.result = asked.context.run(lambda: drive(asked.body(tx)))
            if not self._connection.in_transaction:  # a full disk, say, ends it
                raise RuntimeError("a transaction's body went on after its transaction had ended")
            asked.topics = tx.announced
        except BaseException as error:  # noqa: BLE001 - raised where it was asked for
            asked.error = error
        return asked.error is None

    def _end(self, group: Sequence[Asked], how: str) -> None:
        """End the transaction, if there is one. Where that fails nothing was done, and no refusal stands that counted with it."""
        try:
            if self._connection.in_transaction:
                self._connection.execute(how)
        except BaseException as error:  # noqa: BLE001 - told to all who were in it
            fail(group, error)
        if self._connection.in_transaction:  # also after a COMMIT that failed
            with suppress(sqlite3.Error):
                self._connection.execute("ROLLBACK")


def fail(group: Sequence[Asked], error: BaseException) -> None:
    """Nothing of the group was done, and all are told the same."""
    for asked in group:
        asked.error = error


def tell(group: Sequence[Asked]) -> None:
    """After the commit, on the event loop: subscribers first, then whoever asked and still waits."""
    for asked in group:
        if asked.error is None and asked.topics:
            asked.publish(asked.topics)
        if asked.answered.done():
            continue
        if asked.error is None:
            asked.answered.set_result(asked.result)
        else:
            asked.answered.set_exception(asked.error)
