"""What the audit compares in this room: what was posted for adjustments that two administrators decided on."""

from __future__ import annotations

from ledger.audit import Check

# What was posted for it: "points to resident in programme". One that waits, or was rejected, posted nothing.
ADJUSTMENT_TRANSFERS = """SELECT n.id AS row_id, n.expected, n.found FROM (
        SELECT a.id, CASE WHEN a.decision = 'APPROVED' THEN a.amount || ' to ' || a.resident_id || ' in ' || a.programme
                ELSE 'nothing' END AS expected,
            COALESCE(CASE d.kind WHEN 'WALLET' THEN -t.amount ELSE t.amount END || ' to ' ||
                COALESCE(d.holder_id, c.holder_id) || ' in ' || t.programme, 'nothing') AS found
        FROM adjustments a LEFT JOIN transfers t ON t.id = a.transfer_id
            AND CASE WHEN a.reverses_id IS NULL THEN t.kind = 'ADJUST' AND t.source_kind = 'Adjustment' AND t.source_id = a.id
                ELSE t.kind = 'REVERSAL' AND t.reverses_id = a.reverses_id END
        LEFT JOIN accounts d ON d.id = t.debit_id LEFT JOIN accounts c ON c.id = t.credit_id) AS n
    WHERE n.expected <> n.found"""

# The row is the transfer: it says that an adjustment caused it which does not name it.
ADJUSTMENT_STRAYS = """SELECT t.id AS row_id, t.id AS expected, COALESCE(a.transfer_id, 0) AS found
    FROM transfers t LEFT JOIN adjustments a ON a.id = t.source_id
    WHERE t.source_kind = 'Adjustment' AND t.kind = 'ADJUST' AND (a.transfer_id IS NULL OR a.transfer_id <> t.id)"""

CHECKS = (
    Check("adjustment_transfers", ADJUSTMENT_TRANSFERS),
    Check("adjustment_strays", ADJUSTMENT_STRAYS),
)
