"""Refusals: facts that keep an act from happening. One refusal rolls the whole transaction back.

A refusal carries its data, not its words: the words, in the caller's language, are the schema's (schema/messages/).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

Path = tuple[str, ...]


@dataclass(kw_only=True, eq=False)
class Refusal(Exception):
    """Base of all refusals. `code` is the stable ErrorCode; `path` names the part of the input, None the whole call."""

    code: ClassVar[str]
    path: Path | None = field(default=None)

    def at(self, *path: str) -> Refusal:
        """The same refusal, said of a part of the input."""
        self.path = path
        return self


@dataclass(kw_only=True, eq=False)
class InvalidInput(Refusal):
    """The input breaks a rule; `reason` is the key of the rule's message (schema/messages/), `values` its figures."""

    code = "INVALID_INPUT"
    reason: str
    values: dict[str, object] = field(default_factory=dict)


@dataclass(kw_only=True, eq=False)
class KeyReused(Refusal):
    """The idempotency key, or the scan's id, was used for something else."""

    code = "IDEMPOTENCY_KEY_REUSED"


@dataclass(kw_only=True, eq=False)
class InsufficientPoints(Refusal):
    """The wallet holds `available` points; `required` are asked for."""

    code = "INSUFFICIENT_POINTS"
    account_id: int
    available: int
    required: int


@dataclass(kw_only=True, eq=False)
class AlreadyReversed(Refusal):
    """The transfer, or what it paid for, was taken back already; `reason` is the key of its message, if it has one."""

    code = "ALREADY_REVERSED"
    reason: str | None = None


@dataclass(kw_only=True, eq=False)
class BudgetExhausted(Refusal):
    """The programme may not issue that many points more."""

    code = "BUDGET_EXHAUSTED"
    programme: str


@dataclass(kw_only=True, eq=False)
class AccountNotOpen(Refusal):
    """The wallet is FROZEN (nothing is spent from it) or CLOSED (nothing moves on it but reversals)."""

    code = "ACCOUNT_NOT_OPEN"
    account_id: int
    status: str


@dataclass(kw_only=True, eq=False)
class HoldResolved(Refusal):
    """The hold was posted, voided or is out of time: `status` says which."""

    code = "ALREADY_RESOLVED"
    status: str
