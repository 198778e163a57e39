"""The town of a seed: made with the same acts as a real one."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from domain.claims.set_claim_limit import SetClaimLimitWish, set_claim_limit
from domain.people.caller import Caller
from domain.people.grant_role import RoleWish, grant_role
from domain.people.register_resident import NewResident, register_resident
from domain.people.rights import Role
from domain.places.create_area import NewArea, create_area
from domain.places.create_organisation import NewOrganisation, create_organisation
from domain.places.kinds import AreaLevel, OrganisationKind
from domain.points.set_adjustment_limit import SetAdjustmentLimitWish, set_adjustment_limit
from domain.redemption.create_ticket_offer import (
    AttractionWish,
    CreateTicketOfferWish,
    SessionWish,
    create_ticket_offer,
)
from domain.volunteering.activity_wish import CreateActivityWish
from domain.volunteering.create_activity import create_activity
from domain.volunteering.points_rule import PointsRule
from domain.volunteering.states import ActivityKind
from ledger.accounts import create_programme
from ledger.expiry_policy import Expiry
from storage import Transaction, fetch, write
from tests.clock import NOW, later

PEOPLE = 5
XUEXI, VOLUNTEER = "xuexi", "volunteer"
PROGRAMMES = (XUEXI, VOLUNTEER)
CLAIM_LIMIT = 6  # points; what is claimed above that waits for a second person
ADJUSTMENT_LIMIT = 40  # points; what an administrator corrects beyond that in a day waits for another
SHANGHAI = timedelta(hours=8)  # from UTC to the programmes' local days


@dataclass(frozen=True, slots=True)
class Shift:
    """A shift and what it earns."""

    id: int
    starts_at: datetime
    ends_at: datetime
    rule: PointsRule

    @property
    def day(self) -> date:
        """When it begins, as its programme has days."""
        return (self.starts_at + SHANGHAI).date()


@dataclass(frozen=True, slots=True)
class Offer:
    """An offer with one session; `attractions` are the ids of what its tickets open, with how often."""

    id: int
    session_id: int
    attractions: tuple[tuple[int, int | None], ...]
    wish: CreateTicketOfferWish

    @property
    def session(self) -> SessionWish:
        """When it takes place."""
        return self.wish.sessions[0]


@dataclass(frozen=True, slots=True)
class HeardTicket:
    """A ticket as its holder has it."""

    id: int
    token: str = field(repr=False)


@dataclass(slots=True)
class Town:
    """Who and what is there, by numbers that wishes name them by. `heard` are the ids that people were told, by name."""

    dice: random.Random
    budgets: dict[str, int | None] = field(default_factory=dict)
    expiry: dict[str, tuple[Expiry, int]] = field(default_factory=dict)
    residents: list[int] = field(default_factory=list)
    host_id: int = 0
    organiser: Caller = field(default_factory=Caller)
    gate_staff: Caller = field(default_factory=Caller)
    administrators: list[Caller] = field(default_factory=list)
    wallets: dict[tuple[str, int], int] = field(default_factory=dict)
    shifts: list[Shift] = field(default_factory=list)
    offers: list[Offer] = field(default_factory=list)
    heard: dict[str, int] = field(default_factory=dict)
    tickets: dict[str, HeardTicket] = field(default_factory=dict)

    def resident(self, who: int) -> Caller:
        """Somebody who calls."""
        return Caller(self.residents[who])

    @property
    def administrator(self) -> Caller:
        """The first of the two."""
        return self.administrators[0]

    def random_bits(self, bits: int) -> int:
        """The randomness of serials."""
        return self.dice.getrandbits(bits)


async def a_town(dice: random.Random) -> Town:
    """Two programmes, one with a budget; a handful of people; four shifts that earn points and three offers that take them."""
    town = Town(dice)
    town.budgets = {XUEXI: None, VOLUNTEER: dice.choice([None, 15, 40])}
    town.expiry = {
        code: dice.choice([(Expiry.NEVER, 0), (Expiry.MONTHS, 1), (Expiry.END_OF_YEAR, 0)]) for code in PROGRAMMES
    }
    for code in PROGRAMMES:
        await a_programme(code, town.budgets[code], *town.expiry[code])
    district = await create_area(NewArea(code="370811", name="示例区", level=AreaLevel.DISTRICT))
    host = await create_organisation(NewOrganisation(name="示例单位", kind=OrganisationKind.OTHER, area_id=district))
    town.host_id = host
    town.residents = [await a_person(dice) for _ in range(PEOPLE)]
    town.organiser, town.gate_staff, *town.administrators = [Caller(await a_person(dice)) for _ in range(4)]
    for caller, role in ((town.organiser, Role.ORGANISER), (town.gate_staff, Role.GATE_STAFF)):
        await grant_role(RoleWish(resident_id=caller.signed_in(), role=role, organisation_id=host), NOW)
    for caller in town.administrators:
        await grant_role(RoleWish(resident_id=caller.signed_in(), role=Role.ADMIN, area_id=district), NOW)
    town.wallets = await wallets_of(town.residents)
    for code in PROGRAMMES:
        await set_adjustment_limit(
            town.administrator, SetAdjustmentLimitWish(programme=code, limit=ADJUSTMENT_LIMIT), NOW
        )
    await set_claim_limit(town.administrator, SetClaimLimitWish(programme=XUEXI, approval_above=CLAIM_LIMIT), NOW)
    town.shifts = [await a_shift(dice, town, host, starts_in) for starts_in in (-3.5, -2, 4, 30)]
    town.offers = [await an_offer(dice, town, host, starts_in) for starts_in in (0.5, 3, 26)]
    return town


async def a_programme(code: str, budget: int | None, expiry: Expiry, months: int) -> None:
    """With its policy from the first day on: later, everybody would have to see it coming."""

    async def body(tx: Transaction) -> None:
        await create_programme(tx, code, code, "Asia/Shanghai", budget, NOW)
        sql = "UPDATE programmes SET expiry = ?, expiry_months = ? WHERE code = ?"
        await tx.execute(sql, expiry.value, months or None, code)

    await write(body)


async def a_person(dice: random.Random) -> int:
    return await register_resident(NewResident(display_name="示例居民"), NOW, dice.randbytes)


async def wallets_of(residents: list[int]) -> dict[tuple[str, int], int]:
    """The wallets' ids by programme and the number of their holder."""
    rows = await fetch("SELECT programme, holder_id, id FROM accounts WHERE kind = 'WALLET'")
    return {(row[0], residents.index(row[1])): row[2] for row in rows if row[1] in residents}


async def a_shift(dice: random.Random, town: Town, host_id: int, starts_in: float) -> Shift:
    starts, ends = later(hours=starts_in), later(hours=starts_in + 4)
    rule = PointsRule(
        programme=dice.choice(PROGRAMMES),
        per_attendance=dice.choice([0, 3, 8]),
        per_hour=dice.choice([0, 2]),
        cap=dice.choice([7, 100]),
    )
    wish = CreateActivityWish(
        kind=ActivityKind.CLINIC,
        title="示例义诊",
        summary="为居民望舌、把脉",
        host_id=host_id,
        area_code="370811",
        venue="示例社区广场",
        starts_at=starts,
        ends_at=ends,
        points_rule=rule,
        publish=True,
    )
    activity_id = await create_activity(town.organiser, wish, NOW)
    rows = await fetch("SELECT id FROM shifts WHERE activity_id = ?", activity_id)
    return Shift(rows[0][0], starts, ends, rule)


async def an_offer(dice: random.Random, town: Town, host_id: int, starts_in: float) -> Offer:
    starts, ends = later(hours=starts_in), later(hours=starts_in + 6)
    wish = CreateTicketOfferWish(
        title="示例新年游乐汇",
        summary="出示积分兑换门票",
        host_id=host_id,
        venue="少康湖",
        programme=dice.choice(PROGRAMMES),
        cost=dice.choice([0, 2, 3]),
        minimum_balance=dice.choice([0, 0, 6]),
        limit_per_resident=dice.choice([2, 4]),
        sales_open_at=NOW - timedelta(hours=1),
        sales_close_at=ends,
        refundable_until=dice.choice([None, starts, ends, ends]),
        sessions=(SessionWish(starts_at=starts, ends_at=ends, stock=dice.choice([3, 6, 30])),),
        attractions=(
            AttractionWish(name="恐龙园", entries=1),
            AttractionWish(name="萌宠园", entries=dice.choice([2, None])),
        ),
        publish=True,
    )
    offer_id = await create_ticket_offer(town.organiser, wish, NOW)
    sessions = await fetch("SELECT id FROM offer_sessions WHERE offer_id = ?", offer_id)
    attractions = await fetch("SELECT id, entries FROM attractions WHERE offer_id = ? ORDER BY position", offer_id)
    return Offer(offer_id, sessions[0][0], tuple((row[0], row[1]) for row in attractions), wish)
