"""A line to the running program, once per engine."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.server import Server
from tests.story.asking import line_to


@pytest.fixture
async def line(server: Server) -> AsyncIterator[httpx.AsyncClient]:
    """The running program, for as many requests at once as a test likes to send."""
    async with line_to(server.url) as open_line:
        yield open_line
