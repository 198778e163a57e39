"""The whole book for those who may read it."""

from __future__ import annotations

from datetime import datetime

from domain.people.caller import Caller
from domain.people.rights import require_book_reader
from ledger.book_time import BookTime
from ledger.trial_balance import TrialBalance, trial_balance
from storage import Reader, read


async def read_trial_balance(
    caller: Caller, programme: str, at: datetime, by: BookTime = BookTime.POSTED
) -> TrialBalance:
    """The programme's book at an instant. Raises Unauthenticated, Forbidden, InvalidInput for an unknown programme."""

    async def body(reader: Reader) -> TrialBalance:
        await require_book_reader(reader, caller)
        return await trial_balance(reader, programme, at, by)

    return await read(body)
