"""The audit finds whatever somebody changed behind the program's back, and says where."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from ledger.accounts import AccountRef
from ledger.audit import audit
from ledger.differences import SHOWN, Difference
from ledger.posting import MAX_POINTS, TransferKind
from storage import read
from tests.builders.ledger import Book, a_book, a_wallet, earn, moving, posted, some_wallets, spend, take_back
from tests.tampering import tampered

pytestmark = pytest.mark.usefixtures("database")


@dataclass(frozen=True, slots=True)
class Story:
    """A book with something of everything in it, and what a tamperer may want to name."""

    book: Book
    other: Book
    wallet: AccountRef
    award: int
    purchase: int
    taken_back: int
    reversal: int

    def named(self, sql: str) -> str:
        """The statement with the story's ids put in."""
        return sql.format(
            wallet=self.wallet.id,
            award=self.award,
            purchase=self.purchase,
            taken_back=self.taken_back,
            reversal=self.reversal,
            issuance=self.book.issuance.id,
            expiry=self.book.expiry.id,
            foreign=self.other.issuance.id,
            code=self.book.code,
            other=self.other.code,
        )


@pytest.fixture
async def story() -> Story:
    book, other = await a_book(budget=1000), await a_book()
    wallet = await a_wallet(book)
    award = await earn(book, wallet, 50)
    purchase = await spend(book, wallet, 20)
    await take_back(await spend(book, wallet, 5), TransferKind.REFUND)
    taken_back = await earn(book, wallet, 7)
    reversal = await take_back(taken_back)
    await posted(lambda tx: [moving(tx, book, TransferKind.ADJUST, 3, book.adjustment, wallet)])
    await a_wallet(other, points=4)
    return Story(book, other, wallet, award, purchase, taken_back, reversal)


async def test_a_book_that_adds_up_has_no_findings(story: Story) -> None:
    assert story.award
    assert await read(audit) == []


INSERT_TRANSFER = """INSERT INTO transfers (id, programme, kind, amount, debit_id, credit_id, memo, occurred_at, posted_at,
    reverses_id) VALUES (1, '{code}', """

TAMPERING = {
    "more points in a wallet": ("UPDATE accounts SET credits = credits + 1 WHERE id = {wallet}", {"wallet_sums"}),
    "less spent than was": ("UPDATE accounts SET debits = debits - 1 WHERE id = {wallet}", {"wallet_sums"}),
    "an entry not counted": ("UPDATE accounts SET entry_count = entry_count - 1 WHERE id = {wallet}", {"wallet_sums"}),
    "a wallet's last entry removed": (
        "DELETE FROM entries WHERE account_id = {wallet} AND position = 7",
        {"wallet_sums", "transfer_entries", "programme_sums"},
    ),
    "an entry moved to a later position": (
        "UPDATE entries SET position = 99 WHERE account_id = {wallet} AND position = 7",
        {"wallet_positions"},
    ),
    "a balance painted over": (
        "UPDATE entries SET balance_after = 1000 WHERE account_id = {wallet} AND position = 1",
        {"wallet_balances"},
    ),
    "a balance wiped out": (
        "UPDATE entries SET balance_after = NULL WHERE account_id = {wallet} AND position = 1",
        {"wallet_balances"},
    ),
    "an entry made larger": (
        "UPDATE entries SET amount = 60 WHERE account_id = {wallet} AND position = 1",
        {"wallet_sums", "wallet_balances", "transfer_entries", "stray_entries", "programme_sums"},
    ),
    "an entry given to another account": (
        "UPDATE entries SET account_id = {expiry} WHERE transfer_id = {award} AND account_id = {issuance}",
        {"transfer_entries", "stray_entries", "programme_issued"},
    ),
    "an entry of no transfer": (
        "UPDATE entries SET transfer_id = 404 WHERE transfer_id = {award} AND account_id = {wallet}",
        {"transfer_entries", "stray_entries"},
    ),
    "an entry dated back": (
        "UPDATE entries SET posted_at = 0 WHERE transfer_id = {award} AND account_id = {wallet}",
        {"entry_times"},
    ),
    "a system account's entry out of place": (
        "UPDATE entries SET position = 3 WHERE transfer_id = {award} AND account_id = {issuance}",
        {"system_entries"},
    ),
    "a transfer made larger": (
        "UPDATE transfers SET amount = 60 WHERE id = {award}",
        {"transfer_entries", "stray_entries"},
    ),
    "a transfer turned round": (
        "UPDATE transfers SET debit_id = credit_id, credit_id = debit_id WHERE id = {award}",
        {"transfer_entries", "stray_entries", "transfer_routes"},
    ),
    "a transfer of another programme": (
        "UPDATE transfers SET programme = '{other}' WHERE id = {award}",
        {"transfer_programmes"},
    ),
    "a transfer from another programme's account": (
        "UPDATE transfers SET debit_id = {foreign} WHERE id = {award}",
        {"transfer_programmes", "transfer_entries", "stray_entries"},
    ),
    "a purchase called an award": ("UPDATE transfers SET kind = 'EARN' WHERE id = {purchase}", {"transfer_routes"}),
    "a transfer removed": (
        "DELETE FROM transfers WHERE id = {award}",
        {"stray_entries"},
    ),
    "a transfer without entries": (
        INSERT_TRANSFER + "'EARN', 5, {issuance}, {wallet}, 'x', 0, 0, NULL)",
        {"transfer_entries"},
    ),
    "a reversal of something else": (
        "UPDATE transfers SET reverses_id = {award} WHERE id = {reversal}",
        {"reversals"},
    ),
    "a reversal of nothing": ("UPDATE transfers SET reverses_id = 404 WHERE id = {reversal}", {"reversals"}),
    "a programme that issued less": (
        "UPDATE programmes SET issued = issued - 1 WHERE code = '{code}'",
        {"programme_issued"},
    ),
    "a wallet moved to another programme": (
        "UPDATE accounts SET programme = '{other}', holder_id = 5 WHERE id = {wallet}",
        {"transfer_programmes", "programme_sums"},
    ),
}


async def test_whatever_is_changed_behind_its_back_is_found(story: Story, database_url: str) -> None:
    found: dict[str, set[str]] = {}
    for name, (statement, _) in TAMPERING.items():
        async with tampered(database_url, story.named(statement)) as reader:
            found[name] = {finding.kind for finding in await audit(reader)}
    assert found == {name: kinds for name, (_, kinds) in TAMPERING.items()}


WITHOUT_CHECKS = {
    "sqlite": "PRAGMA ignore_check_constraints = ON",
    "postgres": "ALTER TABLE transfers DROP CONSTRAINT transfers_taken_back_by_kind",
}


async def test_a_wallet_that_spent_what_it_had_not_is_found(engine: str, database_url: str) -> None:
    book = await a_book()
    wallet = await a_wallet(book)
    award = await earn(book, wallet, 10)
    await spend(book, wallet, 10)
    renamed = f"UPDATE transfers SET kind = 'ADJUST', reverses_id = NULL WHERE id = {await take_back(award)}"
    async with tampered(database_url, WITHOUT_CHECKS[engine], renamed) as reader:
        assert {finding.kind for finding in await audit(reader)} == {"wallet_below_zero", "transfer_routes"}


async def test_a_transfer_reversed_twice_is_found(database_url: str) -> None:
    book = await a_book()
    wallet = await a_wallet(book)
    award, second = await earn(book, wallet, 10), await earn(book, wallet, 10)
    await take_back(award)
    again = f"UPDATE transfers SET reverses_id = {award} WHERE id = {await take_back(second)}"
    async with tampered(database_url, "DROP INDEX transfers_reversed_once", again) as reader:
        assert [(f.kind, f.first) for f in await audit(reader)] == [("reversed_once", (Difference(award, 1, 2),))]


async def test_a_key_that_its_caller_has_twice_is_found(database_url: str) -> None:
    again = """INSERT INTO idempotency_keys (id, caller_id, key, act, digest, answer, created_at)
        VALUES ({}, 7, 'k', 'redeem_tickets', '', '1', 0)"""
    both = (again.format(number) for number in (1, 2))
    async with tampered(database_url, "DROP INDEX idempotency_keys_once", *both) as reader:
        assert [(f.kind, f.first) for f in await audit(reader)] == [("idempotency_keys", (Difference(1, 1, 2),))]


async def test_a_finding_names_the_first_rows_and_counts_the_rest(database_url: str) -> None:
    book = await a_book()
    wallets = await some_wallets(book, SHOWN + 5, points=1)
    async with tampered(database_url, "UPDATE accounts SET credits = 7 WHERE kind = 'WALLET'") as reader:
        (finding,) = await audit(reader)
    assert (finding.kind, finding.total) == ("wallet_sums", SHOWN + 5)
    assert [d.row_id for d in finding.first] == sorted(wallet.id for wallet in wallets)[:SHOWN]
    assert finding.first[0] == Difference(min(wallet.id for wallet in wallets), "0/1/1", "0/7/1")
    assert str(finding).endswith("; and 5 more")


async def test_the_largest_wallet_adds_up() -> None:
    book = await a_book()
    await a_wallet(book, points=MAX_POINTS)
    assert await read(audit) == []
