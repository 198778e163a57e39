"""Where everything is that is kept about a person: what they get of it, and what they do not, with the reason.

Every column of every model is named here, or tests/domain/privacy fails: whoever adds one has to say what it is to the person.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of a table that are about a person: `whose` is SQL on the row `t` and the person's id `me.id`."""

    whose: str
    columns: str
    withheld: dict[str, str] = field(default_factory=dict)


THEIRS = "t.resident_id = me.id"
WALLETS = "(SELECT c.id FROM accounts c WHERE c.holder_id = me.id OR c.former_holder_id = me.id)"
TICKETS = "t.ticket_id IN (SELECT x.id FROM tickets x WHERE x.resident_id = me.id)"
COUNTER = "counts writes, for ourselves"

PARTS: dict[str, Part] = {
    "residents": Part(
        "(t.id = me.id OR t.merged_into_id = me.id)",
        "id display_name area_id merged_into_id created_at erased_at",
        {
            "phone_sealed": "the number itself is in the file, as `phone`",
            "phone_digest": "a keyed hash of that number",
            "sign_up_version": COUNTER,
        },
    ),
    "role_grants": Part(
        THEIRS, "id resident_id role area_id organisation_id granted_at granted_by_id revoked_at revoked_by_id"
    ),
    "sessions": Part(THEIRS, "id resident_id created_at expires_at refreshed_at device_name ended_at end_reason"),
    "disablements": Part(THEIRS, "id resident_id reason disabled_by_id disabled_at enabled_by_id enabled_at"),
    "staff_identities": Part(THEIRS, "id issuer subject resident_id linked_at"),
    "consents": Part(THEIRS, "id resident_id text_id given_at withdrawn_at"),
    "phone_readings": Part(THEIRS, "id resident_id reader_id reason read_at"),
    "resident_merges": Part(
        "(t.kept_id = me.id OR t.merged_id = me.id)", "id kept_id merged_id reason moved merged_by_id merged_at"
    ),
    "sign_ups": Part(
        THEIRS,
        "id activity_id shift_id resident_id status arrival created_at confirmed_at cancelled_at merged_from_id",
    ),
    "attendances": Part(
        THEIRS,
        "id activity_id shift_id resident_id checked_in_at checked_out_at served_seconds method grade reason approval "
        "decided_by_id decided_at reject_reason recorded_by_id recorded_at points_earned transfer_id units score award_lines "
        "voided_at void_reason voided_by_id merged_from_id double_of",
    ),
    "awards": Part(
        "t.attendance_id IN (SELECT x.id FROM attendances x WHERE x.resident_id = me.id)",
        "id attendance_id position transfer_id rule_id local_day week basis would_have_given points cut_by cut_rule_id "
        "cut_limit",
    ),
    "claims": Part(
        THEIRS,
        "id programme resident_id host_id figure previous_figure increase seen_on masked_account photo_sha256 status doubts "
        "attested_by_id attested_at decided_by_id decided_at reject_reason transfer_id voided_by_id voided_at void_reason "
        "merged_from_id",
        {"account_key": "the masked account once more, without its stars"},
    ),
    "attested_figures": Part(THEIRS, "id programme resident_id figure seen_on"),
    "adjustments": Part(
        THEIRS,
        "id programme resident_id amount reason reverses_id proposed_by_id proposed_at decision decided_by_id decided_at "
        "reject_reason transfer_id merged_from_id",
    ),
    "offer_holdings": Part(THEIRS, "id offer_id resident_id tickets"),
    "reservations": Part(
        THEIRS,
        "id offer_id session_id resident_id quantity points hold_id reserved_until created_by_id created_at status order_id "
        "resolved_at resolved_by_id merged_from_id",
    ),
    "ticket_orders": Part(
        THEIRS,
        "id offer_id session_id resident_id status quantity points_spent transfer_id refund_transfer_id created_by_id "
        "created_at refunded_at merged_from_id",
    ),
    "tickets": Part(THEIRS, "id order_id offer_id session_id resident_id serial status merged_from_id"),
    "ticket_entries": Part(TICKETS, "id ticket_id place_id used"),
    "admissions": Part(
        TICKETS,
        "id ticket_id session_id attraction_id gate scan_id scanned_at recorded_at recorded_by_id conflict undone_at "
        "undone_by_id undo_reason",
    ),
    "accounts": Part(
        "(t.holder_id = me.id OR t.former_holder_id = me.id)",
        "id programme kind holder_id debits credits entry_count created_at held status former_holder_id merged_into_id",
    ),
    "account_changes": Part(
        f"t.account_id IN {WALLETS}", "id account_id position previous_status status reason changed_by_id changed_at"
    ),
    "entries": Part(f"t.account_id IN {WALLETS}", "id account_id position transfer_id amount balance_after posted_at"),
    "transfers": Part(
        f"t.id IN (SELECT e.transfer_id FROM entries e WHERE e.account_id IN {WALLETS})",
        "id programme kind amount debit_id credit_id memo occurred_at posted_at reverses_id source_kind source_id",
        {"posted_by_id": "who of the staff pressed the button; the row behind the source names them where it matters"},
    ),
    "holds": Part(
        f"t.debit_id IN {WALLETS}",
        "id programme debit_id credit_id amount memo source_kind source_id placed_at placed_by_id expires_at status "
        "transfer_id resolved_at resolved_by_id",
    ),
    "idempotency_keys": Part(
        "t.caller_id = me.id",
        "id caller_id key act created_at",
        {"digest": "a hash of what was asked", "answer": "the key of what came of it, which is in the file itself"},
    ),
}

#: Tables with nothing for the person in them, and why.
LEFT_OUT: dict[str, str] = {
    "session_tokens": "hashes of secrets, and nothing else",
    "sign_in_codes": "hashes of codes that were good for five minutes",
    "sign_in_limits": "how often a number asked for codes within a day",
    "alarms": "whoever is looked into must not look on; what came of it is in other rows",
    **dict.fromkeys(
        (
            *("programmes", "seals", "claim_limits", "adjustment_limits", "earning_rules", "earning_rule_bands"),
            *("areas", "area_within", "area_management", "organisations", "consent_texts", "phone_keys"),
            *("activities", "activity_partners", "shifts", "ticket_offers", "offer_sessions", "attractions"),
        ),
        "about no person; who made it did so as staff",
    ),
}
