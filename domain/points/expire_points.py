"""Points whose last day is over leave their wallets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from ledger.accounts import AccountKind, AccountRef, find_accounts
from ledger.expiring import STANDING_CREDITS, Lot, expiring
from ledger.expiry_policy import DAY, Expiry, ExpiryPolicy
from ledger.posting import NewTransfer, TransferKind, post
from storage import Reader, Transaction, read_at_length, write
from storage.dialect import in_ids
from storage.instants import to_micros

BATCH = 500  # wallets of one transaction
LOCK = {"postgres": " FOR NO KEY UPDATE", "sqlite": ""}


@dataclass(slots=True)
class Expired:
    """What a run posted: so many points of so many wallets."""

    points: int = 0
    wallets: int = 0


async def expire_points(programme: str, now: datetime, until: date | None = None) -> Expired:
    """Whatever could last be spent on a day that is over is in EXPIRY: a transfer for each wallet and last day.

    `until`: only what expired by this day; None, or a day that is not over: yesterday, as the programme's zone has it.
    Run again it posts nothing more, run late it catches up, killed it goes on where it was. Raises InvalidInput for an
    unknown programme.
    """
    policy = await read_at_length(lambda reader: find_policy(reader, programme))
    yesterday = policy.day_of(now) - DAY
    over = yesterday if until is None else min(until, yesterday)
    expired, last_id = Expired(), 0
    while wallets := await read_at_length(lambda reader: due_wallets(reader, programme, policy, over, last_id)):  # noqa: B023 - read before the next round
        last_id = wallets[-1]
        await expire_batch(programme, policy, over, wallets, now, expired)
    return expired


async def find_policy(reader: Reader, programme: str) -> ExpiryPolicy:
    """Raises InvalidInput."""
    await find_accounts(reader, programme, AccountKind.EXPIRY, [])
    sql = "SELECT expiry, expiry_months, zone, expiry_not_before FROM programmes WHERE code = ?"
    row = await reader.fetch_one(sql, programme)
    assert row, "a programme with accounts is there"
    return ExpiryPolicy(Expiry(row[0]), row[1], row[2], date.fromisoformat(row[3]) if row[3] else None)


# More is available than came in on days whose points are still good.
DUE = f"""SELECT a.id FROM accounts a WHERE a.programme = ? AND a.kind = 'WALLET' AND a.id > ?
    AND a.credits - a.debits - a.held > (SELECT COALESCE(SUM(dc.amount), 0) FROM
        ({STANDING_CREDITS} AND ce.account_id = a.id) AS dc WHERE dc.came_in >= ?) ORDER BY a.id LIMIT {BATCH}"""


async def due_wallets(reader: Reader, programme: str, policy: ExpiryPolicy, over: date, after_id: int) -> list[int]:
    """The next wallets, in the order of their ids, with points whose last day is over."""
    first_left = policy.first_day_left(over)
    if first_left is None:
        return []
    rows = await reader.fetch(DUE, programme, after_id, to_micros(policy.start_of(first_left)))
    return [row[0] for row in rows]


async def expire_batch(
    programme: str, policy: ExpiryPolicy, over: date, wallets: list[int], now: datetime, expired: Expired
) -> None:
    async def body(tx: Transaction) -> list[NewTransfer]:
        expiry = (await find_accounts(tx, programme, AccountKind.EXPIRY, [])).system
        ids = in_ids(tx.dialect)
        locked = await tx.fetch(
            f"SELECT id, credits - debits - held FROM accounts WHERE id {ids} ORDER BY id{LOCK[tx.dialect]}", wallets
        )
        lots = lots_by_wallet(await tx.fetch(f"{STANDING_CREDITS} AND ce.account_id {ids}", wallets))
        transfers = [
            transfer_of(tx.new_id(), programme, AccountRef(wallet_id, AccountKind.WALLET), expiry, amount, day, policy)
            for wallet_id, available in locked
            for day, amount in expiring(lots.get(wallet_id, []), available, policy).items()
            if day <= over
        ]
        await post(tx, transfers, now)
        for wallet_id in {transfer.debit.id for transfer in transfers}:
            tx.announce(f"wallet:{wallet_id}")
        return transfers

    posted = await write(body)
    expired.points += sum(transfer.amount for transfer in posted)
    expired.wallets += len({transfer.debit.id for transfer in posted})


def lots_by_wallet(rows: Sequence[Sequence[int]]) -> dict[int, list[Lot]]:
    lots: dict[int, list[Lot]] = {}
    for _, wallet_id, came_in, amount in rows:
        lots.setdefault(wallet_id, []).append((came_in, amount))
    return lots


def transfer_of(
    id_: int, programme: str, wallet: AccountRef, expiry: AccountRef, amount: int, day: date, policy: ExpiryPolicy
) -> NewTransfer:
    return NewTransfer(
        id=id_,
        programme=programme,
        kind=TransferKind.EXPIRE,
        amount=amount,
        debit=wallet,
        credit=expiry,
        memo=f"积分于 {day:%Y-%m-%d} 到期",
        occurred_at=policy.start_of(day + DAY),
    )
