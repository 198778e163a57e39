"""Programmes and their accounts: four system accounts each, and one wallet for every resident."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ledger.refusals import InvalidInput
from storage import Reader, Transaction
from storage.dialect import in_ids
from storage.instants import to_micros


class AccountKind(StrEnum):
    """What an account is for. Points come from ISSUANCE and go to REDEMPTION or EXPIRY; ADJUSTMENT takes corrections."""

    WALLET = "WALLET"
    ISSUANCE = "ISSUANCE"
    REDEMPTION = "REDEMPTION"
    EXPIRY = "EXPIRY"
    ADJUSTMENT = "ADJUSTMENT"


class AccountStatus(StrEnum):
    """What a wallet lets through: OPEN all; FROZEN no spending; CLOSED nothing but reversals."""

    OPEN = "OPEN"
    FROZEN = "FROZEN"
    CLOSED = "CLOSED"


SYSTEM_KINDS = (AccountKind.ISSUANCE, AccountKind.REDEMPTION, AccountKind.EXPIRY, AccountKind.ADJUSTMENT)


@dataclass(frozen=True, slots=True)
class AccountRef:
    """An account as a posting needs it."""

    id: int
    kind: AccountKind

    @property
    def is_wallet(self) -> bool:
        return self.kind is AccountKind.WALLET


@dataclass(frozen=True, slots=True)
class Accounts:
    """A system account of a programme, and the wallets of some residents by their ids."""

    system: AccountRef
    wallets: dict[int, AccountRef]


# A wallet that points are in, unlike one whose points went to another (ledger/merging.py): by the index accounts_wallet_once.
A_WALLET = "kind = 'WALLET' AND merged_into_id IS NULL"
INSERT_ACCOUNT = "INSERT INTO accounts (id, programme, kind, holder_id, created_at) VALUES (?, ?, ?, ?, ?)"
# The index is named, so that an id which two processes made is not taken for a wallet that is there.
OPEN_WALLET = f"{INSERT_ACCOUNT} ON CONFLICT (holder_id, programme) WHERE {A_WALLET} DO NOTHING"


# Who registers while a programme is created gets their wallets before, or after: never in between. SQLite's writer is alone.
ALL_WALLETS = 7_308_895_153_361_741_165  # any number that nobody else locks by
INSERT_PROGRAMME = (
    "INSERT INTO programmes (id, code, name, zone, budget) VALUES (?, ?, ?, ?, ?) ON CONFLICT (code) DO NOTHING"
)


async def create_programme(
    tx: Transaction, code: str, name: str, zone: str, budget: int | None, now: datetime
) -> int | None:
    """A new, empty book with its system accounts, and a wallet for everyone who has one in another book; its id.

    `budget` is the most points it may issue, None for no limit. None where the code is taken.
    """
    if tx.dialect == "postgres":
        await tx.fetch("SELECT pg_advisory_xact_lock(?)", ALL_WALLETS)
    programme_id = tx.new_id()
    if not await tx.execute(INSERT_PROGRAMME, programme_id, code, name, zone, budget):
        return None
    system = [(tx.new_id(), code, kind.value, None, to_micros(now)) for kind in SYSTEM_KINDS]
    await tx.execute_many(INSERT_ACCOUNT, system)
    holders = await tx.fetch(f"SELECT DISTINCT holder_id FROM accounts WHERE {A_WALLET} ORDER BY holder_id")
    wallets = [(tx.new_id(), code, AccountKind.WALLET.value, holder_id, to_micros(now)) for (holder_id,) in holders]
    await tx.execute_many(OPEN_WALLET, wallets)
    return programme_id


async def open_wallets(tx: Transaction, holder_id: int, now: datetime) -> None:
    """The holder has a wallet in every programme. Opening twice changes nothing."""
    if tx.dialect == "postgres":
        await tx.fetch("SELECT pg_advisory_xact_lock_shared(?)", ALL_WALLETS)
    codes = [row[0] for row in await tx.fetch("SELECT code FROM programmes ORDER BY code")]
    rows = [(tx.new_id(), code, AccountKind.WALLET.value, holder_id, to_micros(now)) for code in codes]
    await tx.execute_many(OPEN_WALLET, rows)


# Two halves, and in each the condition of its partial index: joined by OR, SQLite would look at every account.
FIND_ACCOUNTS = f"""SELECT id, kind, holder_id FROM accounts WHERE programme = ? AND kind = ? AND kind <> 'WALLET'
    UNION ALL SELECT id, kind, holder_id FROM accounts WHERE programme = ? AND {A_WALLET} AND holder_id """


async def find_accounts(reader: Reader, programme: str, system: AccountKind, holder_ids: Sequence[int]) -> Accounts:
    """A system account and the wallets of some residents, in one statement. Raises InvalidInput for an unknown programme."""
    rows = await reader.fetch(
        FIND_ACCOUNTS + in_ids(reader.dialect), programme, system.value, programme, list(holder_ids)
    )
    refs = {holder: AccountRef(id_, AccountKind(kind)) for id_, kind, holder in rows}
    if None not in refs:
        raise InvalidInput(reason="unknown_programme", values={"programme": programme}, path=("programme",))
    return Accounts(refs.pop(None), refs)
