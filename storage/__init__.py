"""The database: connections and transactions, the same on SQLite and on PostgreSQL. Knows no rule of the world."""

from storage.database import (
    Database,
    close_database,
    current_database,
    fetch,
    fetch_briefly,
    open_database,
    read,
    read_at_length,
    read_briefly,
    write,
)
from storage.errors import DatabaseBusy, DatabaseDamaged, DatabaseTooSlow, NotDurable, UnusableDatabase
from storage.leisure import at_leisure
from storage.neighbours import hearing_neighbours
from storage.transaction import Reader, Row, Transaction

__all__ = [
    "Database",
    "DatabaseBusy",
    "DatabaseDamaged",
    "DatabaseTooSlow",
    "NotDurable",
    "Reader",
    "Row",
    "Transaction",
    "UnusableDatabase",
    "at_leisure",
    "close_database",
    "current_database",
    "fetch",
    "fetch_briefly",
    "hearing_neighbours",
    "open_database",
    "read",
    "read_at_length",
    "read_briefly",
    "write",
]
