"""A second server process, as far as redeeming goes: `python -m tests.domain.redemption.redeeming_process URL`.

Says 'ready', reads one line with the wishes as JSON, sends them all at once, and prints the outcomes as JSON.
"""

from __future__ import annotations

import asyncio
import json
import sys

from domain.people.caller import Caller
from domain.redemption.redeem_tickets import RedeemTicketsWish, redeem_tickets
from domain.refusals import Refusal
from storage import close_database, open_database
from tests.clock import NOW

Wish = tuple[int, int, int, str]


async def outcome(wish: Wish) -> int | str:
    """The order's id, or the refusal's code."""
    resident_id, session_id, quantity, key = wish
    asked = RedeemTicketsWish(session_id=session_id, quantity=quantity, idempotency_key=key)
    try:
        return await redeem_tickets(Caller(resident_id), asked, NOW)
    except Refusal as refusal:
        return refusal.code


async def run(url: str) -> None:
    await open_database(url)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    wishes = json.loads(await asyncio.to_thread(sys.stdin.readline))
    answers = await asyncio.gather(*(outcome(wish) for wish in wishes))
    await close_database()
    sys.stdout.write(json.dumps(answers) + "\n")


if __name__ == "__main__":
    asyncio.run(run(sys.argv[1]))
