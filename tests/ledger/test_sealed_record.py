"""The sealed record: one fixed form, all there is to a posting, and nobody's name."""

from __future__ import annotations

import hashlib
import hmac
import json

import pytest

from domain.points.seal_key import seal_key
from ledger.models import Entry, Transfer
from ledger.seal_key import memo_salt
from ledger.sealed_record import ENTRY_COLUMNS, TRANSFER_COLUMNS, TRANSFER_KEYS, read_records
from storage import fetch, read
from tests.builders.ledger import a_book, a_wallet, earn

pytestmark = pytest.mark.usefixtures("database")


async def record_of(transfer_id: int) -> str:
    found = await read(lambda reader: read_records(reader, [transfer_id], seal_key().memo_key))
    return found.records[transfer_id].text().decode()


def test_every_column_of_transfers_and_entries_is_in_it() -> None:
    assert set(TRANSFER_COLUMNS) == set(Transfer._meta.db_fields)
    assert set(ENTRY_COLUMNS) == set(Entry._meta.db_fields)


def test_the_columns_stand_in_the_order_of_the_alphabet_so_that_keys_come_sorted() -> None:
    assert list(TRANSFER_KEYS) == sorted(TRANSFER_KEYS)
    assert list(ENTRY_COLUMNS) == sorted(ENTRY_COLUMNS)


async def test_it_is_json_with_sorted_keys_and_without_spaces() -> None:
    book = await a_book()
    text = await record_of(await earn(book, await a_wallet(book), 5))
    assert text == json.dumps(json.loads(text), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


async def test_it_holds_both_entries_and_says_what_each_account_had_afterwards() -> None:
    book = await a_book()
    wallet = await a_wallet(book, points=10)
    transfer_id = await earn(book, wallet, 5)
    record = json.loads(await record_of(transfer_id))
    moved = {entry["account_id"]: (entry["amount"], entry["balance_after"]) for entry in record["entries"]}
    assert moved == {wallet.id: (5, 15), book.issuance.id: (-5, None)}
    assert (record["transfer"]["id"], record["transfer"]["amount"], record["version"]) == (transfer_id, 5, 1)


async def test_the_memo_is_there_as_a_hash_that_only_its_salt_opens() -> None:
    book = await a_book()
    transfer_id, other = [await earn(book, await a_wallet(book), 5) for _ in range(2)]
    (memo,) = (await fetch("SELECT memo FROM transfers WHERE id = ?", transfer_id))[0]
    text = await record_of(transfer_id)
    assert memo not in text
    assert "memo" not in json.loads(text)["transfer"]
    salt = memo_salt(seal_key().memo_key, transfer_id)
    kept = json.loads(text)["transfer"]["memo_hash"]
    assert kept == hmac.new(salt, memo.encode(), hashlib.sha256).hexdigest()
    assert kept != json.loads(await record_of(other))["transfer"]["memo_hash"], "the same words, another salt"
