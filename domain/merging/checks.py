"""What the audit compares in this room: residents who were merged have nothing left, and lead where their merges say."""

from __future__ import annotations

from domain.merging.going_along import TABLES
from ledger.audit import Check

# A resident who was merged: into whom the chain of merges ends, against whom their row names. Without a merge that is 0.
MERGED_RESIDENTS = """SELECT n.id AS row_id, n.expected, n.found FROM (
        SELECT r.id, COALESCE(r.merged_into_id, 0) AS found, COALESCE((SELECT COALESCE(k.merged_into_id, k.id)
            FROM resident_merges g JOIN residents k ON k.id = g.kept_id WHERE g.merged_id = r.id), 0) AS expected
        FROM residents r
        WHERE r.merged_into_id IS NOT NULL OR EXISTS (SELECT 1 FROM resident_merges g WHERE g.merged_id = r.id)) AS n
    WHERE n.expected <> n.found"""

# Chains lead to somebody who is not merged, in one step.
MERGE_CHAINS = """SELECT r.id AS row_id, 'somebody who goes on' AS expected, k.merged_into_id AS found
    FROM residents r JOIN residents k ON k.id = r.merged_into_id WHERE k.merged_into_id IS NOT NULL"""

# The row is the resident; what should have gone along stayed with them.
COUNTED = (*TABLES, "attested_figures", "award_counters", "offer_holdings")


def left(table: str, condition: str = "1 = 1", resident: str = "resident_id") -> str:
    """SQL: the residents who were merged and have rows of a table."""
    return f"""SELECT m.id, '{table}' AS kind, COUNT(*) AS quantity FROM residents m JOIN {table} x ON x.{resident} = m.id
        WHERE m.merged_into_id IS NOT NULL AND {condition} GROUP BY m.id"""


LEFT = " UNION ALL ".join(
    [
        *(left(table) for table in COUNTED),
        left("role_grants", "x.revoked_at IS NULL"),
        left("sessions", "x.ended_at IS NULL"),
        left("accounts", "x.kind = 'WALLET'", "holder_id"),
    ]
)
MERGED_LEFT = f"""SELECT l.id AS row_id, 'nothing' AS expected, MIN(l.quantity || ' of ' || l.kind) AS found
    FROM ({LEFT}) AS l GROUP BY l.id"""

# What moves between two wallets belongs to a merge, and goes between the wallets of its two residents.
MERGE_TRANSFERS = """SELECT t.id AS row_id, 'a merge of its two holders' AS expected,
        COALESCE(t.source_kind || ' ' || t.source_id, 'nothing') AS found
    FROM transfers t JOIN accounts d ON d.id = t.debit_id AND d.kind = 'WALLET'
        JOIN accounts c ON c.id = t.credit_id AND c.kind = 'WALLET'
    WHERE t.kind = 'ADJUST' AND NOT EXISTS (SELECT 1 FROM resident_merges g
        WHERE t.source_kind = 'ResidentMerge' AND g.id = t.source_id AND d.holder_id = c.holder_id)"""

CHECKS = (
    Check("merged_residents", MERGED_RESIDENTS),
    Check("merge_chains", MERGE_CHAINS),
    Check("merged_left", MERGED_LEFT),
    Check("merge_transfers", MERGE_TRANSFERS),
)
