"""Text messages, as the rules need them. Who really sends them is the operator's choice (api/)."""

from __future__ import annotations

from typing import Protocol


class SmsFailed(Exception):
    """The message was not taken by whoever should carry it. Tells neither number nor text: both are private."""


class SmsSender(Protocol):
    """Sends one text message."""

    async def send(self, phone: str, text: str) -> None:
        """The message to an E.164 number is on its way. Waits for a bounded time. Raises SmsFailed."""
