"""A session with its offer, as one resident meets it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from domain.redemption.eligibility import FACTS, FACTS_WITHOUT_DUE, RedeemFacts, facts_of
from domain.redemption.visibility import sees_part_of_offer
from domain.viewer_sql import for_viewer, for_viewer_at
from ledger.accounts import AccountKind, AccountRef
from storage import Reader, Row
from storage.instants import from_micros


@dataclass(frozen=True, slots=True)
class Sale:
    """What is sold to one resident, and where their points would go. `visible`: they may know of it."""

    facts: RedeemFacts
    session_id: int
    offer_id: int
    host_id: int
    programme: str
    title: str
    starts_at: datetime
    redemption_account_id: int
    visible: bool

    def price_of(self, quantity: int) -> int:
        """What so many tickets cost, in points."""
        return self.facts.cost * quantity

    @property
    def wallet(self) -> AccountRef:
        """Where the points come from."""
        assert self.facts.account_id, "whoever can pay has a wallet"
        return AccountRef(self.facts.account_id, AccountKind.WALLET)

    @property
    def redemption(self) -> AccountRef:
        """Where the points go."""
        return AccountRef(self.redemption_account_id, AccountKind.REDEMPTION)


def select_sale(facts: Mapping[str, str]) -> str:
    """The statement for a session's Sale, with `:viewer`."""
    return f"""SELECT {", ".join(facts.values())}, s.id, f.id, f.host_id, f.programme, f.title, s.starts_at,
        (SELECT c.id FROM accounts c WHERE c.programme = f.programme AND c.kind = 'REDEMPTION' AND c.kind <> 'WALLET'),
        CASE WHEN {sees_part_of_offer("s")} THEN 1 ELSE 0 END
        FROM offer_sessions s JOIN ticket_offers f ON f.id = s.offer_id WHERE s.id = ?""".replace("{t}", "s")


SELECT_SALE = select_sale(FACTS)
SELECT_WITHOUT_DUE = select_sale(FACTS_WITHOUT_DUE)


async def find_sale(reader: Reader, session_id: int, resident_id: int) -> Sale | None:
    """The session and its offer in one statement, or None. Due reservations count until they are marked as expired."""
    sql, viewers = for_viewer(SELECT_SALE, resident_id)
    row = await reader.fetch_one(sql, *viewers, session_id)
    return None if row is None else sale_of(row)


async def foresee_sale(reader: Reader, session_id: int, viewer_id: int | None, now: datetime) -> Sale | None:
    """The same as an act would find it that first let due reservations expire; also for somebody who is not signed in."""
    sql, given = for_viewer_at(SELECT_WITHOUT_DUE, viewer_id, now)
    row = await reader.fetch_one(sql, *given, session_id)
    return None if row is None else sale_of(row)


def sale_of(row: Row) -> Sale:
    id_, offer_id, host_id, programme, title, starts_at, redemption_id, visible = row[len(FACTS) :]
    facts = facts_of(row[: len(FACTS)])
    return Sale(facts, id_, offer_id, host_id, programme, title, from_micros(starts_at), redemption_id, bool(visible))
