"""Who may follow what: every subscription, every role."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from schema.ids import encode_id
from tests.roles.people import EVERYBODY, GATE, NONE, ORGANISERS, SIGNED_IN, Group, Who
from tests.roles.world import World, an_activity_of_the_host, an_offer_of_the_host

Variables = dict[str, str]


@dataclass(frozen=True)
class Followed:
    """A subscription to something of the host's."""

    name: str
    variables: Callable[[World], Awaitable[Variables]]
    may: Group
    told: dict[str, Group] = field(default_factory=dict)
    #: may, and there is nothing to tell yet
    silent: Group = NONE

    def answer(self, who: Who) -> str | None:
        """The code that somebody gets, None where they may."""
        if who is Who.NOBODY:
            return "UNAUTHENTICATED"
        return None if who in self.may else next(code for code, group in self.told.items() if who in group)


async def nothing(_: World) -> Variables:
    return {}


async def an_activity(world: World) -> Variables:
    return {"activityId": encode_id("Activity", (await an_activity_of_the_host(world)).id)}


async def a_draft(world: World) -> Variables:
    return {"activityId": encode_id("Activity", (await an_activity_of_the_host(world, publish=False)).id)}


async def a_session(world: World) -> Variables:
    return {"sessionId": encode_id("OfferSession", (await an_offer_of_the_host(world, 0)).session_id)}


async def a_session_of_a_draft(world: World) -> Variables:
    return {"sessionId": encode_id("OfferSession", (await an_offer_of_the_host(world, 0, publish=False)).session_id)}


FORBIDDEN = {"FORBIDDEN": EVERYBODY}
NOT_FOUND = {"NOT_FOUND": EVERYBODY}

FOLLOWED = {
    "their own wallet": Followed("walletChanged", nothing, SIGNED_IN),
    "an activity": Followed("activityChanged", an_activity, ORGANISERS, FORBIDDEN),
    "a draft": Followed("activityChanged", a_draft, ORGANISERS, NOT_FOUND),
    "admissions": Followed("admissionRecorded", a_session, GATE, FORBIDDEN),
    "admissions to a draft": Followed(
        "admissionRecorded", a_session_of_a_draft, NONE, {"FORBIDDEN": ORGANISERS} | NOT_FOUND, silent=GATE
    ),
}
