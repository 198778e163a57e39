"""An activity's status as people see it. That it is completed is never stored: it follows from its end.

So nothing has to run at the right moment, and whoever asks for PUBLISHED activities gets what can still be attended.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from domain.volunteering.states import ActivityStatus

LONGEST_ACTIVITY = timedelta(days=366)

# DRAFT, PUBLISHED, CANCELLED or COMPLETED, of the activities row {t} at :now (microseconds).
STATUS_AT = "CASE WHEN {t}.status = 'PUBLISHED' AND {t}.ends_at <= :now THEN 'COMPLETED' ELSE {t}.status END"

# The same as conditions. What goes on now cannot have started longer ago than an activity lasts: with that, a list in the
# order of starts_at does not begin with all the years that are over.
CONDITIONS = {
    ActivityStatus.DRAFT: "{t}.status = 'DRAFT'",
    ActivityStatus.PUBLISHED: "({t}.status = 'PUBLISHED' AND {t}.ends_at > :now AND {t}.starts_at > :now - "
    f"{LONGEST_ACTIVITY // timedelta(microseconds=1)})",
    ActivityStatus.CANCELLED: "{t}.status = 'CANCELLED'",
    ActivityStatus.COMPLETED: "({t}.status = 'PUBLISHED' AND {t}.ends_at <= :now)",
}


def status_is(t: str, statuses: Collection[ActivityStatus]) -> str:
    """SQL: the activities row `t` is in one of the states at :now. In none of no states."""
    wanted = [condition.replace("{t}", t) for status, condition in CONDITIONS.items() if status in statuses]
    return f"({' OR '.join(wanted)})" if wanted else "(1 = 0)"


def is_over(ends_at: datetime, now: datetime) -> bool:
    """Whether an activity that was published is completed."""
    return ends_at <= now
