"""How well it is known that somebody was there, as rules look at it."""

from __future__ import annotations

from enum import StrEnum


class EvidenceGrade(StrEnum):
    """From the strongest to the weakest. The names are what the database and the API hold."""

    SCANNED_IN_AND_OUT = "SCANNED_IN_AND_OUT"
    SCANNED_ONCE = "SCANNED_ONCE"
    ORGANISER_LIST = "ORGANISER_LIST"
    ENTERED_AFTERWARDS = "ENTERED_AFTERWARDS"


BY_STRENGTH = tuple(EvidenceGrade)


def reaches(grade: EvidenceGrade, lowest: EvidenceGrade) -> bool:
    """Whether a grade is the lowest that is asked for, or a stronger one."""
    return BY_STRENGTH.index(grade) <= BY_STRENGTH.index(lowest)
