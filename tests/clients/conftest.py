"""The running program for clients, where it makes no difference which database it has."""

from __future__ import annotations

from tests.api.conftest import sqlite_server

__all__ = ["sqlite_server"]
