"""The enums of the contract: the domain's own, with words for a front-end developer."""

from __future__ import annotations

from enum import Enum, StrEnum

import strawberry
from strawberry.types.enum import StrawberryEnumDefinition

from domain.claims.states import ClaimDoubt, ClaimState, RowOutcome
from domain.earning.award import CutBy
from domain.earning.evidence_grade import EvidenceGrade
from domain.earning.rule import RuleKind
from domain.people.rights import Role
from domain.places.kinds import AreaLevel, OrganisationKind
from domain.points.decision import Decision
from domain.privacy.consents import ConsentPurpose
from domain.redemption.states import OfferStatus, OrderStatus, ReservationStatus, TicketStatus
from domain.volunteering.states import (
    ActivityKind,
    ActivityStatus,
    AlarmKind,
    AttendanceApproval,
    AttendanceMethod,
    SignUpStatus,
)
from ledger.accounts import AccountKind, AccountStatus
from ledger.book_time import BookTime
from ledger.expiry_policy import Expiry
from ledger.posting import TransferKind

__all__ = [
    "AccountKind",
    "AccountStatus",
    "ActivityKind",
    "ActivityOrder",
    "ActivityStatus",
    "AlarmKind",
    "AreaLevel",
    "AttendanceApproval",
    "AttendanceMethod",
    "BookTime",
    "ClaimDoubt",
    "ClaimState",
    "ConsentPurpose",
    "CutBy",
    "Decision",
    "EvidenceGrade",
    "Expiry",
    "OfferStatus",
    "OrderStatus",
    "OrganisationKind",
    "ReservationStatus",
    "Role",
    "RowOutcome",
    "RuleKind",
    "SignUpStatus",
    "TicketStatus",
    "TransferKind",
    "describe",
]


def describe(enum: type[Enum], description: str, **values: str) -> None:
    """Make an enum a GraphQL enum; every value needs its description."""
    strawberry.enum(enum, description=description)
    definition: StrawberryEnumDefinition = enum.__strawberry_definition__  # type: ignore[attr-defined]
    assert values.keys() == {value.name for value in definition.values}, f"{enum.__name__} and its descriptions differ"
    for value in definition.values:
        value.description = values[value.name]


class ActivityOrder(StrEnum):
    """How a list of activities is sorted."""

    STARTS_AT_ASC = "STARTS_AT_ASC"
    STARTS_AT_DESC = "STARTS_AT_DESC"


describe(
    AreaLevel,
    "How large an area is. A tree may leave levels out.",
    DISTRICT="A district (区), the largest. It lies in no other area.",
    SUBDISTRICT="A subdistrict (街道): the urban counterpart of a town, directly below the district.",
    TOWN="A rural town (镇).",
    COMMUNITY="An urban community (社区).",
    VILLAGE="A village (村).",
    GRID="A grid (网格): some hundred households with a grid worker.",
)
describe(
    OrganisationKind,
    "What a body is.",
    COMMUNITY_COMMITTEE="The committee of a community or village (居委会, 村委会), or its grid centre.",
    CIVIL_PRACTICE_STATION="A centre or station for civil practice (新时代文明实践中心, 站).",
    GOVERNMENT="An office of the government.",
    HOSPITAL="A hospital or clinic.",
    COMPANY="A company, for instance one that manages buildings.",
    SCHOOL="A school.",
    ASSOCIATION="An association of volunteers or of a trade.",
    OTHER="Anything else.",
)
describe(
    Role,
    "What a role grant allows, over an organisation or over an area and all that is managed below it.",
    ORGANISER="Opens activities and offers, sees who signed up, logs who came.",
    GATE_STAFF="Scans tickets, and redeems for residents who stand at the gate.",
    AUDITOR="Reads the whole book. Counts for the book only over a district.",
    ADMIN="Reads the whole book and corrects it with a reason. Counts for the book only over a district.",
)
describe(
    ActivityKind,
    "What an activity is about.",
    CLINIC="A free clinic (义诊).",
    ANTI_FRAUD="A drive against fraud (反诈宣传).",
    CLEANUP="Cleaning up a village or a street (环境整治).",
    DISASTER_PREPAREDNESS="Drills and advice for earthquakes, floods and fires (防灾减灾).",
    SAFETY_INSPECTION="Checking what could be a danger, such as drinking water (安全排查).",
    STUDY_PROMOTION="Helping people to study on Xuexi Qiangguo (学习推广).",
    READING="Reading and sharing (读书分享).",
    CULTURE="Crafts and arts (文化活动).",
    FESTIVAL="What belongs to a festival (节日活动).",
    FARM_AID="Helping farmers to sell (助农).",
    CENSUS="Helping with a census (普查).",
    COMMUNITY_SERVICE="Other service in the community (社区服务).",
    OTHER="Anything else.",
)
describe(
    ActivityStatus,
    "Where an activity is in its life.",
    DRAFT="Only its organisers see it.",
    PUBLISHED="Everyone sees it; residents may sign up.",
    CANCELLED="It does not take place; all its sign-ups are cancelled.",
    COMPLETED="It took place.",
)
describe(
    ActivityOrder,
    "How a list of activities is sorted.",
    STARTS_AT_ASC="Those that start first come first.",
    STARTS_AT_DESC="Those that start last come first.",
)
describe(
    SignUpStatus,
    "What became of a sign-up. It stands while it is CONFIRMED or WAITLISTED.",
    CONFIRMED="The resident has a place.",
    WAITLISTED="The resident waits; when a place falls free the first in line gets it, by itself.",
    CANCELLED="Cancelled by the resident, or with the whole activity.",
)
describe(
    AttendanceMethod,
    "How it is known that the resident was there.",
    ORGANISER="An organiser ticked them off a list or entered their phone number.",
    MEMBER_CODE="An organiser scanned the code on their phone.",
    SELF_CHECK_IN="The resident scanned the activity's code.",
    IMPORT="Taken over from another system.",
)
describe(
    EvidenceGrade,
    "How well it is known that the resident was there, from the strongest to the weakest.",
    SCANNED_IN_AND_OUT="The code on their phone was scanned when they came and when they left.",
    SCANNED_ONCE="The code on their phone was scanned once.",
    ORGANISER_LIST="On the organiser's list, sent in at latest 24 hours after the shift's end (Shift.listDueAt).",
    ENTERED_AFTERWARDS="Entered later than that, without a scan: with a reason, and counts once somebody else approved it.",
)
describe(
    AttendanceApproval,
    "What a second person said of an attendance that was entered afterwards.",
    NOT_NEEDED="It was not entered afterwards: it counts by itself.",
    PENDING="Nobody decided yet. It earns nothing and counts in no sum so far.",
    APPROVED="It counts, and was paid by the activity's rule.",
    REJECTED="It counts for nothing. It has to be voided before another one can be recorded for the same person and shift.",
)
describe(
    AlarmKind,
    "What looks wrong about how attendances were recorded. An alarm accuses nobody: somebody looks into it and says what "
    "they found.",
    MANY_ENTRIES="One organiser entered more than 50 people within 10 minutes, none of them scanned, over all their lists.",
    TWO_PLACES="The same person is said to have been in two activities at the same time.",
    RECORDED_AFTER_CREATION="Hours were recorded within an hour after the activity was created, or it was created only after the "
    "shift had begun.",
)
describe(
    RuleKind,
    "What an earning rule gives its points for.",
    PER_ATTENDANCE="For each attendance.",
    PER_HOUR="For each whole hour served.",
    FIRST_OF_DAY="For a resident's first attendance of the programme's day, whichever is recorded first.",
    PER_UNIT="For each of the units that the record tells (kilograms, articles, visits).",
    SCORE_BAND="By the score that the record tells: the points of the highest band it reaches.",
    CAP="Gives nothing itself: its caps bound what all rules of the programme, and the activities themselves, give together.",
)
describe(
    CutBy,
    "What kept a rule from giving all it would have given.",
    ATTENDANCE_CAP="The activity's own cap on one attendance.",
    ACTIVITY_CAP="A cap on one activity.",
    DAY_CAP="A cap on the programme's day.",
    WEEK_CAP="A cap on the ISO week.",
    TOTAL_CAP="A cap on all that is ever given.",
    GRADE="The evidence is weaker than the rule asks for.",
    SHARE="They were there for less of the shift than the rule asks for.",
)
describe(
    AccountKind,
    "What an account of the ledger is for.",
    WALLET="One resident's points in one programme.",
    ISSUANCE="Where points come from.",
    REDEMPTION="Where spent points go.",
    EXPIRY="Where expired points go.",
    ADJUSTMENT="The other side of corrections.",
)
describe(
    AccountStatus,
    "What a wallet lets through.",
    OPEN="Points come in and can be spent.",
    FROZEN="Points come in, and nothing is spent until an administrator opens it again.",
    CLOSED="Nothing moves but the reversal of a mistake.",
)
describe(
    Expiry,
    "Until when a programme's points can be spent. Days are those of the programme's zone.",
    NEVER="For ever.",
    END_OF_YEAR="Until 31 December of the year in which they came in.",
    MONTHS="Until so many months after the day on which they came in.",
)
describe(
    BookTime,
    "By which of a posting's two times the past is asked for.",
    POSTED="When the ledger took it. What a past instant shows by it never changes.",
    OCCURRED="When it happened in the world. What is entered afterwards changes the day on which it happened.",
)
describe(
    ConsentPurpose,
    "What people are asked to agree to.",
    PERSONAL_DATA="That what the service needs is kept: name, number, what they signed up for and have.",
    SENSITIVE_DATA="By itself: what shows where somebody was and when, and what else the law calls sensitive.",
)
describe(
    Decision,
    "What a second person said.",
    PENDING="Nobody has decided yet.",
    APPROVED="A second person agreed; it was done.",
    REJECTED="A second person said no; nothing was done.",
)
describe(
    TransferKind,
    "Why points moved.",
    EARN="Earned, for instance by an attendance.",
    REDEEM="Spent on an order of tickets.",
    REFUND="Given back for an order.",
    ADJUST="A correction by an administrator, with a reason.",
    EXPIRE="Expired.",
    REVERSAL="Takes back an earlier transfer that was a mistake.",
)
describe(
    OfferStatus,
    "Where an offer is in its life.",
    DRAFT="Only its host's staff see it.",
    ON_SALE="Can be redeemed between salesOpenAt and salesCloseAt.",
    PAUSED="Cannot be redeemed for the time being.",
    CLOSED="Cannot be redeemed any more.",
)
describe(
    ReservationStatus,
    "What became of a reservation. It stands while it is HELD.",
    HELD="Tickets and points are set aside until expiresAt.",
    PAID="Its points were spent; its order has the tickets.",
    CANCELLED="Given up by the resident, or by gate staff; all of it was given back.",
    EXPIRED="Nobody paid it in time; all of it was given back.",
)
describe(
    OrderStatus,
    "What became of an order.",
    PAID="Its tickets are good.",
    REFUNDED="Points and places were given back; its tickets are void.",
)
describe(
    TicketStatus,
    "What a ticket is good for.",
    VALID="Not used yet.",
    ADMITTED="Let somebody in at least once; it may still open other attractions.",
    REFUNDED="Void: its order was refunded.",
    EXPIRED="Never used, and its session is over.",
)
describe(
    ClaimState,
    "What became of a claim. It stands while it is PENDING or APPROVED.",
    PENDING="Waits for a second person; nothing is paid yet, and nobody else is paid for its figure.",
    APPROVED="Paid: at once, or after a second person agreed.",
    REJECTED="A second person said no; nothing was paid.",
    VOIDED="It was a mistake; its points were taken back.",
)
describe(
    ClaimDoubt,
    "Why a claim waits for a second person.",
    LARGE_INCREASE="Above the programme's limit, together with what claims brought the resident in the last 24 hours without a "
    "second person.",
    ACCOUNT_OF_ANOTHER="Another resident's claim names the same masked account. Two accounts can look alike when masked.",
    ACCOUNT_CHANGED="The resident's last claim names another account.",
    EARLIER_PENDING="An earlier claim of the resident waits, and this one counts from its figure.",
)
describe(
    RowOutcome,
    "What became of a row of a statement, or would.",
    PAID="Its increase is in the wallet.",
    PENDING="Its claim waits for a second person.",
    ALREADY_CLAIMED="Nothing to do: its figure is not above the last one attested, as when a file is sent again.",
    REFUSED="It does not count; the error says why.",
)
