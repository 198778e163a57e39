"""Residents, roles and sign-ins for tests. Name what matters; the rest is filled in."""

from __future__ import annotations

import re
import secrets
from datetime import datetime
from itertools import count

from domain.people.caller import Caller
from domain.people.find_caller import find_signed_in
from domain.people.grant_role import RoleWish, grant_role
from domain.people.register_resident import NewResident, add_resident
from domain.people.request_sign_in_code import request_sign_in_code
from domain.people.rights import Role
from domain.people.session_tokens import SessionTokens
from domain.people.sign_in import SignInWish, sign_in
from domain.people.sms import SmsFailed
from ledger.accounts import AccountKind, create_programme, find_accounts
from ledger.posting import NewTransfer, Source, TransferKind, post
from storage import Transaction, write
from tests.builders.places import an_area
from tests.clock import NOW
from tests.secrecy import watch

PROGRAMME = "xuexi"
FOR_A_TEST = Source("Test", 1)  # what points that a builder gives or spends are for
SHANGHAI = "Asia/Shanghai"
phones = count(13_900_000_000)


def a_phone() -> str:
    """A number that nobody has yet."""
    return f"+86{next(phones)}"


async def a_programme(tx: Transaction, code: str = PROGRAMME) -> None:
    """The programme is there."""
    if await tx.fetch_value("SELECT id FROM programmes WHERE code = ?", code) is None:
        await create_programme(tx, code, "学习积分", SHANGHAI, None, NOW)


async def a_resident(
    name: str = "示例居民", phone: str | None = None, area_id: int | None = None, points: int = 0
) -> int:
    """A resident with a phone of their own, a wallet in the programme 'xuexi', and so many points in it."""
    new = NewResident(display_name=name, phone=phone or a_phone(), area_id=area_id)

    async def body(tx: Transaction) -> int:
        await a_programme(tx)
        resident_id = await add_resident(tx, new, NOW, secrets.token_bytes)
        if points:
            await give_points(tx, resident_id, points)
        return resident_id

    return await write(body)


async def give_points(tx: Transaction, resident_id: int, points: int) -> None:
    """The resident earned points."""
    accounts = await find_accounts(tx, PROGRAMME, AccountKind.ISSUANCE, [resident_id])
    earned = NewTransfer(
        id=tx.new_id(),
        programme=PROGRAMME,
        kind=TransferKind.EARN,
        amount=points,
        debit=accounts.system,
        credit=accounts.wallets[resident_id],
        memo="示例积分",
        occurred_at=NOW,
        source=FOR_A_TEST,
    )
    await post(tx, [earned], NOW)


async def a_caller(
    name: str = "示例居民", phone: str | None = None, area_id: int | None = None, points: int = 0
) -> Caller:
    """A resident who calls."""
    return Caller(await a_resident(name, phone, area_id, points))


async def role_over(
    resident_id: int, role: Role, *, area_id: int | None = None, organisation_id: int | None = None
) -> int:
    """The resident holds the role; the grant's id."""
    wish = RoleWish(resident_id=resident_id, role=role, area_id=area_id, organisation_id=organisation_id)
    return await grant_role(wish, NOW)


async def organiser_of(organisation_id: int) -> Caller:
    """Somebody who organises for the organisation."""
    resident_id = await a_resident("示例组织者")
    await role_over(resident_id, Role.ORGANISER, organisation_id=organisation_id)
    return Caller(resident_id)


async def gate_staff_of(organisation_id: int) -> Caller:
    """Somebody who checks the organisation's tickets."""
    resident_id = await a_resident("示例检票员")
    await role_over(resident_id, Role.GATE_STAFF, organisation_id=organisation_id)
    return Caller(resident_id)


async def an_auditor(area_id: int | None = None) -> Caller:
    """Somebody who audits the area, or a district of its own."""
    resident_id = await a_resident("示例审计员")
    await role_over(resident_id, Role.AUDITOR, area_id=area_id or await an_area())
    return Caller(resident_id)


async def an_administrator(area_id: int | None = None) -> Caller:
    """Somebody who administers the area, or a district of its own."""
    resident_id = await a_resident("示例管理员")
    await role_over(resident_id, Role.ADMIN, area_id=area_id or await an_area())
    return Caller(resident_id)


class KeptSms:
    """A sender that keeps what it is told, or fails when told to."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []
        self.fails = False

    async def send(self, phone: str, text: str) -> None:
        if self.fails:
            raise SmsFailed("the message was not taken")
        self.sent.append((phone, text))
        watch.codes |= set(re.findall(r"\d{6}", text))

    @property
    def last_code(self) -> str:
        """The code in the last message."""
        found = re.search(r"\d{6}", self.sent[-1][1])
        assert found, "a message has a code"
        return found[0]


async def a_code_for(phone: str, now: datetime = NOW) -> str:
    """The code that the phone was sent."""
    sms = KeptSms()
    await request_sign_in_code(phone, now, sms, secrets.token_bytes)
    return sms.last_code


async def signed_in(phone: str | None = None, now: datetime = NOW, device_name: str | None = None) -> SessionTokens:
    """A session that began just now."""
    phone = phone or a_phone()
    wish = SignInWish(phone, await a_code_for(phone, now), device_name=device_name)
    return await sign_in(wish, now, secrets.token_bytes)


async def find_caller(access_token: str, now: datetime) -> Caller:
    """Who holds the token, by the database. Raises Unauthenticated."""
    return (await find_signed_in(access_token, now)).caller
