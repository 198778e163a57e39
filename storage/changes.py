"""Who wants to know when something changed: topics and their subscribers, within this process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager


class Changes:
    """Wakes subscribers after a commit. A slow subscriber is woken once for many changes: it then reads the present state."""

    def __init__(self) -> None:
        self._subscribers: dict[str, set[asyncio.Event]] = {}

    def publish(self, topics: Iterable[str]) -> None:
        """Wake everyone who subscribed to one of the topics."""
        for topic in topics:
            for event in self._subscribers.get(topic, ()):
                event.set()

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
