"""What the program logs and answers in the course of a test tells nobody's phone number, code, token or name.

Everything is read: each line as it would be written, each answer as it was sent. A test in whose course something private was
told fails, whatever else it was about.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import orjson

from api.log_lines import JsonLines

PHONE = re.compile(r"(?<![0-9A-Za-z])(?:\+?86)?1[3-9]\d{9}(?![0-9A-Za-z])")
#: Where a number is told to those who may know it.
FOR_PHONES = frozenset({"phone"})
#: Where a token is told to whoever it is for.
FOR_TOKENS = frozenset({"accessToken", "refreshToken", "token"})
#: How the file begins in which people get what is kept about them, their own number too.
OWN_DATA = '{\n "format": "xuexi-personal-data'


class Watch(logging.Handler):
    """Reads along."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(JsonLines())
        self.codes: set[str] = set()
        self.tokens: set[str] = set()
        self.told: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """A line that is logged; but for those of schemas that only tests have."""
        if record.name != "strawberry.execution":
            self.line(self.format(record))

    def line(self, line: str) -> None:
        """A line of a log. All names in tests are Chinese, and nothing else in a log is."""
        self.search(line, "a log line")
        if not line.isascii():
            self.told.append(f"what may be a name, in a log line: {line}")

    def answer(self, answer: Any) -> None:
        """An answer, as it was sent."""
        text = orjson.dumps(answer, default=str).decode()
        if PHONE.search(text) or "oken" in text:
            self.look_through(answer)
        self.search(orjson.dumps(answer.get("errors"), default=str).decode(), "an error")

    def look_through(self, value: Any, key: str = "") -> None:
        match value:
            case dict():
                for name, inside in value.items():
                    self.look_through(inside, name)
            case list():
                for inside in value:
                    self.look_through(inside, key)
            case str() if key in FOR_TOKENS:
                self.tokens.add(value)
            case str() if key == "text" and value.startswith(OWN_DATA):
                pass
            case str() if key not in FOR_PHONES and PHONE.search(value):
                self.told.append(f"a phone number, as {key}")

    def search(self, text: str, where: str) -> None:
        if PHONE.search(text):
            self.told.append(f"a phone number, in {where}: {text}")
        self.told += [f"a token, in {where}: {text}" for token in self.tokens if token in text]
        words = set(re.findall(r"(?<![0-9A-Za-z.])\d{6}(?![0-9A-Za-z])", text))
        self.told += [f"the code {code}, in {where}: {text}" for code in words & self.codes]


#: Whoever answers or sends something in tests tells it.
watch = Watch()


def switch_on() -> None:
    """Every logger of ours logs: import-linter, which a test runs, switches all off that there are."""
    for name, logger in logging.root.manager.loggerDict.items():
        if isinstance(logger, logging.Logger) and name.startswith("xuexi"):
            logger.disabled = False


@contextmanager
def watching() -> Iterator[None]:
    """Everything that is logged and answered until the block ends is read."""
    ours, everything = logging.getLogger("xuexi"), logging.getLogger()
    level = ours.level
    watch.codes.clear()
    watch.tokens.clear()
    watch.told.clear()
    ours.setLevel(logging.DEBUG)
    switch_on()
    everything.addHandler(watch)
    try:
        yield
    finally:
        everything.removeHandler(watch)
        ours.setLevel(level)
    assert watch.told == [], watch.told
