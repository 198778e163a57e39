"""What a database really has: its columns and its rules, read from the engine's own catalog."""

from __future__ import annotations

import re
from dataclasses import dataclass

from storage import Reader

OURS = "name NOT LIKE 'sqlite_%' AND name NOT LIKE 'tortoise_%'"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its type in the words of storage/ddl.py, and whether it may be NULL."""

    type: str
    nullable: bool


async def columns(reader: Reader) -> dict[str, dict[str, Column]]:
    """Every table's columns."""
    return await (sqlite_columns(reader) if reader.dialect == "sqlite" else postgres_columns(reader))


async def rules(reader: Reader) -> set[str]:
    """The names of all CHECKs, named foreign keys, UNIQUE constraints, indexes and triggers: 'kind name'."""
    return await (sqlite_rules(reader) if reader.dialect == "sqlite" else postgres_rules(reader))


async def tables(reader: Reader) -> list[str]:
    """Our own tables, not the engine's or Tortoise's."""
    if reader.dialect == "sqlite":
        sql = f"SELECT name FROM sqlite_master WHERE type = 'table' AND {OURS} ORDER BY name"
    else:
        sql = """SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE 'tortoise_%'
            ORDER BY tablename COLLATE "C" """
    return [row[0] for row in await reader.fetch(sql)]


SQLITE_TYPES = {"INTEGER": "int", "TEXT": "text", "REAL": "float", "BLOB": "bytes"}
POSTGRES_TYPES = {"bigint": "int", "text": "text", "double precision": "float", "bytea": "bytes"}


async def sqlite_columns(reader: Reader) -> dict[str, dict[str, Column]]:
    found: dict[str, dict[str, Column]] = {}
    for table in await tables(reader):
        rows = await reader.fetch('SELECT name, type, "notnull" = 0 AND pk = 0 FROM pragma_table_info(?)', table)
        found[table] = {name: Column(SQLITE_TYPES[type_], bool(nullable)) for name, type_, nullable in rows}
    return found


async def postgres_columns(reader: Reader) -> dict[str, dict[str, Column]]:
    found: dict[str, dict[str, Column]] = {table: {} for table in await tables(reader)}
    for table, name, type_, nullable in await reader.fetch(
        """SELECT table_name, column_name, data_type, is_nullable = 'YES' FROM information_schema.columns
           WHERE table_schema = 'public'"""
    ):
        if table in found:
            found[table][name] = Column(POSTGRES_TYPES[type_], nullable)
    return found


async def references(reader: Reader) -> set[str]:
    """The columns that refer to another table: 'table.column'."""
    if reader.dialect == "sqlite":
        pairs = [
            (table, row[0])
            for table in await tables(reader)
            for row in await reader.fetch('SELECT "from" FROM pragma_foreign_key_list(?)', table)
        ]
    else:
        sql = """SELECT c.conrelid::regclass::text, a.attname FROM pg_constraint c
            JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY(c.conkey) WHERE c.contype = 'f'"""
        pairs = [(row[0], row[1]) for row in await reader.fetch(sql)]
    return {f"{table}.{column}" for table, column in pairs}


NAMED = re.compile(r"CONSTRAINT (\w+) (CHECK|UNIQUE|FOREIGN KEY|PRIMARY KEY)")


async def sqlite_rules(reader: Reader) -> set[str]:
    """SQLite keeps a constraint's name in the text of its table only."""
    found: set[str] = set()
    for type_, name, sql in await reader.fetch(
        f"SELECT type, name, sql FROM sqlite_master WHERE {OURS} AND sql IS NOT NULL"
    ):
        if type_ == "table":
            found |= {f"{kind.lower()} {constraint}" for constraint, kind in NAMED.findall(sql)}
        elif type_ == "index":
            found.add(("unique " if sql.startswith("CREATE UNIQUE") else "index ") + name)
        else:
            found.add(f"trigger {name}")
    return found


POSTGRES_KINDS = {"c": "check", "u": "unique", "f": "foreign key", "p": "primary key"}


async def postgres_rules(reader: Reader) -> set[str]:
    """Without what PostgreSQL names by itself: `..._pkey` of one column, `..._fkey`, `..._not_null`."""
    found: set[str] = set()
    for name, kind, columns_of in await reader.fetch(
        """SELECT conname, contype::text, cardinality(conkey) FROM pg_constraint
           WHERE connamespace = 'public'::regnamespace AND conrelid <> 0 AND conrelid::regclass::text NOT LIKE 'tortoise_%'"""
    ):
        if kind in POSTGRES_KINDS and not (kind == "p" and columns_of == 1) and not name.endswith("_fkey"):
            found.add(f"{POSTGRES_KINDS[kind]} {name}")
    for name, unique in await reader.fetch(
        """SELECT i.indexrelid::regclass::text, i.indisunique FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid
           WHERE t.relnamespace = 'public'::regnamespace AND t.relname NOT LIKE 'tortoise_%'
           AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid AND c.contype IN ('u', 'p'))"""
    ):
        found.add(f"{'unique' if unique else 'index'} {name}")
    for (name,) in await reader.fetch("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'O'"):
        found.add(f"trigger {name}")
    return found
