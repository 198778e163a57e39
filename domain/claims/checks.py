"""What the audit compares in this room: who was paid for which claim, and whether a resident's figures follow on one another."""

from __future__ import annotations

from ledger.audit import Check

# Who was paid, how much, for what: "points to resident in programme". A claim that waits, or was rejected, was paid nothing.
CLAIM_TRANSFERS = """SELECT n.id AS row_id, n.expected, n.found FROM (
        SELECT c.id, CASE WHEN c.status IN ('APPROVED', 'VOIDED')
                THEN c.increase || ' to ' || c.resident_id || ' in ' || c.programme ELSE 'nothing' END AS expected,
            COALESCE(p.amount || ' to ' || w.holder_id || ' in ' || p.programme, 'nothing') AS found
        FROM claims c LEFT JOIN transfers p ON p.id = c.transfer_id AND p.source_kind = 'Claim' AND p.source_id = c.id
            AND p.kind = 'EARN'
        LEFT JOIN accounts w ON w.id = p.credit_id) AS n
    WHERE n.expected <> n.found"""

# The row is the transfer: it was earned by a claim that does not name it.
CLAIM_STRAYS = """SELECT p.id AS row_id, p.id AS expected, COALESCE(c.transfer_id, 0) AS found
    FROM transfers p LEFT JOIN claims c ON c.id = p.source_id
    WHERE p.source_kind = 'Claim' AND p.kind = 'EARN' AND (c.transfer_id IS NULL OR c.transfer_id <> p.id)"""

# 1 where the claim is voided, against 1 where its transfer is reversed.
CLAIM_REVERSALS = """SELECT n.id AS row_id, n.voided AS expected, n.reversed AS found FROM (
        SELECT c.id, CASE WHEN c.status = 'VOIDED' THEN 1 ELSE 0 END AS voided,
            CASE WHEN r.id IS NULL THEN 0 ELSE 1 END AS reversed
        FROM claims c LEFT JOIN transfers r ON r.reverses_id = c.transfer_id WHERE c.transfer_id IS NOT NULL) AS n
    WHERE n.voided <> n.reversed"""

# The claims of a resident that stand, by their figures: each counts from the one before, those that were paid come first. What
# was attested of two people is two such lines; after they were merged it goes on from the higher one.
CLAIM_CHAIN = """SELECT n.id AS row_id, n.expected, n.previous_figure AS found FROM (
        SELECT c.id, c.programme, c.resident_id, c.previous_figure, COALESCE(LAG(c.figure) OVER (
            PARTITION BY c.programme, c.resident_id, c.merged_from_id ORDER BY c.figure), 0) AS expected
        FROM claims c WHERE c.status IN ('PENDING', 'APPROVED')) AS n
    WHERE n.previous_figure <> n.expected AND NOT EXISTS (SELECT 1 FROM claims o WHERE o.programme = n.programme
        AND o.resident_id = n.resident_id AND o.merged_from_id IS NOT NULL AND o.figure = n.previous_figure
        AND o.status IN ('PENDING', 'APPROVED'))"""

CLAIM_ORDER = """SELECT c.id AS row_id, 'paid after' AS expected, 'paid before ' || MIN(e.id) AS found
    FROM claims c JOIN claims e ON e.programme = c.programme AND e.resident_id = c.resident_id AND e.status = 'PENDING'
        AND e.figure < c.figure WHERE c.status = 'APPROVED' GROUP BY c.id"""

# How far a resident was attested, against the highest of their claims that stand. Where no figure is kept, the row is a claim.
ATTESTED_FIGURES = """SELECT n.row_id, n.expected, n.found FROM (
        SELECT f.id AS row_id, COALESCE(c.figure, 0) AS expected, f.figure AS found FROM attested_figures f
        LEFT JOIN (SELECT programme, resident_id, MAX(figure) AS figure FROM claims WHERE status IN ('PENDING', 'APPROVED')
            GROUP BY programme, resident_id) AS c ON c.programme = f.programme AND c.resident_id = f.resident_id
        UNION ALL
        SELECT MIN(c.id), MAX(c.figure), 0 FROM claims c
        LEFT JOIN attested_figures f ON f.programme = c.programme AND f.resident_id = c.resident_id
        WHERE c.status IN ('PENDING', 'APPROVED') AND f.id IS NULL GROUP BY c.programme, c.resident_id) AS n
    WHERE n.expected <> n.found"""

CHECKS = (
    Check("claim_transfers", CLAIM_TRANSFERS),
    Check("claim_strays", CLAIM_STRAYS),
    Check("claim_reversals", CLAIM_REVERSALS),
    Check("claim_chain", CLAIM_CHAIN),
    Check("claim_order", CLAIM_ORDER),
    Check("attested_figures", ATTESTED_FIGURES),
)
