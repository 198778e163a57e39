"""What is posted when one resident's points go to another: pieces by day, or what is missing in the wallet that is merged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ledger.accounts import AccountKind, AccountRef
from ledger.merging import Piece, WalletPair, find_pieces
from ledger.posting import NewTransfer, Source, TransferKind
from storage import Reader

SOURCE = "ResidentMerge"
MISSING = "补足原账户的欠分"


@dataclass(frozen=True, slots=True)
class Movement:
    """So many points from one wallet to the other, as old as `occurred_at`."""

    programme: str
    amount: int
    debit_id: int
    credit_id: int
    memo: str
    occurred_at: datetime


async def find_movements(reader: Reader, pairs: Sequence[WalletPair], now: datetime) -> list[Movement]:
    """What leaves every merged wallet at 0. Nothing of it is held."""
    found: list[Movement] = []
    for pair in pairs:
        if pair.merged.balance > 0:
            found += [movement_of(pair, piece) for piece in await find_pieces(reader, pair)]
        if pair.merged.balance < 0:
            ids = (pair.kept.id, pair.merged.id)
            found.append(Movement(pair.programme, -pair.merged.balance, *ids, MISSING, now))
    return found


def movement_of(pair: WalletPair, piece: Piece) -> Movement:
    day = piece.came_in.astimezone(pair.zone).date()
    memo = f"原账户 {day:%Y-%m-%d} 获得的积分"
    return Movement(pair.programme, piece.amount, pair.merged.id, pair.kept.id, memo, piece.came_in)


def transfer_of(id_: int, movement: Movement, merge_id: int, administrator_id: int) -> NewTransfer:
    return NewTransfer(
        id=id_,
        programme=movement.programme,
        kind=TransferKind.ADJUST,
        amount=movement.amount,
        debit=AccountRef(movement.debit_id, AccountKind.WALLET),
        credit=AccountRef(movement.credit_id, AccountKind.WALLET),
        memo=movement.memo,
        occurred_at=movement.occurred_at,
        source=Source(SOURCE, merge_id),
        posted_by_id=administrator_id,
    )
