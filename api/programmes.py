"""The books that every installation has: points of Xuexi Qiangguo, and points of volunteers."""

from __future__ import annotations

from datetime import datetime

from ledger.accounts import create_programme
from storage import Transaction, fetch, write

PROGRAMMES = {"xuexi": "学习强国积分", "volunteer": "志愿服务积分"}


async def ensure_programmes(zone: str, now: datetime) -> None:
    """Both programmes are there, without a budget. Those that were there stay as they are."""
    if {row[0] for row in await fetch("SELECT code FROM programmes")} >= PROGRAMMES.keys():
        return

    async def body(tx: Transaction) -> None:
        if tx.dialect == "postgres":  # two processes that start at once; SQLite's transaction is a lock by itself
            await tx.execute("LOCK TABLE programmes IN SHARE ROW EXCLUSIVE MODE")
        there = {row[0] for row in await tx.fetch("SELECT code FROM programmes")}
        for code, name in PROGRAMMES.items():
            if code not in there:
                await create_programme(tx, code, name, zone, None, now)

    await write(body)
