"""Re-adding the whole book and comparing it with what it says. Every check is one statement that the database answers with
differences only, so memory stays bounded however long the book is.

A check selects (row_id, expected, found). `audit` runs those of the ledger; the rooms above have their own (domain/audit.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ledger.differences import SHOWN, Difference, Finding
from storage import DatabaseDamaged, Reader


@dataclass(frozen=True, slots=True)
class Check:
    """What must be so, by a name, and the SQL of what is not: row_id, expected, found (numbers or texts)."""

    kind: str
    sql: str


# What a wallet says of itself, against its entries: "debits/credits/entries".
WALLET_SUMS = """SELECT w.id AS row_id, w.added AS expected, w.kept AS found FROM (
        SELECT a.id, a.debits || '/' || a.credits || '/' || a.entry_count AS kept, COALESCE(e.debits, 0) || '/' ||
            COALESCE(e.credits, 0) || '/' || COALESCE(e.entries, 0) AS added
        FROM accounts a LEFT JOIN (
            SELECT account_id, COUNT(*) AS entries, CAST(SUM(CASE WHEN amount < 0 THEN -amount ELSE 0 END) AS BIGINT) AS debits,
                CAST(SUM(CASE WHEN amount > 0 THEN amount ELSE 0 END) AS BIGINT) AS credits
            FROM entries GROUP BY account_id
        ) AS e ON e.account_id = a.id WHERE a.kind = 'WALLET') AS w
    WHERE w.added <> w.kept"""

POSITIONS = """SELECT n.id AS row_id, n.expected, n.position AS found FROM (
        SELECT e.id, e.position, ROW_NUMBER() OVER (PARTITION BY e.account_id ORDER BY e.position, e.id) AS expected
        FROM entries e JOIN accounts a ON a.id = e.account_id WHERE a.kind = 'WALLET') AS n
    WHERE n.position <> n.expected"""

BALANCES = """SELECT n.id AS row_id, CAST(n.running AS BIGINT) AS expected, n.balance_after AS found FROM (
        SELECT e.id, e.balance_after, SUM(e.amount) OVER (PARTITION BY e.account_id ORDER BY e.position, e.id) AS running
        FROM entries e JOIN accounts a ON a.id = e.account_id WHERE a.kind = 'WALLET') AS n
    WHERE n.balance_after IS NULL OR n.balance_after <> n.running"""

SYSTEM_ENTRIES = """SELECT e.id AS row_id, e.transfer_id AS expected, e.position AS found
    FROM entries e JOIN accounts a ON a.id = e.account_id
    WHERE a.kind <> 'WALLET' AND (e.position <> e.transfer_id OR e.balance_after IS NOT NULL)"""

BELOW_ZERO = """SELECT e.id AS row_id, 0 AS expected, e.balance_after AS found
    FROM entries e JOIN transfers t ON t.id = e.transfer_id
    WHERE e.amount < 0 AND e.balance_after < 0 AND t.kind <> 'REVERSAL'"""

OWN_SIDE = (
    """(e.account_id = t.debit_id AND e.amount = -t.amount OR e.account_id = t.credit_id AND e.amount = t.amount)"""
)

TRANSFER_ENTRIES = f"""SELECT t.id AS row_id, 2 AS expected, COUNT(e.id) AS found
    FROM transfers t LEFT JOIN entries e ON e.transfer_id = t.id AND {OWN_SIDE}
    GROUP BY t.id HAVING COUNT(e.id) <> 2 OR SUM(e.amount) <> 0"""

STRAY_ENTRIES = f"""SELECT e.id AS row_id, e.amount AS found,
        CASE e.account_id WHEN t.debit_id THEN -t.amount WHEN t.credit_id THEN t.amount END AS expected
    FROM entries e LEFT JOIN transfers t ON t.id = e.transfer_id WHERE t.id IS NULL OR NOT {OWN_SIDE}"""

ENTRY_TIMES = """SELECT e.id AS row_id, t.posted_at AS expected, e.posted_at AS found
    FROM entries e JOIN transfers t ON t.id = e.transfer_id WHERE e.posted_at <> t.posted_at"""

TRANSFER_PROGRAMMES = """SELECT t.id AS row_id, t.programme AS expected,
        COALESCE(d.programme, '-') || ' and ' || COALESCE(c.programme, '-') AS found
    FROM transfers t LEFT JOIN accounts d ON d.id = t.debit_id LEFT JOIN accounts c ON c.id = t.credit_id
    WHERE d.id IS NULL OR c.id IS NULL OR d.programme <> t.programme OR c.programme <> t.programme"""

TRANSFER_ROUTES = """SELECT r.id AS row_id, r.kind AS expected, r.route AS found FROM (
        SELECT t.id, t.kind, d.kind || '>' || c.kind AS route
        FROM transfers t JOIN accounts d ON d.id = t.debit_id JOIN accounts c ON c.id = t.credit_id) AS r
    WHERE r.kind <> 'REVERSAL' AND r.kind || ':' || r.route NOT IN ('EARN:ISSUANCE>WALLET', 'REDEEM:WALLET>REDEMPTION',
        'REFUND:REDEMPTION>WALLET', 'EXPIRE:WALLET>EXPIRY', 'ADJUST:WALLET>ADJUSTMENT', 'ADJUST:ADJUSTMENT>WALLET',
        'ADJUST:WALLET>WALLET')"""

PROGRAMME_SUMS = """SELECT p.id AS row_id, 0 AS expected, CAST(SUM(e.amount) AS BIGINT) AS found
    FROM programmes p JOIN accounts a ON a.programme = p.code JOIN entries e ON e.account_id = a.id
    GROUP BY p.id HAVING SUM(e.amount) <> 0"""

PROGRAMME_ISSUED = """SELECT p.id AS row_id, CAST(COALESCE(-SUM(e.amount), 0) AS BIGINT) AS expected, p.issued AS found
    FROM programmes p JOIN accounts a ON a.programme = p.code AND a.kind = 'ISSUANCE' LEFT JOIN entries e ON e.account_id = a.id
    WHERE p.budget IS NOT NULL GROUP BY p.id, p.issued HAVING COALESCE(-SUM(e.amount), 0) <> p.issued"""


def now_in(account_id: str) -> str:
    """SQL: the wallet that took over an account's points, or the account itself."""
    return f"(SELECT COALESCE(na.merged_into_id, na.id) FROM accounts na WHERE na.id = {account_id})"


REVERSALS = f"""SELECT r.id AS row_id, r.mirrored AS expected, r.kept AS found FROM (
        SELECT t.id, t.kind, t.reverses_id,
            t.programme || ' ' || t.amount || ' ' || {now_in("t.debit_id")} || '>' || {now_in("t.credit_id")} AS kept,
            o.programme || ' ' || o.amount || ' ' || {now_in("o.credit_id")} || '>' || {now_in("o.debit_id")} AS mirrored
        FROM transfers t LEFT JOIN transfers o ON o.id = t.reverses_id
        WHERE t.reverses_id IS NOT NULL OR t.kind IN ('REVERSAL', 'REFUND')) AS r
    WHERE r.mirrored IS NULL OR r.mirrored <> r.kept OR r.kind NOT IN ('REVERSAL', 'REFUND')"""

REVERSED_ONCE = """SELECT reverses_id AS row_id, 1 AS expected, COUNT(*) AS found FROM transfers WHERE reverses_id IS NOT NULL
    GROUP BY reverses_id HAVING COUNT(*) > 1"""

WALLET_HOLDS = """SELECT w.id AS row_id, w.standing AS expected, w.held AS found FROM (
        SELECT a.id, a.held, CAST(COALESCE(h.standing, 0) AS BIGINT) AS standing FROM accounts a LEFT JOIN (
            SELECT debit_id, SUM(amount) AS standing FROM holds WHERE status = 'HELD' GROUP BY debit_id
        ) AS h ON h.debit_id = a.id) AS w
    WHERE w.held <> w.standing"""

# A hold that was posted: "programme debit>credit at most amount", against its transfer.
HOLD_TRANSFERS = """SELECT h.id AS row_id,
        h.programme || ' ' || h.debit_id || '>' || h.credit_id || ' at most ' || h.amount AS expected,
        COALESCE(t.programme || ' ' || t.debit_id || '>' || t.credit_id || ' ' || t.amount, 'nothing') AS found
    FROM holds h LEFT JOIN transfers t ON t.id = h.transfer_id
    WHERE h.status = 'POSTED' AND (t.id IS NULL OR t.programme <> h.programme OR t.debit_id <> h.debit_id
        OR t.credit_id <> h.credit_id OR t.amount > h.amount)"""

# Two keys of one caller with the same words: which of the two answers a retry gets, nobody knows.
IDEMPOTENCY_KEYS = """SELECT MIN(id) AS row_id, 1 AS expected, COUNT(*) AS found FROM idempotency_keys
    GROUP BY caller_id, key HAVING COUNT(*) > 1"""

# What a wallet says of its status, against the last row of its history.
ACCOUNT_STATUS = """SELECT n.id AS row_id, n.expected, n.status AS found FROM (
        SELECT a.id, a.status, COALESCE((SELECT c.status FROM account_changes c WHERE c.account_id = a.id
            ORDER BY c.position DESC LIMIT 1), 'OPEN') AS expected FROM accounts a) AS n
    WHERE n.status <> n.expected"""

# The row is the change: it goes on from another status than the one before it left, or has another number.
ACCOUNT_CHANGES = """SELECT n.id AS row_id, n.expected, n.position || ' ' || n.previous_status AS found FROM (
        SELECT c.id, c.position, c.previous_status,
            ROW_NUMBER() OVER (PARTITION BY c.account_id ORDER BY c.position) || ' ' ||
            COALESCE(LAG(c.status) OVER (PARTITION BY c.account_id ORDER BY c.position), 'OPEN') AS expected
        FROM account_changes c) AS n
    WHERE n.position || ' ' || n.previous_status <> n.expected"""

# A wallet whose points went to another one: empty, closed, and the other one of the same programme and holder and not merged.
MERGED_WALLETS = """SELECT n.id AS row_id, n.expected, n.found FROM (
        SELECT a.id, '0 CLOSED ' || a.programme || ' ' || a.holder_id AS expected,
            (a.credits - a.debits + a.held) || ' ' || a.status || ' ' || COALESCE(k.programme || ' ' || k.holder_id, '-') AS found
        FROM accounts a LEFT JOIN accounts k ON k.id = a.merged_into_id AND k.kind = 'WALLET' AND k.merged_into_id IS NULL
        WHERE a.merged_into_id IS NOT NULL OR a.former_holder_id IS NOT NULL) AS n
    WHERE n.expected <> n.found"""

CHECKS = (
    Check("wallet_sums", WALLET_SUMS),
    Check("wallet_positions", POSITIONS),
    Check("wallet_balances", BALANCES),
    Check("wallet_below_zero", BELOW_ZERO),
    Check("wallet_holds", WALLET_HOLDS),
    Check("hold_transfers", HOLD_TRANSFERS),
    Check("system_entries", SYSTEM_ENTRIES),
    Check("transfer_entries", TRANSFER_ENTRIES),
    Check("stray_entries", STRAY_ENTRIES),
    Check("entry_times", ENTRY_TIMES),
    Check("transfer_programmes", TRANSFER_PROGRAMMES),
    Check("transfer_routes", TRANSFER_ROUTES),
    Check("programme_sums", PROGRAMME_SUMS),
    Check("programme_issued", PROGRAMME_ISSUED),
    Check("reversals", REVERSALS),
    Check("reversed_once", REVERSED_ONCE),
    Check("idempotency_keys", IDEMPOTENCY_KEYS),
    Check("account_status", ACCOUNT_STATUS),
    Check("account_changes", ACCOUNT_CHANGES),
    Check("merged_wallets", MERGED_WALLETS),
)


async def audit(reader: Reader) -> list[Finding]:
    """What is wrong with the ledger, by kind; nothing when all of it adds up."""
    return await run_checks(reader, CHECKS)


async def run_checks(reader: Reader, checks: Iterable[Check]) -> list[Finding]:
    """What the checks find, in their order, on the reader's one snapshot."""
    findings = [await run_check(reader, check) for check in checks]
    return [finding for finding in findings if finding.total]


async def run_check(reader: Reader, check: Check) -> Finding:
    """One finding, of no rows where all is as it must be. A check that meets bytes it cannot read says so of row 0."""
    sql = f"SELECT row_id, expected, found, COUNT(*) OVER () FROM ({check.sql}) AS differences ORDER BY row_id LIMIT {SHOWN}"
    try:
        rows = await reader.fetch(sql)
    except DatabaseDamaged as damage:
        return Finding(check.kind, 1, (Difference(0, "readable rows", str(damage)),))
    return Finding(check.kind, rows[0][3] if rows else 0, tuple(Difference(*row[:3]) for row in rows))
