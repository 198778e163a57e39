"""Many people with phones in their hands, made at once: each is registered, signed in, and has points."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.people.caller import Caller
from domain.people.register_resident import NewResident, add_resident
from domain.people.sign_in import NewSession, begin_session
from schema.ids import encode_id
from storage import Transaction, write
from tests.builders.people import a_phone, a_programme, give_points
from tests.clock import NOW


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who asks over HTTP: what their phone knows of them."""

    resident_id: int
    phone: str
    token: str

    @property
    def id(self) -> str:
        """Their id as clients write it."""
        return encode_id("Resident", self.resident_id)


async def a_crowd(size: int, points: int = 0, now: datetime = NOW) -> list[Person]:
    """As many residents, signed in since `now`, each with so many points."""

    async def body(tx: Transaction) -> list[Person]:
        await a_programme(tx)
        return [await add_person(tx, points, now) for _ in range(size)]

    return await write(body)


async def a_person(points: int = 0, now: datetime = NOW) -> Person:
    """One resident, signed in since `now`."""
    return (await a_crowd(1, points, now))[0]


async def add_person(tx: Transaction, points: int, now: datetime) -> Person:
    phone = a_phone()
    new = NewResident(display_name="示例居民", phone=phone)
    resident_id = await add_resident(tx, new, now, secrets.token_bytes)
    if points:
        await give_points(tx, resident_id, points)
    tokens = await begin_session(tx, NewSession(resident_id), now, secrets.token_bytes)
    return Person(resident_id, phone, tokens.access_token)


async def tokens_of(callers: Sequence[Caller], now: datetime = NOW) -> list[str]:
    """Access tokens of residents who are there already."""

    async def body(tx: Transaction) -> list[str]:
        sessions = [
            await begin_session(tx, NewSession(caller.signed_in()), now, secrets.token_bytes) for caller in callers
        ]
        return [session.access_token for session in sessions]

    return await write(body)


async def token_of(caller: Caller, now: datetime = NOW) -> str:
    """An access token of a resident who is there already."""
    return (await tokens_of([caller], now))[0]
