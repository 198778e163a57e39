"""Serving: everything between an empty machine and requests being answered, and the way back."""

from __future__ import annotations

import asyncio
import gc
import logging
import multiprocessing
import secrets
import signal
import socket
import sys
from collections.abc import Sequence
from functools import partial

import uvicorn

from api.app import create_app
from api.clock import system_clock
from api.demo.ground import find_ground
from api.demo.people import RESIDENTS, STAFF, phone_of
from api.demo_data import fill_if_empty
from api.log_lines import set_up_logging
from api.port import bound_socket
from api.programmes import ensure_programmes
from api.secret import check_secret, keys_of
from api.settings import Settings
from api.workers import Workers
from domain.people.keys import set_keys
from storage import close_database, open_database, read
from storage.migrations import migrate_open_database

log = logging.getLogger("xuexi.start")
SWITCH_S = 0.0005
RARELY = (10_000, 20, 100)


class OurServer(uvicorn.Server):
    """uvicorn, which tells what lasts for ever to end when it stops, and stops when whoever started it as a worker is gone."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if starter := multiprocessing.parent_process():
            asyncio.get_running_loop().add_reader(starter.sentinel, self.handle_exit, signal.SIGTERM, None)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if starter := multiprocessing.parent_process():
            asyncio.get_running_loop().remove_reader(starter.sentinel)
        self.config.app.state.stopping.set()  # type: ignore[union-attr] # it is ours
        await super().shutdown(sockets=sockets)


class AnnouncingServer(OurServer):
    """Says where to go once it answers there."""

    def __init__(self, config: uvicorn.Config, welcome: str) -> None:
        super().__init__(config)
        self.welcome = welcome

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        print(self.welcome, flush=True)  # noqa: T201 - it is for the person who typed the command


def serve(settings: Settings) -> None:
    """Migrate, fill an empty database with demo data where that is wanted, and answer requests until told to stop.

    Raises BadSettings, PortTaken, UnusableDatabase, NotDurable.
    """
    set_up_logging(settings.log_level)
    config = config_of(settings)
    # The port first: where it is taken, another one of us may be running, and nothing should be touched.
    with bound_socket(settings.host, settings.port) as listener:
        with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
            people = runner.run(prepare(settings))
            settle_in()
            if settings.workers == 1:
                runner.run(AnnouncingServer(config, welcome(settings, people)).serve(sockets=[listener]))
                return
        # Whoever comes before the first worker answers waits at the port, and is answered.
        print(welcome(settings, people), flush=True)  # noqa: T201 - it is for the person who typed the command
        Workers(settings.workers, partial(work, settings, listener)).run()


def work(settings: Settings, listener: socket.socket) -> None:
    """Answer requests as one of several processes, until told to stop."""
    config = config_of(settings)
    with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
        runner.run(OurServer(config).serve(sockets=[listener]))


def config_of(settings: Settings) -> uvicorn.Config:
    """How uvicorn serves us. Raises BadSettings."""
    return uvicorn.Config(
        create_app(settings),
        loop="uvloop",
        http="httptools",
        log_config=None,
        access_log=False,  # addresses of people, and nothing that we need
        server_header=False,
        forwarded_allow_ips=settings.trusted_proxies,
        ws_max_size=settings.body_limit,
        timeout_graceful_shutdown=settings.stop_seconds,
        lifespan="on",
    )


def settle_in() -> None:
    """What was made by now stays for good, and what is answered goes by itself: looking through all of it for garbage takes some
    tenths of a second, in which nobody is answered, so it is done a hundred times less often than Python would.

    And where a thread builds a large answer, whoever else has something to do gets a turn ten times sooner than Python's usual:
    a small query changes threads some ten times until it is answered.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*RARELY)
    sys.setswitchinterval(SWITCH_S)


async def prepare(settings: Settings) -> list[str]:
    """The database is there, in its present shape, and with demo data if it was empty and that is wanted; the demo's people."""
    set_keys(keys_of(settings, secrets.token_bytes))
    await open_database(settings.database_url)
    try:
        applied = await migrate_open_database()
        if applied:
            log.info("migrations applied: %s", ", ".join(applied))
        await check_secret()
        await ensure_programmes(settings.zone, system_clock())
        if settings.development and settings.demo_data == "auto" and await fill_if_empty(system_clock()):
            log.info("the demo data is complete")
        return await who_is_there(settings)
    finally:
        await close_database()


async def who_is_there(settings: Settings) -> list[str]:
    """The demo's people, a line for each kind; none where the database holds anything else."""
    if not settings.development or await read(find_ground) is None:
        return []
    staff = [f"{kind.phones[0]} – {kind.phones[-1]}  {kind.name} · {kind.role}" for kind in STAFF]
    return [f"{phone_of(1)} – {phone_of(RESIDENTS)}  示例居民 · residents", *staff]


def welcome(settings: Settings, people: Sequence[str]) -> str:
    """Where to go, and how to sign in as whom: a line for each kind of demo people that are there."""
    url = settings.url
    lines = ["", f"  GraphQL      {url}/graphql" + ("   (open it in a browser)" if settings.shows_graphiql else "")]
    lines += [f"  ticket keys  {url}/.well-known/jwks.json", f"  health       {url}/healthz  {url}/readyz"]
    if people:
        lines += ["", "  演示账号（先 requestSignInCode，再 signIn）· demo people, signing in with a code:"]
        lines += [f"    {line}" for line in people]
    if settings.sms == "console":
        lines += ["", f"  验证码会显示在这里 · codes appear right here, and in {settings.sms_file}"]
    if people and settings.sms == "console":
        lines += ["  `make demo`（或 python -m api demo）在另一个终端里演一遍完整流程 · plays the whole story"]
    return "\n".join([*lines, "", "  Ctrl+C 停止 · stops", ""])
