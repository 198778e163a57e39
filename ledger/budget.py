"""How much a programme may still issue."""

from __future__ import annotations

from dataclasses import dataclass

from storage import Reader, Transaction

# NO KEY: rows that merely refer to the programme (foreign keys) need not wait. Without a budget nobody queues for the row.
LOCK = {"postgres": " FOR NO KEY UPDATE", "sqlite": ""}
# Whoever posts shares the row with everybody who posts; whoever changes what a programme allows has it alone.
SHARE = {"postgres": " FOR KEY SHARE", "sqlite": ""}
ALONE = {"postgres": " FOR UPDATE", "sqlite": ""}


@dataclass(frozen=True, slots=True)
class HeldProgramme:
    """A programme to which nobody posts until the end of the transaction."""

    id: int
    zone: str


LEFT = "SELECT budget - issued FROM programmes WHERE code = ? AND budget IS NOT NULL"


async def lock_budget(tx: Transaction, programme: str) -> int | None:
    """The points left of the programme's budget, which nobody else issues until the end of this transaction; None: no limit."""
    left: int | None = await tx.fetch_value(LEFT + LOCK[tx.dialect], programme)
    return left


async def budget_left(reader: Reader, programme: str) -> int | None:
    """The same at this moment, for whoever posts nothing."""
    left: int | None = await reader.fetch_value(LEFT, programme)
    return left


async def find_budget(tx: Transaction, programme: str) -> int | None:
    """The programme's budget, which nobody sets until the end of this transaction; None: no limit."""
    sql = "SELECT budget FROM programmes WHERE code = ?"
    budget: int | None = await tx.fetch_value(sql + SHARE[tx.dialect], programme)
    return budget


async def hold_programme(tx: Transaction, programme: str) -> HeldProgramme | None:
    """The programme, held: all who posted to it have ended, and the next wait. None where there is none."""
    row = await tx.fetch_one("SELECT id, zone FROM programmes WHERE code = ?" + ALONE[tx.dialect], programme)
    return None if row is None else HeldProgramme(*row)


ISSUED = """SELECT CAST(COALESCE(-SUM(e.amount), 0) AS BIGINT) FROM accounts a JOIN entries e ON e.account_id = a.id
    WHERE a.programme = ? AND a.kind = 'ISSUANCE'"""


async def points_issued(tx: Transaction, programme: str) -> int:
    """The points that the programme has issued, added up from its entries."""
    issued: int = await tx.fetch_value(ISSUED, programme)
    return issued


async def put_budget(tx: Transaction, programme_id: int, budget: int | None, issued: int) -> None:
    """The budget is set; what was issued is counted from now on as long as there is one. The caller holds the programme."""
    await tx.execute("UPDATE programmes SET budget = ?, issued = ? WHERE id = ?", budget, issued, programme_id)
