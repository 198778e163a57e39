"""How well it is known that somebody was there: hours that nobody scanned are easily bought."""

from __future__ import annotations

from datetime import datetime, timedelta

from domain.earning.evidence_grade import EvidenceGrade, reaches

__all__ = ["LIST_WAITS_FOR", "EvidenceGrade", "grade_of", "list_due", "reaches"]

# A list that was written on the spot waits for network, or for the organiser to be home again. What comes later than this
# after the shift's end is not the list any more, but what somebody remembers.
LIST_WAITS_FOR = timedelta(hours=24)


def grade_of(scans: int, shift_ends: datetime, sent_at: datetime) -> EvidenceGrade:
    """The grade of a record that holds so many scans (0 to 2) of the resident's own code.

    A scan proves the presence at its time, however late it is sent in; what nobody scanned has to be sent in at latest 24
    hours after the shift's end.
    """
    if scans:
        return EvidenceGrade.SCANNED_ONCE if scans == 1 else EvidenceGrade.SCANNED_IN_AND_OUT
    return EvidenceGrade.ORGANISER_LIST if sent_at <= list_due(shift_ends) else EvidenceGrade.ENTERED_AFTERWARDS


def list_due(shift_ends: datetime) -> datetime:
    """The last instant at which a list of the shift counts as written on the spot."""
    return shift_ends + LIST_WAITS_FOR
