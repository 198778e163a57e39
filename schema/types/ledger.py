"""Wallets, accounts, transfers and entries: the holder sees their own, readers of the book see all."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Annotated, Union

import strawberry

from domain.claims.visibility import sees_claim
from domain.people.rights import reads_the_book
from domain.redemption.visibility import sees_order
from domain.volunteering.visibility import sees_attendance
from ledger import models
from ledger.balance import balance_at_sql
from ledger.expiring import expiring, lots_left_sql, lots_of
from ledger.expiry_policy import Expiry, ExpiryPolicy
from schema.enums import AccountKind, AccountStatus, BookTime, TransferKind
from schema.explaining import explain_transfer
from schema.inputs.ledger import EntryFilter
from schema.reads.arguments import argument
from schema.reads.declare import Node, column, computed, connection, row_type, sql, to_many, to_one, to_one_of
from schema.reads.paging import Connection
from schema.reads.sources import Condition, condition
from schema.scalars import Points
from schema.searching import problem_of_entries
from schema.types.adjustments import Adjustment
from schema.types.claims import Claim
from schema.types.merging import ResidentMerge
from schema.types.people import Resident
from schema.types.redemption import TicketOrder
from schema.types.volunteering import Attendance

HOLDS_OR_READS = f"({{t}}.holder_id = :viewer OR {reads_the_book()})"
BALANCE = "{t}.credits - {t}.debits"
# A hold whose deadline is over is free, whether or not it was marked as expired yet. Most wallets hold nothing.
HELD = """CASE WHEN {t}.held = 0 THEN 0 ELSE (SELECT CAST(COALESCE(SUM(hh.amount), 0) AS BIGINT) FROM holds hh
    WHERE hh.debit_id = {t}.id AND hh.status = 'HELD' AND hh.expires_at > :now) END"""


def sum_of_entries(amount: str) -> str:
    """SQL: `amount` of the entries se, added up over the account {t}."""
    return f"(SELECT CAST(COALESCE(SUM({amount}), 0) AS BIGINT) FROM entries se WHERE se.account_id = {{t}}.id)"


def sum_of_own_part(amount: str) -> str:
    """SQL: the same, over those transfers only that moved points of a wallet of :viewer's. It starts at that wallet's entries."""
    return f"""(SELECT CAST(COALESCE(SUM({amount}), 0) AS BIGINT) FROM accounts sw JOIN entries sm ON sm.account_id = sw.id
        JOIN entries se ON se.transfer_id = sm.transfer_id AND se.account_id = {{t}}.id WHERE sw.holder_id = :viewer)"""


def figure(stored: str, amount: str) -> str:
    """SQL for a sum of an account as :viewer may know it. Only a wallet's sums are stored."""
    return f"""CASE WHEN {{t}}.holder_id = :viewer THEN {stored}
        WHEN NOT {reads_the_book()} THEN {sum_of_own_part(amount)}
        WHEN {{t}}.kind = 'WALLET' THEN {stored} ELSE {sum_of_entries(amount)} END"""


def entries_where(filter: EntryFilter | None) -> Iterator[Condition]:  # noqa: A002 - the contract's name
    if filter is None:
        return
    if filter.from_:
        yield condition("{other}.posted_at >= :since", since=filter.from_)
    if filter.until:
        yield condition("{other}.posted_at < :until", until=filter.until)
    if filter.kinds is not None:
        kind = "SELECT ft.id FROM transfers ft WHERE ft.id = {other}.transfer_id AND ft.kind IN :kinds"
        yield condition(f"EXISTS ({kind})", kinds=filter.kinds)


@strawberry.type(description="Some points and the day on which they expire.")
class ExpiringPoints:
    """Derived; see ledger/expiring.py."""

    amount: Points = strawberry.field(description="How many points.")
    on: date = strawberry.field(description="The last day on which they can be spent.")


# Kind, months, zone and the day before which nothing expires: 'MONTHS|36|Asia/Shanghai|2024-12-31'.
POLICY = """(SELECT ep.expiry || '|' || COALESCE(CAST(ep.expiry_months AS TEXT), '') || '|' || ep.zone || '|' ||
    COALESCE(ep.expiry_not_before, '') FROM programmes ep WHERE ep.code = {t}.programme)"""


def policy_of(text: str) -> ExpiryPolicy:
    kind, months, zone, day = text.split("|")
    return ExpiryPolicy(Expiry(kind), int(months) if months else None, zone, date.fromisoformat(day) if day else None)


def points_that_expire(lots: str | None, available: int, policy: str, before: date | None) -> list[ExpiringPoints]:
    days = expiring(lots_of(lots), available, policy_of(policy))
    return [
        ExpiringPoints(amount=Points(amount), on=day) for day, amount in days.items() if before is None or day < before
    ]


@row_type(models.Account, visible=HOLDS_OR_READS)
class Account(Node):
    """An account of the double-entry ledger. System accounts are for auditors and administrators.

    Others meet system accounts only as the other side of their own transfers; debits, credits and balance then add up
    no more than those transfers.
    """

    code: str = sql(
        "Readable and unique, such as 'xuexi:ISSUANCE'.",
        "{t}.programme || ':' || {t}.kind || CASE WHEN {t}.kind = 'WALLET' THEN ':' || CAST({t}.id AS TEXT) ELSE '' END",
    )
    kind: AccountKind = column("What it is for.")
    holder: Resident | None = to_one("Whose wallet it is; null for a system account.")
    debits: Points = sql(
        "All that ever left it.", figure("{t}.debits", "CASE WHEN se.amount < 0 THEN -se.amount ELSE 0 END")
    )
    credits: Points = sql(
        "All that ever came in.", figure("{t}.credits", "CASE WHEN se.amount > 0 THEN se.amount ELSE 0 END")
    )
    balance: Points = sql(
        "credits - debits. ISSUANCE is negative: it is where points come from.", figure(BALANCE, "se.amount")
    )


TransferSource = Annotated[
    Union[Adjustment, Attendance, Claim, ResidentMerge, TicketOrder],  # noqa: UP007 - read at run time, where strawberry wants a Union
    strawberry.union("TransferSource", description="What in the world caused a transfer."),
]

# Whoever may know of an attendance, an order or a claim may know of the points it moved; whoever merely posted a transfer
# once, and whose role was revoked since, may not.
SEES_CAUSE = f"""(EXISTS (SELECT 1 FROM attendances cd WHERE {{t}}.source_kind = 'Attendance' AND cd.id = {{t}}.source_id
    AND {sees_attendance("cd")}) OR EXISTS (SELECT 1 FROM ticket_orders cr WHERE {{t}}.source_kind = 'TicketOrder'
    AND cr.id = {{t}}.source_id AND {sees_order("cr")}) OR EXISTS (SELECT 1 FROM claims cc WHERE {{t}}.source_kind = 'Claim'
    AND cc.id = {{t}}.source_id AND {sees_claim("cc")}))"""
SEES_TRANSFER = f"""({reads_the_book()} OR EXISTS (SELECT 1 FROM accounts vt
    WHERE vt.id IN ({{t}}.debit_id, {{t}}.credit_id) AND vt.holder_id = :viewer) OR {SEES_CAUSE})"""


@row_type(models.Transfer, visible=SEES_TRANSFER)
class Transfer(Node):
    """An immutable movement of points from one account to another. A mistake is mended by a reversal, never by an edit."""

    kind: TransferKind = column("Why points moved.")
    amount: Points = column("How many points, always above zero.")
    debit: Account = to_one("Where they left.")
    credit: Account = to_one("Where they went.")
    memo: str = column("For a person: what for, or the reason of a correction.")
    explanation: str = computed(
        "Why the points moved and why so many, in words, in the language of Accept-Language: for an attendance rule by rule, "
        "what each would have given and what a cap cut off.",
        needs={
            "kind": "kind",
            "amount": "amount",
            "memo": "memo",
            "debit_kind": "(SELECT xa.kind FROM accounts xa WHERE xa.id = {t}.debit_id)",
            "source_kind": "source_kind",
            "lines": "(SELECT xd.award_lines FROM attendances xd WHERE {t}.source_kind = 'Attendance' AND xd.id = {t}.source_id)",
        },
        by=explain_transfer,
    )
    occurred_at: datetime = column("When it happened in the world.")
    posted_at: datetime = column("When the ledger took it.")
    reverses: Transfer | None = to_one("The earlier transfer that this one takes back.")
    reversed_by: Transfer | None = to_one(
        "The later transfer that took this one back.", on="{other}.reverses_id = {t}.id"
    )
    source: TransferSource | None = to_one_of(
        "What caused it: an attendance, a claim, an order, an adjustment that two administrators decided on, or that two "
        "residents were one person. Null for a correction by one.",
        kind="source_kind",
        by="source_id",
        types={
            "Adjustment": "Adjustment",
            "Attendance": "Attendance",
            "Claim": "Claim",
            "ResidentMerge": "ResidentMerge",
            "TicketOrder": "TicketOrder",
        },
    )


SEES_ENTRY = f"""EXISTS (SELECT 1 FROM accounts va WHERE va.id = {{t}}.account_id AND va.kind = 'WALLET'
    AND (va.holder_id = :viewer OR {reads_the_book()}))"""


@row_type(models.Entry, visible=SEES_ENTRY)
class Entry(Node):
    """One side of a transfer, as one wallet sees it."""

    transfer: Transfer = to_one("The movement.")
    amount: Points = column("Positive in, negative out.")
    balance_after: Points = column("The wallet's balance after it.")
    posted_at: datetime = column("When the ledger took it.")


SEES_CHANGE = f"""EXISTS (SELECT 1 FROM accounts va WHERE va.id = {{t}}.account_id
    AND (va.holder_id = :viewer OR {reads_the_book()}))"""


@row_type(models.AccountChange, visible=SEES_CHANGE)
class AccountChange(Node):
    """A wallet was frozen, opened or closed. Seen by its holder and by auditors and administrators of a district."""

    wallet: Annotated[Wallet, strawberry.lazy("schema.types.ledger")] = to_one("The wallet.", "account_id")
    previous_status: AccountStatus = column("What it was before.")
    status: AccountStatus = column("What it became.")
    reason: str = column("Why.")
    changed_by: Resident = to_one("The administrator who did it.", "changed_by_id")
    changed_at: datetime = column("When.")


LATEST_CHANGES = """{other}.position > (SELECT MAX(lc.position) - 100 FROM account_changes lc
    WHERE lc.account_id = {other}.account_id)"""


@row_type(models.Account, visible=f"({{t}}.kind = 'WALLET' AND {HOLDS_OR_READS})")
class Wallet(Node):
    """One resident's points in one programme."""

    account: Account = to_one("The wallet as an account of the ledger.", "id")
    balance: Points = sql(
        "Posted credits less posted debits. Below zero only where a reversal took back points already spent; then nothing can "
        "be spent until new points cover it.",
        BALANCE,
    )
    held: Points = sql("Set aside by holds.", HELD)
    available: Points = sql("balance - held: what can be spent now.", f"{BALANCE} - {HELD}")
    status: AccountStatus = column("Whether points can be spent from it.")
    status_changes: list[AccountChange] = to_many(
        "Who froze, opened or closed it and why, latest first; the latest 100.",
        "account_id",
        where=LATEST_CHANGES,
        order="-position",
    )
    merged_into: Wallet | None = to_one(
        "The wallet that its points went to, when its holder turned out to be one person with somebody else; null for nearly all."
    )
    merged_wallets: list[Wallet] = to_many(
        "Wallets whose points went to this one; walletStatement(walletId) makes their statements. Empty for nearly all.",
        "merged_into_id",
        order="created_at",
    )
    balance_at: Points = sql(
        "What the balance was at an instant: the sum of all entries posted, or of all that happened, by then.",
        balance_at_sql("{t}.id", ":at", ":by"),
        args={
            "at": argument(datetime, "The instant; what was posted at this very moment counts."),
            "by": argument(BookTime, "Which time of a posting counts.", default=BookTime.POSTED),
        },
    )
    expiring: list[ExpiringPoints] = computed(
        "Points that will expire, soonest first, as things stand: what is spent next is the oldest. Held points are not among "
        "them. A day that is over means that they go with the next run. Empty where the programme's points do not expire.",
        needs={
            "lots": lots_left_sql("{t}.id", f"({BALANCE} - {HELD})"),
            "available": f"{BALANCE} - {HELD}",
            "policy": POLICY,
        },
        by=points_that_expire,
        args={"before": argument(date | None, "Only those that expire before this day.")},
    )
    entries: Connection[Entry] = connection(
        "The statement, latest first.",
        "account_id",
        order="-position",
        where=entries_where,
        args={"filter": argument(EntryFilter | None, "Only these.", check=problem_of_entries)},
    )


@strawberry.type(description="All accounts of one kind, added up.")
class TrialBalanceLine:
    """A line of the trial balance."""

    kind: AccountKind = strawberry.field(description="The kind of account.")
    debits: Points = strawberry.field(description="All that left these accounts.")
    credits: Points = strawberry.field(description="All that came into these accounts.")
    accounts: int = strawberry.field(description="How many accounts of this kind there are.")


@strawberry.type(
    description="For auditors: the whole book in one look, added up from the entries. Each programme balances: debits = credits."
)
class TrialBalance:
    """The book at an instant."""

    programme: str = strawberry.field(description="The programme's code.")
    as_of: datetime = strawberry.field(description="What was posted, or happened, by this instant is in it.")
    by: BookTime = strawberry.field(description="Which time of a posting counted.")
    accounts: list[TrialBalanceLine] = strawberry.field(description="A line for each kind of account.")
    total_debits: Points = strawberry.field(description="The sum of the lines' debits.")
    total_credits: Points = strawberry.field(description="The sum of the lines' credits.")
    balanced: bool = strawberry.field(description="Whether totalDebits = totalCredits, as it must be.")
