"""One contestant of a run: a server that is asked, or sqlite3 that writes by itself; what it took in one round."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Protocol

from bench.client import MakeRequest, run_load
from bench.process import cpu_seconds
from bench.servers import Target


@dataclass(frozen=True, slots=True)
class Measured:
    """One round: requests per second, seconds to answer 50 and 99 % of them, CPU seconds of the server, of the database's own
    processes and of the client for each."""

    per_second: float
    p50: float
    p99: float
    cpu: float
    database_cpu: float = 0.0
    client_cpu: float = 0.0


class Contestant(Protocol):
    """Something to be measured again and again."""

    name: str

    def measure(self, seconds: float, connections: int) -> Measured:
        """Keep it busy for so long."""


@dataclass(slots=True)
class Served:
    """A server and an operation. `database` is the process of the database server, None where there is none."""

    name: str
    target: Target
    make: MakeRequest
    database: int | None = None
    at_once: int = 1_000
    numbers: count[int] = field(default_factory=count)

    def measure(self, seconds: float, connections: int) -> Measured:
        """Keep it busy for so long, with at most `at_once` requests under way. Raises BadAnswer."""
        cpu, database = cpu_seconds(self.target.pid), self._database_cpu()
        load = run_load(self.target.port, self.make, min(connections, self.at_once), seconds, self.numbers)
        requests = len(load.latencies)
        return Measured(
            per_second=load.per_second,
            p50=load.percentile(50),
            p99=load.percentile(99),
            cpu=(cpu_seconds(self.target.pid) - cpu) / requests,
            database_cpu=(self._database_cpu() - database) / requests,
            client_cpu=load.cpu / requests,
        )

    def _database_cpu(self) -> float:
        return cpu_seconds(self.database) if self.database else 0.0


@dataclass(slots=True)
class Written:
    """What sqlite3 does by itself, one after the other in this process."""

    name: str
    act: Callable[[int], None]
    numbers: count[int] = field(default_factory=count)

    def measure(self, seconds: float, connections: int) -> Measured:
        """Keep it busy for so long."""
        times: list[float] = []
        spent, began = time.process_time(), time.perf_counter()
        now, until = began, began + seconds
        while now < until:
            before = now
            self.act(next(self.numbers))
            now = time.perf_counter()
            times.append(now - before)
        times.sort()
        cpu = (time.process_time() - spent) / len(times)
        return Measured(len(times) / (now - began), times[len(times) // 2], times[len(times) * 99 // 100], cpu)
