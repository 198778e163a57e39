"""The program on its own settings: one that never seals, and one that seals as long as there is anything to seal."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette

from api.app import create_app
from api.clock import system_clock
from api.periodic import Chore, doing
from api.sealing import REST_S, seal
from api.settings import read_settings


def resting() -> Starlette:
    """The program, which only answers requests (with XUEXI_SEAL_MINUTES=0)."""
    return create_app(read_settings(os.environ))


def sealing() -> Starlette:
    """The program, which seals beside the requests, one seal after the other."""
    app = resting()
    served = app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(application: Starlette) -> AsyncIterator[None]:
        async with served(application), doing(Chore("sealing", REST_S, lambda: seal(system_clock))):
            yield

    app.router.lifespan_context = lifespan
    return app
