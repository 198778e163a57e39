"""What the figures have to keep to, and whether they do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

STARLETTE, ASGI = "bare Starlette", "bare ASGI"
BARE_REDEEM, BARE_ATTENDANCE = "bare redeem", "bare attendance"
MEASURED = ("tiny", "home", "statement", "redeem", "attendance")
#: Reads that are also asked of a server with more processes.
WORKERS = {"home": "home, workers", "statement": "statement, workers"}
Medians = Mapping[str, Mapping[str, float]]
AT_MOST = {
    "sqlite": {"home": 2.5, "statement": 7.0, "redeem": 4.0},
    "postgres": {"home": 4.0, "statement": 6.0, "redeem": 3.0},
}


@dataclass(frozen=True, slots=True)
class Aim:
    """A figure and what it has to be: at most, or at least."""

    name: str
    measured: float
    bound: float
    is_met: bool
    word: str

    @property
    def verdict(self) -> str:
        """For the table."""
        return "met" if self.is_met else "NOT met"

    @property
    def line(self) -> str:
        """For the table."""
        return f"{self.name:46}{self.measured:>9.2f}   {self.word} {self.bound:<5} {self.verdict}"


def at_most(name: str, measured: float, bound: float) -> Aim:
    return Aim(name, measured, bound, measured <= bound, "at most")


def at_least(name: str, measured: float, bound: float) -> Aim:
    return Aim(name, measured, bound, measured >= bound, "at least")


def aims_of(engine: str, medians: Medians) -> list[Aim]:
    """The aims that a run says something about."""
    floor = medians[STARLETTE]["cpu_ms"]
    found = [at_most(f"{n}, CPU / {STARLETTE}'s", medians[n]["cpu_ms"] / floor, x) for n, x in AT_MOST[engine].items()]
    for name, workers in WORKERS.items():
        if workers in medians:
            times = medians[workers]["requests_per_second"] / medians[name]["requests_per_second"]
            found.append(at_least(f"{workers}, per second / one's", times, 1.6))
    if engine == "sqlite":
        for name, bare, bound in (("redeem", BARE_REDEEM, 1.5), ("attendance", BARE_ATTENDANCE, 0.8)):
            times = medians[name]["requests_per_second"] / medians[bare]["requests_per_second"]
            found.append(at_least(f"{name}, per second / {bare}'s", times, bound))
    return found + [
        at_most(f"{name}, p99 / p50", medians[name]["p99_ms"] / medians[name]["p50_ms"], 3.0) for name in MEASURED
    ]
