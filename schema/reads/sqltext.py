"""Pieces of SQL with their parameters: Python source over `ask`, `args` and `parents`, evaluated for each request."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from storage.dialect import Dialect, in_ids, in_texts

_SPECIAL = re.compile(r"'[^']*'|(?P<is_in>\bIN\s+)?(?<!:):(?P<name>[a-z_][a-z0-9_]*)|\{(?P<alias>\w+)\}", re.IGNORECASE)


#: The type of a list without items: it needs no parameter.
EMPTY_LIST = "nothing"


class Sql(NamedTuple):
    """SQL with `?`, and what to bind, in order."""

    text: str
    params: tuple[str, ...] = ()

    def __format__(self, _: str) -> str:
        raise TypeError("join pieces of SQL with glue(), or their parameters are lost")


class Bind(NamedTuple):
    """What a `:name` stands for: Python source, and the SQL type to bind it as (engines cannot always infer one)."""

    source: str
    type: str
    is_list: bool = False


def glue(separator: str, pieces: Iterable[Sql | str]) -> Sql:
    """Pieces one after the other."""
    all_pieces = [Sql(piece) if isinstance(piece, str) else piece for piece in pieces]
    return Sql(
        separator.join(piece.text for piece in all_pieces), tuple(p for piece in all_pieces for p in piece.params)
    )


def fill(template: str, aliases: Mapping[str, str], binds: Mapping[str, Bind], dialect: Dialect) -> Sql:
    """A declaration's SQL with its `{t}`s and `:names` replaced. Raises KeyError for an unknown one."""
    params: list[str] = []

    def replace(match: re.Match[str]) -> str:
        if match["alias"]:
            return aliases[match["alias"]]
        if not match["name"]:
            return match[0]
        bind = binds[match["name"]]
        if bind.type == EMPTY_LIST:
            return "IN (NULL)"
        params.append(bind.source)
        if bind.is_list:
            assert match["is_in"], f"the list :{match['name']} goes with IN"
            return in_ids(dialect) if bind.type == "bigint" else in_texts(dialect)
        return f"{match['is_in'] or ''}CAST(? AS {bind.type})"

    return Sql(_SPECIAL.sub(replace, template), tuple(params))


def mentions(template: str, alias: str) -> bool:
    return f"{{{alias}}}" in template


def quoted(alias: str, column: str) -> str:
    return f'{alias}."{column}"'
