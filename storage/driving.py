"""Running a transaction's body on a thread: from its first to its last step without ever giving control back."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


def drive(body: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine that never really waits, and return its result. Raises RuntimeError if it waits for anything."""
    try:
        body.send(None)
    except StopIteration as stop:
        result: T = stop.value
        return result
    body.close()
    raise RuntimeError("a transaction's body may await nothing but its transaction")


class NoLoop(asyncio.AbstractEventLoop):
    """The event loop of a thread that has none, for futures that are done when they are made.

    Tortoise gathers a model's listeners on every save and delete, and asks for a loop even where there is nobody to listen.
    """

    def create_future(self) -> asyncio.Future[Any]:
        return asyncio.Future(loop=self)

    def get_debug(self) -> bool:
        return False
