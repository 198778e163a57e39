"""Folders of a test run: in memory where there is room, gone afterwards even when the run was killed."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

PREFIX = "xuexi-points-tests-"
ROOM = 1024**3  # a container's /dev/shm may be as small as 64 MB; test databases take some hundred MB
IN_MEMORY = Path("/dev/shm")  # noqa: S108 - holds only folders made by mkdtemp


def make_folder() -> Path:
    """A new folder for databases. In memory a commit reaches its storage at once, with durability left on."""
    parent = IN_MEMORY if has_room(IN_MEMORY) else Path(tempfile.gettempdir())
    sweep(parent)
    return Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=parent))


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    """A folder for databases that is gone afterwards."""
    path = make_folder()
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def has_room(path: Path) -> bool:
    return path.is_dir() and os.access(path, os.W_OK) and shutil.disk_usage(path).free >= ROOM


def sweep(parent: Path) -> None:
    """Remove what earlier runs left that could not tidy up: folders whose process is gone."""
    for left in parent.glob(f"{PREFIX}*"):
        process = left.name.removeprefix(PREFIX).split("-")[0]
        if process.isdigit() and not is_alive(int(process)):
            shutil.rmtree(left, ignore_errors=True)


def is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
