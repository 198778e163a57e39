"""How often one person, or one address, may do what invites guessing: counted act by act, however many come in one request.

A bucket for each who: it holds as many acts as a minute or an hour allows, and fills evenly. Each process counts for itself, so
several of them allow as many times more. What must hold among all of them (codes for a phone, tries of a code) is the database's.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.refusals import RateLimited

MOST_WATCHED = 100_000  # of people and addresses; who did nothing for longest is forgotten first
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Allowance:
    """So many acts within so long."""

    most: int
    within: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowances:
    """What each may do. An address is that of a household, an office, or of a network that thousands share."""

    sign_in_codes: Allowance = Allowance(600, HOUR)
    sign_ins: Allowance = Allowance(1_200, HOUR)
    member_codes: Allowance = Allowance(1_000, MINUTE)
    scans: Allowance = Allowance(2_000, MINUTE)


class Meter:
    """Counts acts."""

    def __init__(self, allowances: Allowances) -> None:
        self.allowances = allowances
        self.used: OrderedDict[tuple[str, object], tuple[float, datetime]] = OrderedDict()

    def take(self, name: str, who: object, acts: int, now: datetime) -> None:
        """Count so many acts of somebody. Raises RateLimited where they are too many: then none is counted."""
        allowance: Allowance = getattr(self.allowances, name)
        used, since = self.used.get((name, who), (0.0, now))
        each = allowance.within / allowance.most
        used = max(0.0, used - (now - since) / each)
        if used + acts > allowance.most:
            raise RateLimited(retry_after=max(timedelta(seconds=1), (used + acts - allowance.most) * each))
        self.used[name, who] = (used + acts, now)
        self.used.move_to_end((name, who))
        if len(self.used) > MOST_WATCHED:
            self.used.popitem(last=False)
