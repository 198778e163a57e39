"""What a second person said."""

from __future__ import annotations

from enum import StrEnum


class Decision(StrEnum):
    """PENDING until a second person decides, once."""

    PENDING = "PENDING"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"
