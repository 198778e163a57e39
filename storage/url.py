"""One URL names the database: `sqlite://var/xuexi.db` or `postgres://user:password@host:5432/name`."""

from __future__ import annotations

import ssl
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from storage.errors import UnusableDatabase

SQLITE = "sqlite://"
SSL_MODES = ("disable", "require", "verify-full")


def connection_config(url: str) -> dict[str, Any]:
    """The Tortoise connection of a URL. Raises UnusableDatabase where we cannot tell what is meant."""
    if url.startswith(SQLITE):
        return sqlite_config(url.removeprefix(SQLITE))
    if url.startswith(("postgres://", "postgresql://")):
        return postgres_config(url)
    raise UnusableDatabase("a database URL starts with sqlite:// or postgres://")


def sqlite_config(path: str) -> dict[str, Any]:
    if not path or path.startswith(":memory:") or "?" in path:
        raise UnusableDatabase("sqlite:// is followed by the path of a file, such as sqlite://var/xuexi.db")
    return {"engine": "storage.sqlite_client", "credentials": {"file_path": path}}


def postgres_config(url: str) -> dict[str, Any]:
    try:
        parts = urlsplit(url)
        port = parts.port or 5432
    except ValueError as error:
        raise UnusableDatabase(f"the database URL cannot be read: {error}") from error
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    host = query.pop("host", parts.hostname or "localhost")  # ?host=/run/postgresql names a Unix socket's folder
    mode = query.pop("sslmode", "disable")
    pool = query.pop("pool", "10")
    if query or mode not in SSL_MODES or not pool.isdigit() or not parts.path.strip("/"):
        raise UnusableDatabase(
            "postgres://user:password@host:port/database?pool=10&sslmode=disable|require|verify-full&host="
        )
    credentials = {
        "host": host,
        "port": port,
        "user": unquote(parts.username) if parts.username else None,
        "password": unquote(parts.password) if parts.password else None,
        "database": unquote(parts.path.strip("/")),
        "minsize": 1,
        "maxsize": int(pool),
        "ssl": ssl_of(mode),
        "statement_cache_size": 1000,
    }
    return {"engine": "storage.asyncpg_client", "credentials": credentials}


def ssl_of(mode: str) -> ssl.SSLContext | bool:
    if mode == "disable":
        return False
    context = ssl.create_default_context()
    if mode == "require":
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
