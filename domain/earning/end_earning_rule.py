"""Ending a rule that was published."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from domain.local_days import local_day
from domain.people.caller import Caller
from domain.people.rights import require_book_administrator
from domain.refusals import InvalidInput, NotFound
from ledger.budget import hold_programme
from storage import Transaction, write


@dataclass(frozen=True, slots=True, kw_only=True)
class EndEarningRuleWish:
    """The last day on which a version of a rule gives points."""

    rule_id: int
    last_day: date


async def end_earning_rule(caller: Caller, wish: EndEarningRuleWish, now: datetime) -> int:
    """The rule gives nothing after its last day; its id. Asking again for the same day changes nothing.

    Yesterday ends it for what is recorded from now on; no day before is touched. One that has not begun may end before it
    begins. By administrators of a whole district. Raises Unauthenticated, Forbidden, NotFound, InvalidInput (the last day lies
    further back than yesterday, or the rule ends earlier already).
    """
    caller.signed_in()

    async def body(tx: Transaction) -> int:
        await require_book_administrator(tx, caller)
        zone = await hold_programme_of(tx, wish.rule_id)
        if wish.last_day < local_day(now, zone) - timedelta(days=1):
            raise InvalidInput(reason="rule_ends_in_the_past", path=("lastDay",))
        until: str | None = await tx.fetch_value("SELECT valid_until FROM earning_rules WHERE id = ?", wish.rule_id)
        if until is not None and until < wish.last_day.isoformat():
            raise InvalidInput(reason="rule_ends_earlier", values={"last_day": until}, path=("lastDay",))
        await tx.execute(END, wish.last_day.isoformat(), wish.rule_id)
        return wish.rule_id

    return await write(body)


END = "UPDATE earning_rules SET valid_until = ? WHERE id = ?"
PROGRAMME_OF = "SELECT p.code FROM earning_rules r JOIN programmes p ON p.id = r.programme_id WHERE r.id = ?"


async def hold_programme_of(tx: Transaction, rule_id: int) -> str:
    """The zone of the rule's programme, to which nobody posts until the end of the transaction. Raises NotFound."""
    code: str | None = await tx.fetch_value(PROGRAMME_OF, rule_id)
    held = code and await hold_programme(tx, code)
    if not held:
        raise NotFound(path=("ruleId",))
    return held.zone
