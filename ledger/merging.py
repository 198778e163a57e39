"""One wallet takes over another one's points: those of two holders who turned out to be one person.

The book is not rewritten. Points move by transfers, in pieces for each day on which they came in, so that they expire when they
would have. The wallet they leave is closed, empty for good, and leads to the one that took over: what is taken back of its
transfers later moves points there (ledger/reversal.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from ledger.account_status import HeldWallet, StatusChange, set_status
from ledger.accounts import AccountStatus
from ledger.expiring import STANDING_CREDITS, Lot
from storage import Reader, Row, Transaction
from storage.instants import from_micros

# NO KEY: rows that merely refer to an account (foreign keys) need not wait for it.
LOCK = {"postgres": " FOR NO KEY UPDATE OF a", "sqlite": ""}


@dataclass(frozen=True, slots=True)
class WalletPair:
    """Two wallets of one programme: `kept` takes over from `merged`. `zone` decides which day it was."""

    programme: str
    zone: ZoneInfo
    kept: HeldWallet
    merged: HeldWallet


@dataclass(frozen=True, slots=True)
class Piece:
    """So many points that came in on one day; `came_in` is when the last of them did."""

    amount: int
    came_in: datetime


SELECT = """SELECT a.programme, p.zone, a.id, a.holder_id, a.status, a.credits - a.debits, a.held
    FROM accounts a JOIN programmes p ON p.code = a.programme
    WHERE a.holder_id IN (?, ?) AND a.kind = 'WALLET' AND a.merged_into_id IS NULL ORDER BY a.id"""


async def lock_pairs(tx: Transaction, kept_holder_id: int, merged_holder_id: int) -> list[WalletPair]:
    """The wallets of both, programme by programme, which nobody else changes until the end of this transaction."""
    return pairs_of(await tx.fetch(SELECT + LOCK[tx.dialect], kept_holder_id, merged_holder_id), kept_holder_id)


async def find_pairs(reader: Reader, kept_holder_id: int, merged_holder_id: int) -> list[WalletPair]:
    """The same without locking, for whoever only wants to know."""
    return pairs_of(await reader.fetch(SELECT, kept_holder_id, merged_holder_id), kept_holder_id)


def pairs_of(rows: Iterable[Row], kept_holder_id: int) -> list[WalletPair]:
    kept: dict[str, HeldWallet] = {}
    merged: dict[str, tuple[str, HeldWallet]] = {}
    for programme, zone, id_, holder_id, status, balance, held in rows:
        wallet = HeldWallet(id_, holder_id, AccountStatus(status), balance, held)
        if holder_id == kept_holder_id:
            kept[programme] = wallet
        else:
            merged[programme] = zone, wallet
    return [
        WalletPair(code, ZoneInfo(zone), kept[code], wallet)
        for code, (zone, wallet) in sorted(merged.items())
        if code in kept  # whoever was merged has no wallets any more
    ]


async def find_pieces(reader: Reader, pair: WalletPair) -> list[Piece]:
    """What would move from the wallet that is merged, oldest first. Nothing of it is held."""
    rows = await reader.fetch(f"{STANDING_CREDITS} AND ce.account_id = ?", pair.merged.id)
    return pieces([(row[2], row[3]) for row in rows], pair.merged.balance, pair.zone)


def pieces(lots: Sequence[Lot], available: int, zone: ZoneInfo) -> list[Piece]:
    """The newest of the lots, as many points as are available, a piece for each local day; oldest first."""
    days: dict[object, Piece] = {}
    for came_in, amount in sorted(lots, reverse=True):
        left = min(amount, available)
        if left <= 0:
            break
        instant = from_micros(came_in)
        day = instant.astimezone(zone).date()
        days[day] = Piece(days[day].amount + left, days[day].came_in) if day in days else Piece(left, instant)
        available -= left
    return sorted(days.values(), key=lambda piece: piece.came_in)


HAND_OVER = """UPDATE accounts SET former_holder_id = COALESCE(former_holder_id, holder_id), holder_id = ?, merged_into_id = ?
    WHERE id = ? OR merged_into_id = ?"""


async def hand_over(tx: Transaction, pair: WalletPair, change: StatusChange, now: datetime) -> None:
    """The merged wallet, empty by now, is closed and its holder is the other one's; so are those that it had taken over."""
    if pair.merged.status is not AccountStatus.CLOSED:
        await set_status(tx, replace(pair.merged, balance=0), change, now)
    await tx.execute(HAND_OVER, pair.kept.holder_id, pair.kept.id, pair.merged.id, pair.merged.id)
