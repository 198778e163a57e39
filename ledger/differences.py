"""What an audit finds: rows that are not as they must be, counted, and the first of them named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

SHOWN = 20


@dataclass(frozen=True, slots=True)
class Difference:
    """A row that is not as it must be."""

    row_id: int
    expected: int | str | None
    found: int | str | None


@dataclass(frozen=True, slots=True)
class Finding:
    """All differences of one kind: how many, and the first of them by their ids."""

    kind: str
    total: int
    first: tuple[Difference, ...]

    def __str__(self) -> str:
        """One line for a terminal."""
        shown = "; ".join(f"{d.row_id}: {d.found} instead of {d.expected}" for d in self.first)
        more = f"; and {self.total - len(self.first)} more" if self.total > len(self.first) else ""
        return f"{self.kind} ({self.total}): {shown}{more}"


@dataclass(slots=True)
class Differences:
    """Differences as they are met, of several kinds. Memory stays bounded: all are counted, the first of each kind kept."""

    kinds: Sequence[str]
    totals: dict[str, int] = field(default_factory=dict)
    first: dict[str, list[Difference]] = field(default_factory=dict)

    def add(self, kind: str, row_id: int, expected: int | str | None, found: int | str | None) -> None:
        """Note a row."""
        assert kind in self.kinds
        self.totals[kind] = self.totals.get(kind, 0) + 1
        first = self.first.setdefault(kind, [])
        if len(first) < SHOWN:
            first.append(Difference(row_id, expected, found))

    def findings(self) -> list[Finding]:
        """What was noted, kind by kind."""
        return [Finding(kind, self.totals[kind], tuple(self.first[kind])) for kind in self.kinds if kind in self.totals]
