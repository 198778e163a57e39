"""Every rule that the database holds by itself, by its name. A rule that is lost, or added, has to be said here."""

from __future__ import annotations

RULES: dict[str, str] = {
    "check": """
        account_changes_status_known
        accounts_held_in_range
        accounts_holder_of_wallet
        accounts_kind_known
        accounts_status_known
        accounts_sums_in_range
        accounts_sums_of_wallets
        activities_cancel_has_reason
        activities_end_after_start
        activities_kind_known
        activities_least_share_in_range
        activities_lowest_grade_known
        activities_places_kept
        activities_points_not_negative
        activities_status_known
        adjustment_limits_not_negative
        adjustments_amount_moves
        adjustments_decision_known
        adjustments_decision_whole
        adjustments_posted_when_approved
        adjustments_reject_has_reason
        adjustments_second_person
        admissions_conflict_known
        admissions_undo_whole
        alarms_figures_not_negative
        alarms_kind_known
        alarms_settled_by_another
        alarms_settled_whole
        alarms_two_places_whole
        areas_level_known
        award_counters_within_cap
        awards_cut_has_reason
        awards_cut_known
        awards_paid_by_transfer
        awards_points_within
        attendances_afterwards_has_reason
        attendances_approval_by_grade
        attendances_approval_known
        attendances_decided_by_another
        attendances_decided_by_somebody
        attendances_decision_has_time
        attendances_grade_known
        attendances_method_known
        attendances_out_after_in
        attendances_paid_after_approval
        attendances_paid_once
        attendances_rejection_has_reason
        attendances_score_not_negative
        attendances_units_not_negative
        attendances_void_has_reason
        attested_figures_seen
        attractions_entries_positive
        claim_limits_not_negative
        claims_decision_whole
        claims_doubts_decided
        claims_figure_grows
        claims_paid_by_status
        claims_reject_has_reason
        claims_second_person
        claims_status_known
        claims_void_whole
        earning_rule_bands_not_negative
        earning_rules_figures_in_range
        earning_rules_grade_known
        earning_rules_kind_known
        entries_amount_moves
        holds_amount_positive
        holds_posted_by_transfer
        holds_resolved_whole
        holds_source_whole
        holds_status_known
        holds_two_accounts
        offer_holdings_not_negative
        offer_sessions_end_after_start
        offer_sessions_stock_kept
        organisations_kind_known
        programmes_budget_kept
        programmes_expiry_known
        programmes_expiry_whole
        reservations_deadline_to_come
        reservations_paid_by_order
        reservations_points_held
        reservations_quantity_positive
        reservations_resolved_whole
        reservations_status_known
        residents_phone_whole
        role_grants_over_one
        role_grants_role_known
        session_tokens_kind_known
        seals_count_kept
        seals_number_positive
        sessions_end_has_reason
        sessions_end_reason_known
        shifts_end_after_start
        shifts_places_kept
        sign_in_codes_tries
        sign_ups_status_known
        ticket_entries_not_negative
        ticket_offers_close_after_open
        ticket_offers_limit_positive
        ticket_offers_price_not_negative
        ticket_offers_status_known
        ticket_orders_paid_once
        ticket_orders_quantity_positive
        ticket_orders_refund_has_time
        ticket_orders_status_known
        tickets_status_known
        transfers_amount_positive
        transfers_kind_known
        transfers_source_whole
        transfers_taken_back_by_kind
        transfers_two_accounts
    """,
    "foreign key": """
        holds_credit_of_programme
        holds_debit_of_programme
        transfers_credit_of_programme
        transfers_debit_of_programme
    """,
    "primary key": """
        activity_grams_pkey
        award_counters_pkey
    """,
    "unique": """
        account_changes_position
        accounts_programme_unique
        accounts_system_once
        accounts_wallet_once
        activity_partners_once
        adjustments_reversal_waits_once
        adjustments_transfer_once
        admissions_scan_once
        alarms_creation_once
        alarms_two_places_once
        area_management_pair_unique
        area_within_pair_unique
        areas_code_unique
        attendances_standing_once
        attested_figures_pair_unique
        claims_figure_once
        claims_photo_once
        claims_step_once
        awards_position_once
        earning_rule_bands_once
        earning_rules_open_once
        earning_rules_version_once
        entries_account_position
        entries_transfer_account
        holds_transfer_once
        idempotency_keys_once
        offer_holdings_pair_unique
        organisations_name_unique
        programmes_code_unique
        reservations_hold_once
        reservations_order_once
        reservations_standing_once
        residents_phone_unique
        role_grants_area_once
        role_grants_organisation_once
        seals_number_unique
        session_tokens_digest_unique
        sign_in_limits_phone_unique
        sign_ups_arrival_once
        sign_ups_standing_once
        ticket_entries_pair_unique
        tickets_serial_unique
        transfers_reversed_once
    """,
    "index": """
        activities_area
        activities_host
        activities_start
        adjustment_limits_programme
        adjustments_proposed
        admissions_session
        admissions_ticket
        alarms_open
        alarms_organiser
        alarms_raised
        area_management_manager
        area_within_ancestor
        areas_parent
        attendances_activity
        attendances_pending
        attendances_presence
        attendances_resident
        attendances_unscanned
        attractions_offer
        claim_limits_programme
        claims_account
        claims_attested
        claims_host
        claims_resident
        holds_due
        holds_standing
        offer_sessions_offer
        reservations_due
        reservations_resident
        reservations_session
        role_grants_resident
        seals_range
        session_tokens_session
        sessions_resident
        shifts_activity
        sign_in_codes_phone
        sign_ups_resident
        sign_ups_waiting
        ticket_offers_host
        ticket_offers_open
        ticket_orders_resident
        ticket_orders_session
        tickets_order
        tickets_resident
        tickets_session
        transfers_posted_by
    """,
    "trigger": """
        account_changes_no_delete
        account_changes_no_update
        accounts_closed_for_good
        adjustment_limits_no_delete
        adjustment_limits_no_update
        adjustments_decided_once
        adjustments_no_delete
        adjustments_proposed_for_good
        awards_no_delete
        awards_no_update
        earning_rule_bands_no_delete
        earning_rule_bands_no_update
        earning_rules_no_delete
        earning_rules_no_longer
        earning_rules_no_update
        claim_limits_no_delete
        claim_limits_no_update
        claims_attested_for_good
        claims_counted_for_good
        claims_no_delete
        entries_no_delete
        entries_no_update
        holds_no_delete
        holds_resolved_once
        reservations_no_delete
        reservations_resolved_once
        seals_no_delete
        seals_no_update
        transfers_no_delete
        transfers_no_update
    """,
}
# Only PostgreSQL has TRUNCATE.
ONLY_POSTGRES = {
    f"trigger {table}_no_truncate"
    for table in (
        "account_changes",
        "adjustment_limits",
        "adjustments",
        "awards",
        "claim_limits",
        "claims",
        "earning_rule_bands",
        "earning_rules",
        "entries",
        "holds",
        "reservations",
        "seals",
        "transfers",
    )
}

# Numbers that end in _id without a foreign key, and why.
WITHOUT_REFERENCE = {
    "accounts.holder_id": "the ledger knows no people",
    "account_changes.changed_by_id": "the ledger knows no people",
    "transfers.posted_by_id": "the ledger knows no people",
    "holds.placed_by_id": "the ledger knows no people",
    "holds.resolved_by_id": "the ledger knows no people",
    "holds.source_id": "the ledger does not look at what a hold is for",
    "transfers.source_id": "the ledger does not look at what caused a transfer",
    "idempotency_keys.caller_id": "the ledger knows no people",
    "ticket_entries.place_id": "an attraction, or 0 for the main gate",
    "admissions.scan_id": "the gate device's own",
}
