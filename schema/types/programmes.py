"""Programmes: each is a book of its own, with the rules by which its points are earned."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from domain.earning import models as earning
from domain.earning.find_rules import kinds_of
from domain.people.rights import reads_the_book
from domain.points.adjustment_limit import most_alone
from ledger import models
from schema.enums import ActivityKind, CutBy, EvidenceGrade, Expiry, RuleKind
from schema.reads.arguments import argument
from schema.reads.declare import Node, column, computed, connection, row_type, sql, to_many, to_one
from schema.reads.paging import Connection
from schema.reads.sources import Condition, condition
from schema.scalars import Points
from schema.types.people import Resident

# Counted on the row only while there is a budget (ledger/budget.py).
ISSUED = f"""CASE WHEN NOT {reads_the_book()} THEN NULL WHEN {{t}}.budget IS NOT NULL THEN {{t}}.issued ELSE
    (SELECT CAST(COALESCE(-SUM(ie.amount), 0) AS BIGINT) FROM accounts ia JOIN entries ie ON ie.account_id = ia.id
    WHERE ia.programme = {{t}}.code AND ia.kind = 'ISSUANCE') END"""

LIMIT = f"CASE WHEN {reads_the_book()} THEN {most_alone('{t}.code')} END"


def rules_where(in_force_on: date | None) -> Iterator[Condition]:
    if in_force_on is not None:
        day = in_force_on.isoformat()
        yield condition("{other}.valid_from <= :day", day=day)
        yield condition("({other}.valid_until IS NULL OR {other}.valid_until >= :day)", day=day)


def activity_kinds(kinds: str) -> list[ActivityKind]:
    return [ActivityKind(kind) for kind in kinds_of(kinds)]


@row_type(models.Programme)
class Programme(Node):
    """A programme of points: a book of its own. Points never cross programmes; everybody has a wallet in each."""

    code: str = column("Unique, such as 'xuexi'. What inputs and `Viewer.wallet` name it by.")
    name: str = column("What people call its points, such as '学习强国积分'.")
    zone: str = column("The IANA time zone that decides which day it is for its rules.")
    expiry: Expiry = column("Until when its points can be spent.")
    expiry_months: int | None = column("With MONTHS: how many months after the day on which they came in.")
    expiry_not_before: date | None = column("No points expire before this day.")
    budget: Points | None = column("The most points it may issue in all; null is no limit.")
    issued: Points | None = sql(
        "The points it has issued, less those that were taken back. For auditors and administrators of a district; null for "
        "everyone else.",
        ISSUED,
    )
    adjustment_limit: Points | None = sql(
        "The points that the viewer may give to or take from one resident within 24 hours without a second administrator. A "
        "limit that the viewer raised counts for the others; for the viewer once another administrator has set it too. For "
        "auditors and administrators of a district; null for everyone else.",
        LIMIT,
    )
    rules: Connection[EarningRule] = connection(
        "Its published rules, every version, by their codes. What an activity gives by itself is its pointsRule.",
        "programme_id",
        order=("code", "version"),
        where=rules_where,
        args={"in_force_on": argument(date | None, "Only those that hold on this day.")},
    )


@row_type(earning.EarningRuleBand)
class ScoreBand:
    """The points of a SCORE_BAND rule from a score on, until the next band begins."""

    from_score: int = column("The lowest score of the band.")
    points: Points = column("What it gives.")


@row_type(earning.EarningRule)
class EarningRule(Node):
    """One version of a rule by which a programme gives points. It is never changed: a new version takes over from its first
    day on, and no day before is touched."""

    programme: Programme = to_one("The programme that gives the points.")
    code: str = column("What all versions of a rule have in common. Of one code one version at most holds on a day.")
    version: int = column("1, 2, 3 in the order of publishing.")
    name: str = column("What people call it, such as '每小时一分'.")
    kind: RuleKind = column("What it gives its points for.")
    points: Points = column("Points for each attendance, hour or unit; 0 for SCORE_BAND (see bands) and CAP.")
    bands: list[ScoreBand] = to_many("Of SCORE_BAND: points by score, the lowest first.", "rule_id", order="from_score")
    valid_from: date = column(
        "The first day on which it holds, in the programme's zone: the day on which a shift begins."
    )
    valid_until: date | None = column(
        "The last day on which it holds; null while no end is known. Before validFrom: it was replaced before it began."
    )
    cap_per_activity: Points | None = column("The most it gives one resident for one activity; null is no limit.")
    cap_per_day: Points | None = column("The most it gives one resident in a day of the programme.")
    cap_per_week: Points | None = column("The most it gives one resident in an ISO week, from Monday to Sunday.")
    cap_total: Points | None = column("The most it ever gives one resident.")
    lowest_grade: EvidenceGrade = column("It gives from this grade of evidence on.")
    least_share_percent: int = column(
        "It gives to whoever was there for at least this share of the shift, in per cent.", "least_share"
    )
    activity_kinds: list[ActivityKind] = computed(
        "The kinds of activities it looks at; empty: all.", needs={"kinds": "activity_kinds"}, by=activity_kinds
    )
    published_at: datetime = column("When it was published.")
    published_by: Resident | None = to_one(
        "Who published it. For auditors and administrators of a district; null for everyone else.",
        on=f"{{other}}.id = {{t}}.published_by_id AND {reads_the_book()}",
    )


@row_type(earning.Award)
class Award:
    """What one rule gave for an attendance: what it would have given, and what a cap cut off. An attendance's points are the
    sum of its awards."""

    rule: EarningRule | None = to_one("The version that gave it; null: the activity's own pointsRule.")
    day: date = column("The programme's day on which the shift began: it decides which rules hold.", "local_day")
    basis: int = column("The hours, units or score that were counted; 1 for an attendance as such.")
    would_have_given: Points = column("The points without any cap.")
    cut: Points = sql("The points that were cut off.", "({t}.would_have_given - {t}.points)")
    cut_by: CutBy | None = column("What cut them off, the tightest where there were several; null where nothing did.")
    cut_by_rule: EarningRule | None = to_one(
        "Whose cap it was; null where nothing was cut, by the activity itself, or for too weak evidence.", "cut_rule_id"
    )
    cut_limit: int | None = column("How much that cap allows, in points; for SHARE in per cent of the shift.")
    points: Points = column("The points it gave.")
