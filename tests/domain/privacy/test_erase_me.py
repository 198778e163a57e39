"""Erasing oneself: no name and no number is left anywhere, the book adds up as before, and what was to come is free."""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest

from domain.audit import audit_everything
from domain.people.caller import Caller
from domain.people.phone import national_phone
from domain.people.refresh_session import refresh_session
from domain.people.rights import Role
from domain.people.update_profile import UpdateProfileWish, update_profile
from domain.points.wallet_status import WalletStatusWish, freeze_wallet
from domain.privacy.consents import ConsentPurpose, ConsentTextWish, give_consent, publish_consent_text
from domain.privacy.erase_me import NOBODY, erase_me
from domain.refusals import AccountNotOpen, CodeIncorrect, Conflict, Refusal, Unauthenticated
from domain.volunteering.log_attendance import log_attendance
from ledger.accounts import A_WALLET
from storage import current_database, fetch, read
from storage.database import forget_old_pages
from storage.sqlite_client import XuexiSqliteClient
from tests.builders.keys import a_key
from tests.builders.merging import merge
from tests.builders.people import a_code_for, a_phone, a_resident, an_administrator, find_caller, role_over, signed_in
from tests.builders.places import an_area
from tests.builders.redemption import a_reservation, an_offer, an_order
from tests.builders.seals import seal_all
from tests.builders.volunteering import LONG_AFTERWARDS, a_list, a_sign_up, an_activity, an_attendance, remembered
from tests.clock import NOW, later

pytestmark = pytest.mark.usefixtures("database")

NAME, OLD_NAME = "欧阳擦除", "司徒旧名"
TEXTS = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
    "postgres": "SELECT CAST(tablename AS TEXT), '' FROM pg_tables WHERE schemaname = 'public'",
}


async def everything_kept() -> bytes:
    """All that is on the disk (SQLite: the file and its log, byte by byte), or in the rows (PostgreSQL)."""
    database = current_database()
    if isinstance(database.client, XuexiSqliteClient):
        file = Path(database.client.filename)
        return b"".join(path.read_bytes() for path in sorted(file.parent.glob(file.name + "*")))
    tables = [row[0] for row in await fetch(TEXTS[database.dialect])]
    rows = [tuple(row) for table in tables for row in await fetch(f'SELECT * FROM "{table}"')]
    return str(rows).encode()


async def balances() -> list[tuple[object, ...]]:
    sql = "SELECT id, programme, debits, credits, held FROM accounts ORDER BY id"
    return [tuple(row) for row in await fetch(sql)]


async def code_of(phone: str, minutes: int = 5) -> str:
    return await a_code_for(phone, later(minutes=minutes))


async def test_neither_name_nor_number_is_left_in_the_file_and_the_book_stays_right() -> None:
    phone, old_phone, administrator = a_phone(), a_phone(), await an_administrator()
    caller = Caller(await a_resident(OLD_NAME, phone, points=100))
    await update_profile(caller, UpdateProfileWish(display_name=NAME))
    old = Caller(await a_resident(OLD_NAME, old_phone, points=30))
    await merge(caller, old, administrator)
    activity, offer = await an_activity(), await an_offer(cost=20)
    await an_attendance(activity, caller.signed_in())
    other = await an_activity()
    reason = f"当天没有网络，{NAME}确实来了"
    late = a_list(other, remembered(caller.signed_in(), reason=reason))
    await log_attendance(other.organiser, late, LONG_AFTERWARDS)
    await an_order(offer, caller)
    await seal_all()
    tokens = await signed_in(phone, device_name=f"{NAME}的手机")
    before = await balances()
    kept = await everything_kept()
    assert NAME.encode() in kept
    assert national_phone(phone).encode() not in kept, "numbers are sealed"

    await erase_me(tokens.caller, await code_of(phone), later(minutes=5))

    kept = await everything_kept()
    for gone in (NAME, OLD_NAME, national_phone(phone), national_phone(old_phone)):
        assert gone.encode() not in kept
        assert gone.encode("utf-16-le") not in kept
    assert await balances() == before
    assert await read(audit_everything) == []
    named = await fetch(
        "SELECT display_name, phone_sealed, phone_digest, area_id FROM residents WHERE erased_at IS NOT NULL"
    )
    assert [tuple(row) for row in named] == [(NOBODY, None, None, None)] * 2
    for attempt in (
        find_caller(tokens.access_token, NOW),
        refresh_session(tokens.refresh_token, NOW, secrets.token_bytes),
    ):
        with pytest.raises(Unauthenticated):
            await attempt
    again = await signed_in(phone, later(minutes=7))
    assert again.resident_id != caller.resident_id, "the number is nobody's, so who signs in with it is somebody new"


async def test_places_and_reservations_are_free_and_consents_taken_back() -> None:
    phone, administrator = a_phone(), await an_administrator()
    caller, next_in_line = Caller(await a_resident(phone=phone, points=50)), Caller(await a_resident())
    activity, offer = await an_activity(capacity=1), await an_offer(cost=20, stock=1)
    await a_sign_up(activity, caller)
    await a_sign_up(activity, next_in_line)
    await a_reservation(offer, caller)
    await publish_consent_text(administrator, ConsentTextWish(ConsentPurpose.PERSONAL_DATA, 1, "我们保存……"), NOW)
    await give_consent(caller, ConsentPurpose.PERSONAL_DATA, 1, NOW)
    await erase_me(caller, await code_of(phone), later(minutes=5))
    sign_ups = "SELECT resident_id, status FROM sign_ups ORDER BY arrival"
    assert [tuple(row) for row in await fetch(sign_ups)] == [
        (caller.resident_id, "CANCELLED"),
        (next_in_line.resident_id, "CONFIRMED"),
    ]
    assert (await fetch("SELECT remaining FROM offer_sessions"))[0][0] == 1
    assert (await fetch(f"SELECT held FROM accounts WHERE holder_id = ? AND {A_WALLET}", caller.signed_in()))[0][0] == 0
    assert (await fetch("SELECT COUNT(*) FROM consents WHERE withdrawn_at IS NULL"))[0][0] == 0
    assert await read(audit_everything) == []


async def test_a_session_alone_erases_nobody_nor_does_a_code_of_somebody_else() -> None:
    phone, other = a_phone(), a_phone()
    caller = Caller(await a_resident(NAME, phone))
    await a_sign_up(await an_activity(), caller)
    right = await code_of(phone)
    for code in ("", "12345", f"{(int(right) + 1) % 10**6:06}", await code_of(other)):
        with pytest.raises(CodeIncorrect):
            await erase_me(caller, code, later(minutes=5))
    assert (await fetch("SELECT display_name FROM residents WHERE id = ?", caller.signed_in()))[0][0] == NAME
    assert (await fetch("SELECT status FROM sign_ups"))[0][0] == "CONFIRMED"


async def test_staff_and_holders_of_frozen_wallets_are_not_erased() -> None:
    phone, administrator = a_phone(), await an_administrator()
    caller = Caller(await a_resident(phone=phone))
    wallet = (await fetch(f"SELECT id FROM accounts WHERE holder_id = ? AND {A_WALLET}", caller.signed_in()))[0][0]
    wish = WalletStatusWish(wallet_id=wallet, reason="账户异常", idempotency_key=a_key())
    await freeze_wallet(administrator, wish, NOW)
    code = await code_of(phone)
    refusals: list[Refusal] = []
    area_id = await an_area()
    for _ in range(2):
        with pytest.raises((AccountNotOpen, Conflict)) as raised:
            await erase_me(caller, code, later(minutes=5))
        refusals.append(raised.value)
        await role_over(caller.signed_in(), Role.ORGANISER, area_id=area_id)
    assert [refusal.code for refusal in refusals] == ["ACCOUNT_NOT_OPEN", "CONFLICT"]


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_a_reader_who_lingers_does_not_hold_up_the_writers_and_the_log_is_emptied_later() -> None:
    await a_resident(NAME)
    client = current_database().client
    assert isinstance(client, XuexiSqliteClient)
    reader = client._readers[0]._conn
    reader.execute("BEGIN")
    reader.execute("SELECT COUNT(*) FROM residents").fetchone()
    await a_resident()
    assert not await forget_old_pages()
    reader.execute("COMMIT")
    assert await forget_old_pages()
    assert log_size(client.filename) == 0


def log_size(file: str) -> int:
    return Path(file + "-wal").stat().st_size
