"""The refusals of the rooms above the ledger. Each names a fact; the code is what front-ends switch on."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from ledger.refusals import (
    AccountNotOpen,
    AlreadyReversed,
    BudgetExhausted,
    HoldResolved,
    InsufficientPoints,
    InvalidInput,
    KeyReused,
    Path,
    Refusal,
)

__all__ = [
    "AccountDisabled",
    "AccountNotOpen",
    "ActivityCancelled",
    "AlreadyAttended",
    "AlreadyClaimed",
    "AlreadyDecided",
    "AlreadyReversed",
    "AlreadySignedUp",
    "BelowMinimumBalance",
    "BudgetExhausted",
    "CodeExpired",
    "CodeIncorrect",
    "Conflict",
    "Forbidden",
    "HoldResolved",
    "InsufficientPoints",
    "InvalidInput",
    "KeyReused",
    "LimitPerResident",
    "NotAdmittedHere",
    "NotFound",
    "NotOpen",
    "NotSignedUp",
    "Path",
    "RateLimited",
    "Refusal",
    "ReservationResolved",
    "SecondPersonRequired",
    "ShiftFull",
    "SoldOut",
    "TicketAlreadyAdmitted",
    "TicketExpired",
    "TicketInvalid",
    "TicketNotYetValid",
    "TicketRefunded",
    "Unauthenticated",
]


@dataclass(kw_only=True, eq=False)
class Unauthenticated(Refusal):
    """Nobody is signed in."""

    code = "UNAUTHENTICATED"


@dataclass(kw_only=True, eq=False)
class AccountDisabled(Refusal):
    """An administrator said that this resident may not sign in. Told only to whoever proved that they are they."""

    code = "ACCOUNT_DISABLED"


@dataclass(kw_only=True, eq=False)
class Forbidden(Refusal):
    """The caller's roles do not reach so far."""

    code = "FORBIDDEN"


@dataclass(kw_only=True, eq=False)
class NotFound(Refusal):
    """There is no such thing, or the caller may not know of it."""

    code = "NOT_FOUND"


@dataclass(kw_only=True, eq=False)
class RateLimited(Refusal):
    """Asked too often; worth another try after `retry_after`."""

    code = "RATE_LIMITED"
    retry_after: timedelta


@dataclass(kw_only=True, eq=False)
class Conflict(Refusal):
    """It clashes with something that stands; `reason` is the key of its message (schema/messages/)."""

    code = "CONFLICT"
    reason: str
    values: dict[str, object] = field(default_factory=dict)


@dataclass(kw_only=True, eq=False)
class CodeIncorrect(Refusal):
    """The sign-in code is not the one that was sent, or its tries are used up."""

    code = "CODE_INCORRECT"


@dataclass(kw_only=True, eq=False)
class CodeExpired(Refusal):
    """The sign-in code, or the member code (then `reason` says so), is out of date."""

    code = "CODE_EXPIRED"
    reason: str | None = None


@dataclass(kw_only=True, eq=False)
class NotOpen(Refusal):
    """Not now: before it opens, after it closes, or not published. `reason` is the key of its message."""

    code = "NOT_OPEN"
    reason: str


@dataclass(kw_only=True, eq=False)
class AlreadySignedUp(Refusal):
    """The resident's sign-up for this shift stands."""

    code = "ALREADY_SIGNED_UP"


@dataclass(kw_only=True, eq=False)
class NotSignedUp(Refusal):
    """There is no sign-up that stands."""

    code = "NOT_SIGNED_UP"


@dataclass(kw_only=True, eq=False)
class ShiftFull(Refusal):
    """Every place is taken, and so is the waiting list: `limit` people wait."""

    code = "FULL"
    limit: int
    used: int


@dataclass(kw_only=True, eq=False)
class AlreadyAttended(Refusal):
    """The resident's attendance of this shift is recorded."""

    code = "ALREADY_ATTENDED"


@dataclass(kw_only=True, eq=False)
class AlreadyClaimed(Refusal):
    """The resident's figure was attested up to `last_figure` on `last_seen_on`, so there is no increase to claim."""

    code = "ALREADY_CLAIMED"
    last_figure: int
    last_seen_on: date


@dataclass(kw_only=True, eq=False)
class SecondPersonRequired(Refusal):
    """Whoever wrote it down, or gains by it, may not decide on it, nor may anybody attest for themselves."""

    code = "SECOND_PERSON_REQUIRED"


@dataclass(kw_only=True, eq=False)
class AlreadyDecided(Refusal):
    """It was approved, rejected or settled before."""

    code = "ALREADY_DECIDED"


@dataclass(kw_only=True, eq=False)
class ActivityCancelled(Refusal):
    """The activity was cancelled."""

    code = "CANCELLED"


@dataclass(kw_only=True, eq=False)
class BelowMinimumBalance(Refusal):
    """The wallet shows `available` points; the offer asks to see `required`."""

    code = "BELOW_MINIMUM_BALANCE"
    available: int
    required: int


@dataclass(kw_only=True, eq=False)
class SoldOut(Refusal):
    """Fewer tickets are left than asked for."""

    code = "SOLD_OUT"


@dataclass(kw_only=True, eq=False)
class LimitPerResident(Refusal):
    """The resident holds `used` tickets of the offer; `limit` is the most."""

    code = "LIMIT_PER_RESIDENT"
    limit: int
    used: int


@dataclass(kw_only=True, eq=False)
class ReservationResolved(Refusal):
    """The reservation was paid, cancelled or is out of time. `reason` is the key of its message."""

    code = "ALREADY_RESOLVED"
    reason: str


@dataclass(kw_only=True, eq=False)
class TicketInvalid(Refusal):
    """The token is not one of ours, was altered, or names no ticket."""

    code = "TICKET_INVALID"


@dataclass(kw_only=True, eq=False)
class TicketNotYetValid(Refusal):
    """The ticket's session has not opened yet."""

    code = "TICKET_NOT_YET_VALID"


@dataclass(kw_only=True, eq=False)
class TicketExpired(Refusal):
    """The ticket's session is over."""

    code = "TICKET_EXPIRED"


@dataclass(kw_only=True, eq=False)
class TicketRefunded(Refusal):
    """The ticket's order was refunded."""

    code = "TICKET_REFUNDED"


@dataclass(kw_only=True, eq=False)
class TicketAlreadyAdmitted(Refusal):
    """The ticket's entries at this place are used up; `admission_id` is the first that stands, with its gate and time.

    `reason` is the key of its message where it is not said at a gate.
    """

    code = "TICKET_ALREADY_ADMITTED"
    admission_id: int
    gate: str
    scanned_at: datetime
    reason: str | None = None


@dataclass(kw_only=True, eq=False)
class NotAdmittedHere(Refusal):
    """The attraction belongs to another offer than the ticket."""

    code = "NOT_ADMITTED_HERE"
