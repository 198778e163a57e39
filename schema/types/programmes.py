"""Programmes: each is a book of its own."""

from __future__ import annotations

from datetime import date

from domain.people.rights import reads_the_book
from domain.points.adjustment_limit import most_alone
from ledger import models
from schema.enums import Expiry
from schema.reads.declare import Node, column, row_type, sql
from schema.scalars import Points

# Counted on the row only while there is a budget (ledger/budget.py).
ISSUED = f"""CASE WHEN NOT {reads_the_book()} THEN NULL WHEN {{t}}.budget IS NOT NULL THEN {{t}}.issued ELSE
    (SELECT CAST(COALESCE(-SUM(ie.amount), 0) AS BIGINT) FROM accounts ia JOIN entries ie ON ie.account_id = ia.id
    WHERE ia.programme = {{t}}.code AND ia.kind = 'ISSUANCE') END"""

LIMIT = f"CASE WHEN {reads_the_book()} THEN {most_alone('{t}.code')} END"


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
