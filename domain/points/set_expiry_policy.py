"""Saying until when a programme's points can be spent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from domain.people.caller import Caller
from domain.people.rights import require_book_administrator
from domain.ranges import check_range
from domain.refusals import InvalidInput, NotFound
from ledger.expiry_policy import MOST_MONTHS, Expiry, ExpiryPolicy
from storage import Transaction, write

NOTICE = timedelta(days=30)  # everybody sees it coming


@dataclass(frozen=True, slots=True, kw_only=True)
class SetExpiryPolicyWish:
    """A programme by its code; `months` goes with MONTHS only; nothing expires before the local day `not_before`."""

    programme: str
    expiry: Expiry
    months: int | None = None
    not_before: date | None = None


async def set_expiry_policy(caller: Caller, wish: SetExpiryPolicyWish, now: datetime) -> int:
    """From now on the programme's points, also those in wallets, expire by this policy; the programme's id.

    Points that by the new policy would be too old already, or soon, stay until `not_before`, which is 30 days from now at the
    least. What has expired stays expired. By administrators of a whole district. Raises Unauthenticated, InvalidInput
    (months, notBefore), Forbidden, NotFound (programme), InvalidInput (notBefore).
    """
    caller.signed_in()
    check_whole(wish)

    async def body(tx: Transaction) -> int:
        await require_book_administrator(tx, caller)
        row = await tx.fetch_one("SELECT id, zone FROM programmes WHERE code = ?", wish.programme)
        if row is None:
            raise NotFound(path=("programme",))
        check_notice(wish, ExpiryPolicy(wish.expiry, wish.months, row[1]).day_of(now))
        not_before = wish.not_before and wish.not_before.isoformat()
        sql = "UPDATE programmes SET expiry = ?, expiry_months = ?, expiry_not_before = ? WHERE id = ?"
        await tx.execute(sql, wish.expiry.value, wish.months, not_before, row[0])
        return int(row[0])

    return await write(body)


def check_whole(wish: SetExpiryPolicyWish) -> None:
    """Raises InvalidInput where something is missing, or given for nothing."""
    if (wish.expiry is Expiry.MONTHS) is (wish.months is None):
        raise InvalidInput(reason="expiry_months_only_with_months", path=("months",))
    if wish.months is not None:
        check_range(wish.months, 1, MOST_MONTHS, "months")
    if (wish.expiry is Expiry.NEVER) is (wish.not_before is not None):
        raise InvalidInput(reason="expiry_needs_notice", path=("notBefore",))


def check_notice(wish: SetExpiryPolicyWish, today: date) -> None:
    """Raises InvalidInput."""
    if wish.not_before is not None and wish.not_before < today + NOTICE:
        values: dict[str, object] = {"day": today + NOTICE, "days": NOTICE.days}
        raise InvalidInput(reason="expiry_notice_too_short", values=values, path=("notBefore",))
