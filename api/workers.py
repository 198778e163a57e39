"""Several processes that answer on one port, and the one that keeps them running and answers nothing itself."""

from __future__ import annotations

import logging
import multiprocessing
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from types import FrameType

log = logging.getLogger("xuexi.workers")
#: A worker that dies sooner than this will do so again: no hurry to start it.
SOON_S = 5.0
REST_S = 1.0
#: What was loaded is there at once in each, and in memory only once. Nothing runs yet that a fork would cut in two.
FORKING = multiprocessing.get_context("fork")


@dataclass(frozen=True, slots=True)
class Worker:
    """A process, and when it was started."""

    process: BaseProcess
    since: float


class Workers:
    """Processes that each do `work` until they are told to stop; whichever ends before is started again."""

    def __init__(self, count: int, work: Callable[[], None]) -> None:
        self._count = count
        self._work = work
        self._running: list[Worker] = []
        self._stopping = False

    def run(self) -> None:
        """Returns when SIGTERM or SIGINT came and all have stopped."""
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self._stop)
        for _ in range(self._count):
            self._start()
        while self._running:
            wait([worker.process.sentinel for worker in self._running])
            for worker in [worker for worker in self._running if not worker.process.is_alive()]:
                self._running.remove(worker)
                self._replace(worker)

    def _start(self) -> None:
        if self._stopping:
            return
        process = FORKING.Process(target=self._begin)
        process.start()
        self._running.append(Worker(process, time.monotonic()))
        log.info("a worker starts", extra={"facts": {"worker": process.pid}})
        if self._stopping:  # we were told between the first line and the one that remembers it
            process.terminate()

    def _begin(self) -> None:
        """In the new process: told to stop before it can do so well, it just ends."""
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, signal.SIG_DFL)
        self._work()

    def _replace(self, worker: Worker) -> None:
        if self._stopping:
            return
        facts = {"worker": worker.process.pid, "exit_code": worker.process.exitcode}
        log.error("a worker died; another one takes its place", extra={"facts": facts})
        if time.monotonic() - worker.since < SOON_S:
            time.sleep(REST_S)
        self._start()

    def _stop(self, _: int, __: FrameType | None) -> None:
        self._stopping = True
        for worker in self._running:
            worker.process.terminate()
