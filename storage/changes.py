"""Who wants to know when something changed: topics and their subscribers, within this process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

#: Beyond this nobody is told any more: whoever waits looks by itself, too.
MOST_UNTOLD = 10_000


class Changes:
    """Wakes subscribers after a commit. A slow subscriber is woken once for many changes: it then reads the present state."""

    def __init__(self) -> None:
        self._subscribers: dict[str, set[asyncio.Event]] = {}
        #: What other processes are still to be told; None where nobody tells them (neighbours.py).
        self.untold: set[str] | None = None
        self.something_untold = asyncio.Event()

    def publish(self, topics: Iterable[str]) -> None:
        """After a commit of this process: wake everyone who subscribed to one of the topics, here and elsewhere."""
        topics = list(topics)
        self.wake(topics)
        if self.untold is not None and topics and len(self.untold) < MOST_UNTOLD:
            self.untold.update(topics)
            self.something_untold.set()

    def told(self, topics: Iterable[str]) -> None:
        """The other processes have been told."""
        if self.untold is not None:
            self.untold.difference_update(topics)

    def wake(self, topics: Iterable[str]) -> None:
        """Wake everyone of this process who subscribed to one of the topics."""
        for topic in topics:
            for event in self._subscribers.get(topic, ()):
                event.set()

    def wake_all(self) -> None:
        """Something changed, and nobody knows what."""
        self.wake(list(self._subscribers))

    @property
    def is_followed(self) -> bool:
        """Whether anybody waits for anything."""
        return bool(self._subscribers)

    @asynccontextmanager
    async def subscribe(self, topic: str) -> AsyncIterator[asyncio.Event]:
        """An event that is set after each change of the topic; clear it before reading the state."""
        event = asyncio.Event()
        self._subscribers.setdefault(topic, set()).add(event)
        try:
            yield event
        finally:
            subscribers = self._subscribers[topic]
            subscribers.discard(event)
            if not subscribers:
                del self._subscribers[topic]
