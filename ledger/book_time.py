"""The two times of a posting, by which the past can be asked for."""

from __future__ import annotations

from enum import StrEnum


class BookTime(StrEnum):
    """POSTED is when the ledger took a transfer, OCCURRED when what it is for happened in the world."""

    POSTED = "POSTED"
    OCCURRED = "OCCURRED"
