"""What the audit compares of idempotency keys: what was asked for under one key was done once, and is there.

Looked at is what nothing else keeps from being done twice: orders, reservations, and corrections with those that wait. The same
attendance, claim, refund or scan cannot be there twice in any case.
"""

from __future__ import annotations

from domain.people.merged import kept_sql
from ledger.audit import Check


def keys_of(kind: str, condition: str) -> str:
    """SQL: the answers of some keys, and who asked, as whom they go on."""
    return f"""SELECT '{kind}' AS kind, k.answer, {kept_sql("k.caller_id")} AS person, k.id AS key_id, NULL AS done_id
        FROM idempotency_keys k WHERE {condition}"""


def done(kind: str, answer: str, person: str, rows: str) -> str:
    """SQL: what was done, by the answer that its key gives, and by whom."""
    return f"""SELECT '{kind}', {answer}, {kept_sql(person)}, NULL, x.id FROM {rows}"""


ORDERED = "k.act IN ('redeem_tickets', 'redeem_at_gate', 'pay_reservation', 'pay_own_reservation')"
# The answer is [transfer, null] of what was posted at once, and [null, adjustment] of what waits.
CORRECTED = "k.act = 'adjust_points' AND k.answer NOT LIKE '[null, %'"
PROPOSED = "k.act IN ('adjust_points', 'reverse_transfer') AND k.answer LIKE '[null, %'"
BY_HAND = "transfers x WHERE x.kind = 'ADJUST' AND x.source_kind IS NULL"
KEYS_AND_DONE = " UNION ALL ".join(
    [
        keys_of("order", ORDERED),
        done("order", "CAST(x.id AS TEXT)", "x.created_by_id", "ticket_orders x"),
        keys_of("reservation", "k.act = 'reserve_tickets'"),
        done("reservation", "CAST(x.id AS TEXT)", "x.created_by_id", "reservations x"),
        keys_of("correction", CORRECTED),
        done("correction", "'[' || x.id || ', null]'", "x.posted_by_id", BY_HAND),
        keys_of("adjustment", PROPOSED),
        done("adjustment", "'[null, ' || x.id || ']'", "x.proposed_by_id", "adjustments x"),
    ]
)

# The row is what was done, or else the key whose answer is not there: "keys/rows".
ASKED_ONCE = f"""SELECT COALESCE(n.done_id, n.key_id) AS row_id, n.kind || ' 1/1' AS expected,
        n.kind || ' ' || n.asked || '/' || n.done AS found
    FROM (SELECT b.kind, MIN(b.done_id) AS done_id, MIN(b.key_id) AS key_id, COUNT(b.key_id) AS asked, COUNT(b.done_id) AS done
        FROM ({KEYS_AND_DONE}) AS b GROUP BY b.kind, b.answer, b.person) AS n
    WHERE n.asked <> 1 OR n.done <> 1"""

CHECKS = (Check("asked_once", ASKED_ONCE),)
