"""What deciding needs, for all rows at once, in a statement each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from domain.claims.approval_limit import PAID_ALONE, since
from domain.claims.batch import Known, ReadRow, Standing
from domain.claims.locks import lock_figures
from domain.claims.masked_account import account_key
from domain.claims.states import STANDS
from domain.people.find_resident import find_residents_by_phone
from domain.people.merged import find_kept
from ledger.accounts import AccountKind, AccountRef
from ledger.budget import budget_left, lock_budget
from storage import Reader, Row, Transaction
from storage.dialect import in_ids, in_texts

LATEST_ACCOUNT = f"""(SELECT c.account_key FROM claims c WHERE c.programme = w.programme AND c.resident_id = r.id
    AND c.{STANDS} ORDER BY c.figure DESC LIMIT 1)"""
WAITS = """EXISTS (SELECT 1 FROM claims c WHERE c.programme = w.programme AND c.resident_id = r.id AND c.status = 'PENDING')"""
STANDINGS = f"""SELECT r.id, w.id, w.status, w.credits, {PAID_ALONE}, COALESCE(f.figure, 0), f.seen_on, {LATEST_ACCOUNT},
        CASE WHEN {WAITS} THEN 1 ELSE 0 END
    FROM residents r JOIN accounts w ON w.holder_id = r.id AND w.kind = 'WALLET' AND w.merged_into_id IS NULL AND w.programme = ?
    LEFT JOIN attested_figures f ON f.programme = w.programme AND f.resident_id = r.id WHERE r.id """


async def look_up_to_write(tx: Transaction, programme: str, rows: Sequence[ReadRow], now: datetime) -> Known:
    """The same as look_up, and nobody else changes it until the end of this transaction."""
    people = await find_people(tx, rows)
    await lock_figures(tx, programme, people.ids)
    known = await look_up(tx, programme, rows, people, now)
    known.budget_left = await lock_budget(tx, programme)
    return known


async def look_up_to_try(reader: Reader, programme: str, rows: Sequence[ReadRow], now: datetime) -> Known:
    """What is known at this moment."""
    known = await look_up(reader, programme, rows, await find_people(reader, rows), now)
    known.budget_left = await budget_left(reader, programme)
    return known


@dataclass(frozen=True, slots=True)
class People:
    """Who is named: by their numbers, by the ids of residents who were merged, and the ids of all of them."""

    ids_by_phone: dict[str, int]
    kept: dict[int, int]
    ids: list[int]


async def find_people(reader: Reader, rows: Sequence[ReadRow]) -> People:
    phones = [row.named.phone for row in rows if row.named.phone is not None]
    ids_by_phone = await find_residents_by_phone(reader, phones) if phones else {}
    named = {row.named.resident_id for row in rows if row.named.resident_id is not None}
    kept = await find_kept(reader, named)
    ids = {kept.get(id_, id_) for id_ in named} | {*ids_by_phone.values()}
    return People(ids_by_phone, kept, sorted(ids))


async def look_up(reader: Reader, programme: str, rows: Sequence[ReadRow], people: People, now: datetime) -> Known:
    """All but the budget."""
    found = await reader.fetch(STANDINGS + in_ids(reader.dialect), since(now), programme, people.ids)
    keys = sorted({account_key(row.statement.masked_account) for row in rows})
    photos = sorted({row.statement.photo_sha256 for row in rows if row.statement.photo_sha256 is not None})
    return Known(
        people.ids_by_phone,
        people.kept,
        {row[0]: standing_of(row[1:]) for row in found},
        await find_holders(reader, programme, keys),
        await find_photos(reader, photos),
        None,
    )


def standing_of(row: Row) -> Standing:
    account_id, status, credits_, paid_alone, figure, seen_on, key, waits = row
    return Standing(
        account=AccountRef(account_id, AccountKind.WALLET),
        status=status,
        credits=credits_,
        paid_alone=paid_alone,
        figure=figure,
        seen_on=None if seen_on is None else date.fromisoformat(seen_on),
        account_key=key,
        waits=bool(waits),
    )


async def find_holders(reader: Reader, programme: str, keys: list[str]) -> dict[str, set[int]]:
    """Whose claims that stand name the accounts."""
    sql = f"""SELECT DISTINCT c.account_key, c.resident_id FROM claims c WHERE c.programme = ? AND c.{STANDS}
        AND c.account_key {in_texts(reader.dialect)}"""
    holders: dict[str, set[int]] = {}
    for key, resident_id in await reader.fetch(sql, programme, keys):
        holders.setdefault(key, set()).add(resident_id)
    return holders


async def find_photos(reader: Reader, photos: list[str]) -> set[str]:
    """Which of the photos a claim that stands has already."""
    sql = f"SELECT c.photo_sha256 FROM claims c WHERE c.{STANDS} AND c.photo_sha256 {in_texts(reader.dialect)}"
    return {row[0] for row in await reader.fetch(sql, photos)} if photos else set()
