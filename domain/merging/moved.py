"""How much goes along with a resident who is merged into another one, and what the two have twice."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from storage import Reader


@dataclass(frozen=True, slots=True)
class Moved:
    """So many rows. `double_...`: of these, how many the other resident has for the same shift as well.

    `offers_over_limit`: of how many offers the two together have more tickets than one resident may have.
    """

    sign_ups: int
    attendances: int
    orders: int
    tickets: int
    reservations: int
    claims: int
    adjustments: int
    double_sign_ups: int
    double_attendances: int
    offers_over_limit: int

    def as_json(self) -> str:
        return json.dumps(asdict(self), separators=(",", ":"))


NOTHING = Moved(0, 0, 0, 0, 0, 0, 0, 0, 0, 0)


def moved_of(text: str) -> Moved:
    """What as_json() wrote."""
    return Moved(**json.loads(text))


def rows_of(table: str) -> str:
    return f"(SELECT COUNT(*) FROM {table} x WHERE x.resident_id = m.id)"


def doubles_in(table: str, stands: str) -> str:
    """SQL: how many shifts both have a row of `table` for that stands; `stands` is SQL on it."""
    both = f"{stands.format(t='x')} AND {stands.format(t='y')}"
    return f"""(SELECT COUNT(DISTINCT x.shift_id) FROM {table} x JOIN {table} y ON y.shift_id = x.shift_id
        AND y.resident_id = k.id WHERE x.resident_id = m.id AND {both})"""


OVER_LIMIT = """(SELECT COUNT(*) FROM offer_holdings x JOIN offer_holdings y ON y.offer_id = x.offer_id AND y.resident_id = k.id
    JOIN ticket_offers o ON o.id = x.offer_id
    WHERE x.resident_id = m.id AND x.tickets > 0 AND y.tickets > 0 AND x.tickets + y.tickets > o.limit_per_resident)"""
TABLES = ("sign_ups", "attendances", "ticket_orders", "tickets", "reservations", "claims", "adjustments")
SELECT = f"""SELECT {", ".join(rows_of(table) for table in TABLES)},
    {doubles_in("sign_ups", "{t}.status <> 'CANCELLED'")}, {doubles_in("attendances", "{t}.voided_at IS NULL")}, {OVER_LIMIT}
    FROM residents m JOIN residents k ON k.id = ? WHERE m.id = ?"""


async def find_moved(reader: Reader, kept_id: int, merged_id: int) -> Moved:
    """How much would go along now."""
    row = await reader.fetch_one(SELECT, kept_id, merged_id)
    assert row, "both residents are there"
    return Moved(*row)
