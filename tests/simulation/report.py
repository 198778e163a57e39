"""A story, told step by step."""

from __future__ import annotations

import dataclasses
import traceback
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


@dataclass
class Report:
    """The steps so far, and how to play them again."""

    seed: int
    engine: str
    steps: list[str] = field(default_factory=list)

    def tell(self, now: datetime, step: str) -> None:
        """One more step."""
        self.steps.append(f"{len(self.steps) + 1:4}  {now:%d %H:%M:%S}  {step}")

    def expect(self, right: object, otherwise: str) -> None:
        """Raises StoryFailed unless it is right."""
        if not right:
            raise StoryFailed(self, otherwise)

    def check(self, wrong: Sequence[str]) -> None:
        """Raises StoryFailed where something is wrong."""
        self.expect(not wrong, "\n  ".join(["the reckoning does not agree:", *wrong]))

    def __str__(self) -> str:
        return "\n".join([f"seed {self.seed} on {self.engine}", *self.steps])


class StoryFailed(Exception):
    """What is wrong, after which steps."""

    def __init__(self, report: Report, problem: str) -> None:
        engine = "" if report.engine == "sqlite" else f" ENGINE={report.engine}"
        super().__init__(f"{report}\n\nWRONG: {problem}\n\nPlay it again: make simulate SEED={report.seed}{engine}")
        self.problem = problem


def told(value: object) -> str:
    """A wish with all it holds, its instants in short."""
    if isinstance(value, datetime):
        return f"{value:%d %H:%M:%S.%f}"
    if isinstance(value, date | StrEnum):
        return str(value)
    if isinstance(value, list | tuple):
        return f"[{', '.join(told(each) for each in value)}]"
    if dataclasses.is_dataclass(value):
        parts = (f"{part.name}={told(getattr(value, part.name))}" for part in dataclasses.fields(value))
        return f"{type(value).__name__}({', '.join(parts)})"
    return repr(value)


def told_error(error: BaseException) -> str:
    """An error that nobody foresaw, with where it came from."""
    return "".join(traceback.format_exception(error)).strip()
