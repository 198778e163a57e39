"""Log lines as JSON, one object each. Nothing in them tells who somebody is, whatever an exception may say."""

from __future__ import annotations

import logging
import logging.config
import re
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

import orjson

from api.arrival import arrival

PHONE = re.compile(r"(?<![0-9A-Za-z])(?:\+?86[ -]?)?1[3-9]\d(?:[ -]?\d{4}){2}(?![0-9A-Za-z])")
SECRET = re.compile(r"[A-Za-z0-9_\-.~+/=]{32,}")  # a token, a digest: nobody reads it, and it might open a door
#: What an exception says may hold anything at all: texts in quotes, figures, names.
TOLD = re.compile(r"""'[^']*'|"[^"]*"|\([^)]*\)|\d{4,}|[^\x00-\x7f]+""")
HIDDEN = "#"


class JsonLines(logging.Formatter):
    """Formats a record as {"at", "level", "logger", "message", "request_id", ...what `facts` holds, "error"}."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": without_secrets(record.getMessage()),
            "request_id": arrival().request_id,
        }
        line |= getattr(record, "facts", {})
        if record.exc_info and record.exc_info[1]:
            line["error"] = told_safely(record.exc_info[1])
        return orjson.dumps(line, default=str).decode()


def without_secrets(text: str) -> str:
    """A text of ours, without numbers and tokens that slipped in."""
    return SECRET.sub(HIDDEN, PHONE.sub(HIDDEN, text))


def told_safely(error: BaseException) -> list[str]:
    """An exception and what led to it: kinds and places, and of what they say only the words that are surely the program's."""
    told = []
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        said = without_secrets(TOLD.sub(HIDDEN, str(current).partition("\n")[0]))
        told += [f"{type(current).__name__}: {said}", *places(current.__traceback__)]
        current = current.__cause__ or current.__context__
    return told


def places(trace: TracebackType | None) -> list[str]:
    """Where it happened: files, lines and functions, without the lines' text."""
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)]


def set_up_logging(level: str) -> None:
    """Everything to standard error, a line each."""
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"line": {"()": JsonLines}},
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
            "root": {"level": "WARNING", "handlers": ["stderr"]},
            "loggers": {"xuexi": {"level": level.upper()}},
        }
    )
