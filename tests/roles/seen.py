"""Who sees what: every type, every field, every role. What nobody named here fails the tests.

A row that is met may be met by its id, in a list or in a page by those of SEEN only. A field that leads to one other row
leads there for everybody who meets the row it stands on: whoever may know of an order may know whose it is. FIELDS says
where somebody who meets a row gets something else than all of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto

from tests.roles.people import BOOK, EVERYBODY, GATE, HOST_ADMINS, NONE, ORGANISERS, OWNER, Group


class Gets(Enum):
    """What somebody who meets a row gets of a field."""

    ALL = auto()
    NULL = auto()
    EMPTY = auto()
    #: '138****5678'
    MASKED = auto()
    #: of an account's sums: what the viewer's own points moved there
    OWN_PART = auto()
    #: an Eligibility: about whoever asks
    ABOUT_THEMSELVES = auto()


@dataclass(frozen=True)
class Seen:
    """Who meets a row by its id, in lists and in pages."""

    by: Group
    #: also the resident to whom it belongs
    owner: bool = False
    #: for rows of what was never published: these instead
    unpublished: Group = NONE
    #: for residents who took part in an activity of the host: these as well
    took_part: Group = NONE
    #: also whoever meets what caused it
    by_cause: bool = False


@dataclass(frozen=True)
class Cell:
    """What a field gives: all of it to `all_for` (and the row's owner), `else_` to the others who meet the row."""

    all_for: Group = EVERYBODY
    owner: bool = False
    else_: Gets = Gets.ALL


@dataclass(frozen=True)
class Fields:
    """The fields of a type: all of them for whoever meets the row, but for the exceptions."""

    plain: str
    exceptions: dict[str, Cell] = field(default_factory=dict)

    @property
    def cells(self) -> dict[str, Cell]:
        return {name: Cell() for name in self.plain.split()} | self.exceptions


PUBLIC = Seen(EVERYBODY)

SEEN: dict[str, Seen] = {
    "Area": PUBLIC,
    "Organisation": PUBLIC,
    "Resident": Seen(BOOK, owner=True, took_part=ORGANISERS),
    "Activity": Seen(EVERYBODY, unpublished=ORGANISERS),
    "Shift": Seen(EVERYBODY, unpublished=ORGANISERS),
    "SignUp": Seen(ORGANISERS, owner=True),
    "Attendance": Seen(ORGANISERS | HOST_ADMINS | BOOK, owner=True),
    "Alarm": Seen(BOOK | HOST_ADMINS),
    "Wallet": Seen(BOOK, owner=True),
    "Account": Seen(BOOK, owner=True),
    "AccountChange": Seen(BOOK, owner=True),
    "Entry": Seen(BOOK, owner=True),
    "Transfer": Seen(BOOK, owner=True, by_cause=True),
    "Programme": PUBLIC,
    "Claim": Seen(ORGANISERS | GATE | HOST_ADMINS | BOOK, owner=True),
    "Adjustment": Seen(BOOK),
    "ResidentMerge": Seen(BOOK, owner=True),
    "EarningRule": PUBLIC,
    "TicketOffer": Seen(EVERYBODY, unpublished=ORGANISERS | GATE),
    "OfferSession": Seen(EVERYBODY, unpublished=ORGANISERS | GATE),
    "Attraction": Seen(EVERYBODY, unpublished=ORGANISERS | GATE),
    "Reservation": Seen(GATE | BOOK, owner=True),
    "TicketOrder": Seen(GATE | BOOK, owner=True),
    "Ticket": Seen(GATE, owner=True),
    "Admission": Seen(GATE, owner=True),
    "Seal": PUBLIC,
}

ABOUT_THEMSELVES = Cell(NONE, else_=Gets.ABOUT_THEMSELVES)
SUM = Cell(BOOK, owner=True, else_=Gets.OWN_PART)
ORGANISERS_ONLY = Cell(ORGANISERS, else_=Gets.EMPTY)
BOOK_ONLY = Cell(BOOK, else_=Gets.NULL)
GATE_ONLY = Cell(GATE, else_=Gets.EMPTY)
OWN_ONLY = Cell(OWNER, else_=Gets.NULL)

FIELDS: dict[str, Fields] = {
    "Area": Fields("id code name level parent children path organisations"),
    "Organisation": Fields("id name kind area"),
    "Resident": Fields(
        "id displayName area mergedInto hoursServed",
        {"phone": Cell(NONE, owner=True, else_=Gets.MASKED)},
    ),
    "Activity": Fields(
        "id kind title summary status host partners area venue latitude longitude startsAt endsAt signUpClosesAt capacity "
        "waitlistLimit signUpCount waitlistCount attendanceCount pointsRule publishedAt cancelledAt cancelReason shifts",
        {
            "viewerSignUp": OWN_ONLY,
            "signUps": ORGANISERS_ONLY,
            "attendances": ORGANISERS_ONLY,
        },
    ),
    "Shift": Fields(
        "id activity name startsAt endsAt capacity signUpCount waitlistCount listDueAt",
        {"viewerCanSignUp": ABOUT_THEMSELVES},
    ),
    "SignUp": Fields("id resident shift status waitlistPosition createdAt"),
    "Attendance": Fields(
        "id resident shift checkedInAt checkedOutAt method grade reason approval decidedBy decidedAt rejectReason recordedBy "
        "units score pointsEarned awards explanation transfer doubleOf voidedAt voidReason"
    ),
    "Alarm": Fields(
        "id kind message activity shift organiser resident attendance otherAttendance people minutes raisedAt settledAt "
        "settledBy note"
    ),
    "Claim": Fields(
        "id resident host programme figure previousFigure increase seenOn maskedAccount accountShared photoSha256 state doubts "
        "attestedBy attestedAt decidedBy decidedAt rejectReason transfer voidedBy voidedAt voidReason"
    ),
    "Wallet": Fields(
        "id account balance held available status statusChanges mergedInto mergedWallets balanceAt expiring entries"
    ),
    "Account": Fields("id code kind holder", {"debits": SUM, "credits": SUM, "balance": SUM}),
    "AccountChange": Fields("id wallet previousStatus status reason changedBy changedAt"),
    "Entry": Fields("id transfer amount balanceAfter postedAt"),
    "Transfer": Fields("id kind amount debit credit memo explanation occurredAt postedAt reverses reversedBy source"),
    "Programme": Fields(
        "id code name zone expiry expiryMonths expiryNotBefore budget rules",
        {"issued": BOOK_ONLY, "adjustmentLimit": BOOK_ONLY},
    ),
    "EarningRule": Fields(
        "id programme code version name kind points bands validFrom validUntil capPerActivity capPerDay capPerWeek capTotal "
        "lowestGrade leastSharePercent activityKinds publishedAt",
        {"publishedBy": BOOK_ONLY},
    ),
    "Adjustment": Fields(
        "id resident programme amount memo reverses decision proposedBy proposedAt decidedBy decidedAt rejectReason transfer"
    ),
    "ResidentMerge": Fields("id kept merged memo moved mergedBy mergedAt"),
    "TicketOffer": Fields(
        "id title summary status host venue programme cost minimumBalance limitPerResident salesOpenAt salesCloseAt "
        "refundableUntil sessions attractions"
    ),
    "OfferSession": Fields(
        "id offer startsAt endsAt stock remaining admittedCount",
        {"viewerCanRedeem": ABOUT_THEMSELVES, "viewerReservation": OWN_ONLY, "reservations": GATE_ONLY},
    ),
    "Attraction": Fields("id name entries"),
    "Reservation": Fields("id resident session quantity points status expiresAt order createdAt"),
    "TicketOrder": Fields(
        "id resident session status pointsSpent tickets transfer refundTransfer reservation createdAt"
    ),
    "Ticket": Fields("id serial status order session token qrSvg admissions"),
    "Seal": Fields("id number previousHash hash root transferCount sealedAt kid signature header"),
    "Admission": Fields("id ticket attraction gate scannedAt recordedAt recordedBy conflict undoneAt undoReason"),
}

#: What stands inside a row, an answer or a payload, and is for whoever gets that.
VALUES = {
    "Viewer": "resident roles wallet signUps orders reservations tickets claims consents phoneReadings sessions memberCode",
    "ConsentText": "purpose version text publishedAt",
    "Consent": "text current givenAt withdrawnAt",
    "PhoneReading": "resident reader reason readAt",
    "MyData": "fileName mediaType text sha256",
    "ConsentTextPayload": "consentText errors",
    "ConsentPayload": "viewer errors",
    "RevealPhonePayload": "resident phone errors",
    "EraseMePayload": "errors",
    "Session": "id deviceName createdAt refreshedAt expiresAt current",
    "Disablement": "resident reason disabledBy disabledAt enabledBy enabledAt",
    "ScoreBand": "fromScore points",
    "Award": "rule day basis wouldHaveGiven cut cutBy cutByRule cutLimit points",
    "RoleGrant": "role area organisation",
    "MemberCode": "token expiresAt qrSvg",
    "PointsRule": "programme perAttendance perHour cap lowestGrade leastSharePercent",
    "Eligibility": "eligible reasons",
    "ExpiringPoints": "amount on",
    "WalletStatement": "fileName mediaType text sha256",
    "TrialBalance": "programme asOf by accounts totalDebits totalCredits balanced",
    "TrialBalanceLine": "kind debits credits accounts",
    "PageInfo": "hasNextPage hasPreviousPage startCursor endCursor",
    "BasicError": "code message path",
    "InsufficientPoints": "code message path available required",
    "LimitReached": "code message path limit used",
    "AlreadyAdmitted": "code message path admission",
    "FigureAlreadyClaimed": "code message path lastFigure lastSeenOn",
    "RequestSignInCodePayload": "requestId expiresAt errors",
    "SessionPayload": "accessToken refreshToken expiresAt viewer errors",
    "SignOutPayload": "errors",
    "SessionsPayload": "viewer errors",
    "DisableResidentPayload": "resident errors",
    "UpdateProfilePayload": "viewer errors",
    "ActivityPayload": "activity errors",
    "SignUpPayload": "signUp errors",
    "LogAttendancePayload": "results errors",
    "SubmitOperationsPayload": "results errors",
    "SubmittedOperation": "mutation payload",
    "AttendanceResult": "attendance error",
    "VoidAttendancePayload": "attendance transfer errors",
    "ApproveAttendancePayload": "attendance transfer errors",
    "RejectAttendancePayload": "attendance errors",
    "SettleAlarmPayload": "alarm errors",
    "TicketOfferPayload": "offer errors",
    "TicketOrderPayload": "order errors",
    "ReservationPayload": "reservation errors",
    "RedemptionPreview": "reasons postings balance available",
    "ForeseenPosting": "kind amount debit credit",
    "AdmitTicketPayload": "admission ticket errors",
    "SyncAdmissionsPayload": "results errors",
    "AdmissionResult": "admission error",
    "UndoAdmissionPayload": "admission errors",
    "AdjustPointsPayload": "transfer adjustment errors",
    "AdjustmentPayload": "adjustment errors",
    "WalletStatusPayload": "change errors",
    "ProgrammePayload": "programme errors",
    "ClaimPayload": "claim errors",
    "VoidClaimPayload": "claim transfer errors",
    "ImportClaimsPayload": "results errors",
    "ClaimRowResult": "row outcome message previousFigure increase claim error",
    "SetClaimLimitPayload": "limit errors",
    "ClaimLimit": "programme approvalAbove",
    "EarningRulePayload": "rule errors",
    "PreviewAwardPayload": "results errors",
    "AwardPreview": "points awards explanation postings needsApproval error",
    "AwardLine": "rule day basis wouldHaveGiven cut cutBy cutByRule cutLimit points",
    "PreviewRulePayload": "preview errors",
    "RulePreviewResult": "attendances residentCount points byRule cut paid residents hasNextPage",
    "MergeCounts": "signUps attendances orders tickets reservations claims adjustments doubleSignUps doubleAttendances "
    "offersOverLimit",
    "MergePosting": "programme amount debit credit occurredAt",
    "MergePreview": "reasons postings postingCount moved",
    "MergeResidentsPayload": "merge errors",
    "ResidentPreview": "resident attendances points byRule cut paid",
}
CONNECTION = "edges nodes pageInfo totalCount"
EDGE = "cursor node"
CONNECTED = [
    "Activity",
    "Adjustment",
    "Alarm",
    "Attendance",
    "Claim",
    "Consent",
    "ConsentText",
    "Disablement",
    "EarningRule",
    "Entry",
    "Organisation",
    "PhoneReading",
    "Programme",
    "Reservation",
    "ResidentMerge",
    "Seal",
    "Session",
    "SignUp",
    "Ticket",
    "TicketOffer",
    "TicketOrder",
]

#: The roots: each has a test of its own in tests/roles.
QUERIES = (
    "node nodes viewer area activities activity attendancesToApprove alarms ticketOffers ticketOffer programmes programme "
    "claims claimLimit adjustments previewAward previewRule previewRedemption residentMerges "
    "consentTexts phoneReadings exportMyData disablements "
    "previewMerge trialBalance walletStatement seals seal"
)
