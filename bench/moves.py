"""What happened in a filled book: for every wallet the same round of attendances, claims, orders and what was taken back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from ledger.posting import TransferKind
from storage.ids import EPOCH_MICROS, RANDOM_BITS

EARNED, SPENT = 2_000, 1_000


class Cause(Enum):
    """What moved points."""

    ATTENDED = auto()
    VOIDED = auto()
    CLAIMED = auto()
    ORDERED = auto()
    REFUNDED = auto()
    RESERVED = auto()
    CORRECTED = auto()


ROUND = (
    Cause.ATTENDED, Cause.ATTENDED, Cause.ORDERED, Cause.ATTENDED, Cause.CLAIMED, Cause.RESERVED,
    Cause.ATTENDED, Cause.ORDERED, Cause.REFUNDED, Cause.ATTENDED, Cause.ATTENDED, Cause.VOIDED,
)  # fmt: skip
KINDS = {
    Cause.ATTENDED: TransferKind.EARN,
    Cause.VOIDED: TransferKind.REVERSAL,
    Cause.CLAIMED: TransferKind.EARN,
    Cause.ORDERED: TransferKind.REDEEM,
    Cause.REFUNDED: TransferKind.REFUND,
    Cause.RESERVED: TransferKind.REDEEM,
    Cause.CORRECTED: TransferKind.ADJUST,
}
CHANGES = {
    Cause.ATTENDED: EARNED,
    Cause.VOIDED: -EARNED,
    Cause.CLAIMED: EARNED,
    Cause.ORDERED: -SPENT,
    Cause.REFUNDED: SPENT,
    Cause.RESERVED: -SPENT,
    Cause.CORRECTED: SPENT,
}
TAKES_BACK = (Cause.VOIDED, Cause.REFUNDED)


@dataclass(slots=True)
class Move:
    """One transfer of a resident's wallet. Its id leaves 4,095 more free for the rows around it; `taken_back_by` is set when
    the next move takes it back.
    """

    id: int
    resident: int
    position: int
    cause: Cause
    at: int
    balance: int
    before: Move | None
    taken_back_by: Move | None = None

    @property
    def change(self) -> int:
        """What it does to the wallet, in points."""
        return CHANGES[self.cause]

    @property
    def reverses(self) -> Move | None:
        """What it takes back."""
        return self.before if self.cause in TAKES_BACK else None


def moves(counts: Sequence[int], long_wallet: int | None, began: int, ended: int) -> Iterator[Move]:
    """So many moves for each resident, evenly between two instants; over time everyone gets their share, as in life.

    The long wallet's are corrections. Ids are those that the program would have made at these instants.
    """
    step = (ended - began) // max(sum(counts), 1)
    last: dict[int, Move] = {}
    waiting = [resident for resident, count in enumerate(counts, start=1) if count]
    at = began
    position = 0
    while waiting:
        position += 1
        for resident in waiting:
            at += step
            before = last.get(resident)
            cause = Cause.CORRECTED if resident == long_wallet else ROUND[(position - 1) % len(ROUND)]
            balance = (before.balance if before else 0) + CHANGES[cause]
            move = Move(at - EPOCH_MICROS << RANDOM_BITS, resident, position, cause, at, balance, before)
            if before and move.reverses:
                before.taken_back_by = move
            last[resident] = move
            yield move
        waiting = [resident for resident in waiting if counts[resident - 1] > position]
