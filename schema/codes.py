"""The stable codes of errors: there are no others. A refusal names its code (domain/refusals.py); here is what each means to a
front end. docs/errors.md lists all of them (`python -m pytest tests/schema/test_codes.py` holds it to that).
"""

from __future__ import annotations

from enum import StrEnum

from schema.enums import describe


class ErrorCode(StrEnum):
    """What went wrong, to switch on."""

    INVALID_INPUT = "INVALID_INPUT"
    NOT_FOUND = "NOT_FOUND"
    UNAUTHENTICATED = "UNAUTHENTICATED"
    ACCOUNT_DISABLED = "ACCOUNT_DISABLED"
    FORBIDDEN = "FORBIDDEN"
    RATE_LIMITED = "RATE_LIMITED"
    CONFLICT = "CONFLICT"
    IDEMPOTENCY_KEY_REUSED = "IDEMPOTENCY_KEY_REUSED"
    CODE_INCORRECT = "CODE_INCORRECT"
    CODE_EXPIRED = "CODE_EXPIRED"
    NOT_OPEN = "NOT_OPEN"
    ALREADY_SIGNED_UP = "ALREADY_SIGNED_UP"
    FULL = "FULL"
    ALREADY_ATTENDED = "ALREADY_ATTENDED"
    SECOND_PERSON_REQUIRED = "SECOND_PERSON_REQUIRED"
    ALREADY_DECIDED = "ALREADY_DECIDED"
    NOT_SIGNED_UP = "NOT_SIGNED_UP"
    CANCELLED = "CANCELLED"
    INSUFFICIENT_POINTS = "INSUFFICIENT_POINTS"
    BELOW_MINIMUM_BALANCE = "BELOW_MINIMUM_BALANCE"
    SOLD_OUT = "SOLD_OUT"
    LIMIT_PER_RESIDENT = "LIMIT_PER_RESIDENT"
    BUDGET_EXHAUSTED = "BUDGET_EXHAUSTED"
    ACCOUNT_NOT_OPEN = "ACCOUNT_NOT_OPEN"
    ALREADY_REVERSED = "ALREADY_REVERSED"
    ALREADY_CLAIMED = "ALREADY_CLAIMED"
    ALREADY_RESOLVED = "ALREADY_RESOLVED"
    TICKET_INVALID = "TICKET_INVALID"
    TICKET_NOT_YET_VALID = "TICKET_NOT_YET_VALID"
    TICKET_EXPIRED = "TICKET_EXPIRED"
    TICKET_REFUNDED = "TICKET_REFUNDED"
    TICKET_ALREADY_ADMITTED = "TICKET_ALREADY_ADMITTED"
    NOT_ADMITTED_HERE = "NOT_ADMITTED_HERE"


describe(
    ErrorCode,
    "What went wrong, to switch on. Codes are stable; more may be added.",
    INVALID_INPUT="A value breaks a rule; path and message say which.",
    NOT_FOUND="There is no such thing, or the caller may not know of it.",
    UNAUTHENTICATED="Nobody is signed in, or the access token is out of date: refresh the session. Of refreshSession itself: "
    "the refresh token is good for nothing any more; sign in.",
    ACCOUNT_DISABLED="An administrator disabled the account: ask staff. Signing in again does not help.",
    FORBIDDEN="The caller's roles do not reach so far.",
    RATE_LIMITED="Asked too often; the message says when it is worth another try.",
    CONFLICT="It clashes with something that stands, such as a sign-up for an overlapping shift.",
    IDEMPOTENCY_KEY_REUSED="The idempotency key, or the scan's id, was used for a different input. A new intent wants a new key.",
    CODE_INCORRECT="The sign-in code is wrong, or its tries are used up. A member code that is none of ours is INVALID_INPUT.",
    CODE_EXPIRED="The sign-in code or member code is out of date: ask for a new one.",
    NOT_OPEN="Not now: before it opens, after it closes, or not published.",
    ALREADY_SIGNED_UP="A sign-up of this person for this shift stands.",
    FULL="Every place is taken, and so is the waiting list (LimitReached).",
    ALREADY_ATTENDED="This person's attendance of this shift is recorded already.",
    SECOND_PERSON_REQUIRED="Somebody else has to do this: not who wrote it down, nor who gains by it.",
    ALREADY_DECIDED="It was approved, rejected or settled before.",
    NOT_SIGNED_UP="There is no sign-up that stands.",
    CANCELLED="The activity was cancelled.",
    INSUFFICIENT_POINTS="The wallet does not cover it (InsufficientPoints).",
    BELOW_MINIMUM_BALANCE="The wallet does not show the minimum balance that the offer asks for (InsufficientPoints).",
    SOLD_OUT="Fewer tickets are left than asked for.",
    LIMIT_PER_RESIDENT="More tickets than one resident may have of this offer (LimitReached).",
    BUDGET_EXHAUSTED="The programme may not issue that many points more.",
    ACCOUNT_NOT_OPEN="The wallet is frozen or closed: nothing can be spent from it. Ask staff.",
    ALREADY_REVERSED="It was taken back already: voided, reversed or refunded.",
    ALREADY_CLAIMED="The figure is not above the last one that was attested; the error shows that one (FigureAlreadyClaimed).",
    ALREADY_RESOLVED="The reservation was paid, cancelled or is out of time; the message says which.",
    TICKET_INVALID="Not a ticket of ours: the token was altered, is incomplete, or names no ticket.",
    TICKET_NOT_YET_VALID="The ticket's session does not admit yet.",
    TICKET_EXPIRED="The ticket's session is over.",
    TICKET_REFUNDED="The ticket's order was refunded.",
    TICKET_ALREADY_ADMITTED="The ticket was used here as often as it may; the error shows when and where (AlreadyAdmitted).",
    NOT_ADMITTED_HERE="The ticket is for something else than what this gate or attraction belongs to.",
)


class RequestErrorCode(StrEnum):
    """Codes of GraphQL errors that are no person's mistake, besides those of ErrorCode: no payload has them."""

    LIMIT_EXCEEDED = "LIMIT_EXCEEDED"
    PERSISTED_QUERY_NOT_FOUND = "PERSISTED_QUERY_NOT_FOUND"
    DOCUMENT_NOT_TRUSTED = "DOCUMENT_NOT_TRUSTED"
    DEADLINE_EXCEEDED = "DEADLINE_EXCEEDED"
    UNAVAILABLE = "UNAVAILABLE"
    INTERNAL = "INTERNAL"


OF_REQUESTS: dict[RequestErrorCode, str] = {
    RequestErrorCode.LIMIT_EXCEEDED: "The request is larger, deeper or dearer than allowed. `extensions.limit` names the limit, "
    "`allowed` and, where it was counted, `requested` tell how much. Nothing ran.",
    RequestErrorCode.PERSISTED_QUERY_NOT_FOUND: "Only the hash of a document came, and it is not known here, or no longer. "
    "Nothing ran.",
    RequestErrorCode.DOCUMENT_NOT_TRUSTED: "This server runs the documents of its manifest only, and this is none of them. "
    "Nothing ran.",
    RequestErrorCode.DEADLINE_EXCEEDED: "No answer within the time that a request may take. A mutation may have been done all "
    "the same.",
    RequestErrorCode.UNAVAILABLE: "The database or the SMS gateway did not answer, or the server is stopping. A mutation may "
    "have been done all the same.",
    RequestErrorCode.INTERNAL: "A bug of ours. `extensions.reference` finds it in the log; what happened is told to nobody else.",
}


class Asks(StrEnum):
    """What an error asks of a front end."""

    RETRY = "try again later, with the same idempotency key"
    MEND = "mend the input, and send it anew"
    SIGN_IN = "refresh the session, or sign in"
    STAFF = "tell the person, who may ask staff"
    RELOAD = "tell the person, and read anew: the world has changed"
    DEVELOPER = "stop: the front end has to be changed"
    RESEND = "send the document's whole text with the hash"
    REPORT = "stop, and show the reference"


ASKS: dict[str, Asks] = {
    **dict.fromkeys(ErrorCode, Asks.RELOAD),
    ErrorCode.INVALID_INPUT: Asks.MEND,
    ErrorCode.CODE_INCORRECT: Asks.MEND,
    ErrorCode.CODE_EXPIRED: Asks.MEND,
    ErrorCode.UNAUTHENTICATED: Asks.SIGN_IN,
    ErrorCode.FORBIDDEN: Asks.STAFF,
    ErrorCode.ACCOUNT_DISABLED: Asks.STAFF,
    ErrorCode.ACCOUNT_NOT_OPEN: Asks.STAFF,
    ErrorCode.SECOND_PERSON_REQUIRED: Asks.STAFF,
    ErrorCode.BUDGET_EXHAUSTED: Asks.STAFF,
    ErrorCode.RATE_LIMITED: Asks.RETRY,
    ErrorCode.IDEMPOTENCY_KEY_REUSED: Asks.DEVELOPER,
    RequestErrorCode.LIMIT_EXCEEDED: Asks.DEVELOPER,
    RequestErrorCode.PERSISTED_QUERY_NOT_FOUND: Asks.RESEND,
    RequestErrorCode.DOCUMENT_NOT_TRUSTED: Asks.DEVELOPER,
    RequestErrorCode.DEADLINE_EXCEEDED: Asks.RETRY,
    RequestErrorCode.UNAVAILABLE: Asks.RETRY,
    RequestErrorCode.INTERNAL: Asks.REPORT,
}


def codes_as_markdown() -> str:
    """The table of docs/errors.md."""
    described = ErrorCode.__strawberry_definition__.values  # type: ignore[attr-defined]  # `describe` gave it
    meanings = {value.name: value.description for value in described} | {
        str(code): OF_REQUESTS[code] for code in OF_REQUESTS
    }
    rows = [f"| `{code}` | {meaning} | {ASKS[code].value} |" for code, meaning in meanings.items()]
    return "\n".join(["| code | what it means | what a front end does |", "|---|---|---|", *rows])
