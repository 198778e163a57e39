"""Filling an empty database with the demo: places, people, and some weeks of life around the day of filling.

The ground is laid in one transaction. Everything that happens on it goes through the acts, at the time it happens, with keys
that never change: a filling that was interrupted is told again at the next start, and only what was missing happens. The
same day gives the same demo, but for keys and secrets.
"""

from __future__ import annotations

from datetime import datetime, time

from api.demo.activities import DEMO_ACTIVITIES
from api.demo.attending import play_activity
from api.demo.claims import show_pages
from api.demo.ground import find_ground, lay_ground
from api.demo.people import ADMINISTRATORS, GATE_STAFF, ORGANISERS, phone_of
from api.demo.places import CENTRE
from api.demo.redeeming import pick_strawberries, visit_fair
from api.demo.rules import publish_rules
from api.demo.town import Demo
from domain.refusals import Conflict
from ledger.idempotency import Intent, claim
from storage import Transaction, fetch, read, write


async def fill_if_empty(now: datetime) -> bool:
    """All of the demo is in the database if that was empty, or held a part of it; whether it was this call that completed it."""
    demo = await read(find_ground)
    if demo is None:
        if await fetch("SELECT 1 FROM areas LIMIT 1") or await fetch("SELECT 1 FROM residents LIMIT 1"):
            return False
        demo = await laid_by_somebody(now)
    elif await is_complete(demo):
        return False
    await live(demo)
    return await complete(demo, now)


async def laid_by_somebody(now: datetime) -> Demo:
    """The ground: ours, or that of another process that started at the same moment."""
    try:
        return await write(lambda tx: lay_ground(tx, now))
    except Conflict:
        demo = await read(find_ground)
        assert demo, "what stood in the way is a demo"
        return demo


async def live(demo: Demo) -> None:
    """Everything happens, but for what has happened before."""
    await publish_rules(demo.caller(ADMINISTRATORS.phones[0]), demo.announced_at, demo.now)
    for number, activity in enumerate(DEMO_ACTIVITIES):
        await play_activity(demo, activity, first_resident=number * 17)
    await study(demo)
    await visit_fair(demo)
    await pick_strawberries(demo)


async def study(demo: Demo) -> None:
    """Some showed what they studied on Xuexi Qiangguo."""
    host_id, today = demo.organisations[CENTRE], demo.at(0, time()).date()
    staff, second = demo.caller(ORGANISERS.phones[0]), demo.caller(GATE_STAFF.phones[0])
    await show_pages(host_id, staff, second, lambda number: demo.caller(phone_of(number)), today, demo.now)


def completion(demo: Demo) -> Intent:
    """The last that happens, once."""
    return Intent(demo.people[ADMINISTRATORS.phones[0]], "demo-complete", "fill_demo", {})


async def complete(demo: Demo, now: datetime) -> bool:
    """From now on it is known that nothing is missing; whether it was not."""

    async def body(tx: Transaction) -> bool:
        return await claim(tx, completion(demo), "complete", now) is None

    return await write(body)


async def is_complete(demo: Demo) -> bool:
    """Whether nothing is missing."""
    last = completion(demo)
    sql = "SELECT 1 FROM idempotency_keys WHERE caller_id = ? AND key = ?"
    return bool(await fetch(sql, last.caller_id, last.key))
