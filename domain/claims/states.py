"""Where a claim is in its life, and what makes a second person look at it."""

from __future__ import annotations

from enum import StrEnum


class ClaimState(StrEnum):
    """A claim stands while it is PENDING or APPROVED: nobody else is paid for its figure."""

    PENDING = "PENDING"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"
    VOIDED = "VOIDED"


class ClaimDoubt(StrEnum):
    """Why a claim waits for a second person."""

    LARGE_INCREASE = "LARGE_INCREASE"
    ACCOUNT_OF_ANOTHER = "ACCOUNT_OF_ANOTHER"
    ACCOUNT_CHANGED = "ACCOUNT_CHANGED"
    EARLIER_PENDING = "EARLIER_PENDING"


class RowOutcome(StrEnum):
    """What became of one row of a statement."""

    PAID = "PAID"
    PENDING = "PENDING"
    ALREADY_CLAIMED = "ALREADY_CLAIMED"
    REFUSED = "REFUSED"


STANDS = "status IN ('PENDING', 'APPROVED')"
