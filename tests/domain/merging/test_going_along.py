"""Two residents who are one person: what goes along, and how they sign in."""

from __future__ import annotations

import json
import secrets
import sqlite3
from functools import partial
from pathlib import Path

import asyncpg
import pytest

from domain.audit import audit_everything
from domain.people.member_code import make_member_code
from domain.people.sign_in import SignInWish, sign_in
from domain.redemption.admit_ticket import admit_ticket
from domain.redemption.redeem_at_gate import RedeemAtGateWish, redeem_at_gate
from domain.redemption.redeem_tickets import redeem_tickets
from domain.refusals import Unauthenticated
from domain.volunteering.log_attendance import log_attendance
from domain.volunteering.sign_up import sign_up
from ledger.book_tables import FILE
from ledger.export_book import export_book
from ledger.refusals import KeyReused
from storage import fetch, read, read_at_length, write
from tests.builders.claims import a_claim, a_station
from tests.builders.merging import merge
from tests.builders.people import a_caller, a_code_for, a_phone, a_resident, find_caller, signed_in
from tests.builders.redemption import (
    a_redemption,
    a_reservation,
    a_scan,
    a_ticket,
    an_offer,
    an_order,
    cancelled,
    staff_of,
)
from tests.builders.volunteering import (
    AFTERWARDS,
    a_list,
    a_sign_up,
    an_activity,
    an_attendance,
    an_hourly_rule,
    was_there,
)
from tests.clock import NOW
from tests.schema.client import succeed
from tests.tampering import tampered

pytestmark = pytest.mark.usefixtures("database")


async def test_both_numbers_sign_in_as_the_kept_resident_and_the_old_sessions_end() -> None:
    old_phone, new_phone = a_phone(), a_phone()
    old, new = await signed_in(old_phone), await signed_in(new_phone)
    await merge(new.caller, old.caller)
    with pytest.raises(Unauthenticated):
        await find_caller(old.access_token, NOW)
    assert (await find_caller(new.access_token, NOW)).resident_id == new.resident_id
    for phone in (old_phone, new_phone):
        code = await a_code_for(phone, AFTERWARDS)
        again = await sign_in(SignInWish(phone=phone, code=code), AFTERWARDS, secrets.token_bytes)
        assert again.resident_id == new.resident_id


async def test_what_was_the_old_ones_is_shown_to_the_kept_one_and_its_ticket_opens_the_gate() -> None:
    old, new, station = await a_caller(points=20), await a_caller(), await a_station()
    offer, activity = await an_offer(cost=5), await an_activity(points_rule=an_hourly_rule())
    ticket = await a_ticket(offer, old)
    await cancelled(old, await a_reservation(offer, old))
    await a_sign_up(activity, old)
    await an_attendance(activity, old.signed_in())
    await a_claim(station, old.signed_in(), 100)
    await merge(new, old)
    query = """{ viewer { resident { hoursServed } tickets(first: 5) { nodes { serial order { transfer { amount } } } }
        orders(first: 5) { totalCount } reservations(first: 5) { totalCount } signUps(first: 5) { totalCount }
        claims(first: 5) { totalCount } wallet { balance } } }"""
    one = {"totalCount": 1}
    assert (await succeed(query, new))["viewer"] == {
        "resident": {"hoursServed": 2.0},
        "tickets": {"nodes": [{"serial": ticket.serial, "order": {"transfer": {"amount": 5}}}]},
        **dict.fromkeys(("orders", "reservations", "signUps", "claims"), one),
        "wallet": {"balance": 122},
    }
    await admit_ticket(await staff_of(offer), a_scan(ticket), NOW)
    for table in ("ticket_orders", "tickets", "reservations", "sign_ups", "attendances", "claims"):
        rows = await fetch(f"SELECT resident_id, merged_from_id FROM {table}")
        assert [tuple(row) for row in rows] == [(new.resident_id, old.resident_id)]
    assert await read(audit_everything) == []


async def test_a_list_a_code_and_a_number_that_name_the_old_one_mean_the_kept_one() -> None:
    old_phone = a_phone()
    old, new = await a_resident(phone=old_phone), await a_resident()
    await merge(new, old)
    activity = await an_activity(points_rule=an_hourly_rule())
    (row,) = await log_attendance(activity.organiser, a_list(activity, was_there(old)), AFTERWARDS)
    assert row.attendance_id
    assert [row[0] for row in await fetch("SELECT resident_id FROM attendances")] == [new]
    offer = await an_offer(cost=0)
    wish = RedeemAtGateWish(
        member_code=make_member_code(old, NOW).token,
        session_id=offer.session_id,
        quantity=1,
        gate="东门",
        idempotency_key="gate",
    )
    await redeem_at_gate(await staff_of(offer), wish, NOW)
    assert [row[0] for row in await fetch("SELECT resident_id FROM ticket_orders")] == [new]
    assert await read(audit_everything) == []


async def test_who_asks_again_from_the_new_account_pays_once() -> None:
    offer, old, new = await an_offer(cost=5), await a_caller(points=20), await a_caller()
    wish = a_redemption(offer, key="answer was lost")
    order = await redeem_tickets(old, wish, NOW)
    await merge(new, old)
    assert await redeem_tickets(new, wish, NOW) == order
    with pytest.raises(KeyReused):
        await redeem_tickets(new, a_redemption(offer, 2, key="answer was lost"), NOW)


async def test_a_token_that_is_still_remembered_somewhere_gets_the_old_one_nothing_new() -> None:
    offer, activity, old, new = await an_offer(cost=0), await an_activity(), await a_caller(), await a_caller()
    await merge(new, old)
    with pytest.raises(Unauthenticated):
        await redeem_tickets(old, a_redemption(offer), NOW)
    with pytest.raises(Unauthenticated):
        await a_reservation(offer, old)
    with pytest.raises(Unauthenticated):
        await sign_up(old, activity.shift_id, NOW)
    assert await read(audit_everything) == []


async def test_a_chain_of_merges_leads_to_the_last_one() -> None:
    phone, offer = a_phone(), await an_offer(cost=5, limit_per_resident=2)
    first, second, third = await a_caller(phone=phone, points=10), await a_caller(points=7), await a_caller()
    ticket = await a_ticket(offer, first)
    await an_order(offer, second)
    await merge(second, first)
    await merge(third, second)
    query = """{ viewer { wallet { balance mergedWallets { balance } } tickets(first: 5) { totalCount } }
        residentMerges(first: 5) { totalCount } }"""
    assert await succeed(query, third) == {
        "viewer": {
            "wallet": {"balance": 7, "mergedWallets": [{"balance": 0}, {"balance": 0}]},
            "tickets": {"totalCount": 2},
        },
        "residentMerges": {"totalCount": 2},
    }
    assert (await signed_in(phone)).resident_id == third.resident_id
    (named,) = await fetch("SELECT merged_from_id FROM tickets WHERE id = ?", ticket.id)
    assert named[0] == first.resident_id
    assert await read(audit_everything) == []


MERGED = "UPDATE residents SET merged_into_id = {into} WHERE id = {id}"


async def test_no_circle_of_merges_can_be_written_and_none_is_undone() -> None:
    first, second, third, fourth = [await a_resident() for _ in range(4)]
    await merge(second, first)
    for sql in (
        MERGED.format(id=second, into=first),
        MERGED.format(id=third, into=first),
        MERGED.format(id=second, into=third),
        MERGED.format(id=first, into="NULL"),
        MERGED.format(id=fourth, into=fourth),
        f"UPDATE accounts SET holder_id = {third} WHERE holder_id = {fourth}",
        f"UPDATE accounts SET credits = credits + 1 WHERE former_holder_id = {first}",
        "UPDATE resident_merges SET reason = ''",
        "DELETE FROM resident_merges",
    ):
        with pytest.raises((sqlite3.IntegrityError, asyncpg.CheckViolationError)):
            await write(lambda tx, sql=sql: tx.execute(sql))  # type: ignore[misc]


async def test_what_was_attested_and_reserved_changes_its_resident_by_a_merge_only() -> None:
    station, caller, other = await a_station(), await a_caller(), await a_resident()
    await a_claim(station, caller.signed_in(), 100)
    await cancelled(caller, await a_reservation(await an_offer(cost=0), caller))
    for table in ("claims", "reservations"):
        sql = f"UPDATE {table} SET resident_id = {other}, merged_from_id = {caller.signed_in()}"
        with pytest.raises((sqlite3.IntegrityError, asyncpg.CheckViolationError)):
            await write(lambda tx, sql=sql: tx.execute(sql))  # type: ignore[misc]


async def test_the_audit_names_what_does_not_fit_a_merge(database_url: str) -> None:
    old, new, other = await a_caller(points=5), await a_caller(), await a_resident()
    await an_order(await an_offer(cost=1), old)
    await merge(new, old)
    statements = (
        f"UPDATE residents SET merged_into_id = {other} WHERE id = {old.resident_id}",
        f"UPDATE tickets SET resident_id = {old.resident_id}",
        f"UPDATE accounts SET holder_id = {other} WHERE former_holder_id = {old.resident_id}",
    )
    async with tampered(database_url, *statements) as reader:
        kinds = {finding.kind for finding in await audit_everything(reader)}
    assert {"merged_residents", "merged_left", "merged_wallets", "merge_transfers"} <= kinds


async def test_in_the_files_of_a_book_a_merged_wallet_comes_behind_the_one_that_took_over(tmp_path: Path) -> None:
    new, old = await a_resident(), await a_resident(points=5)
    await merge(old, new)
    await read_at_length(partial(export_book, folder=tmp_path))
    lines = map(json.loads, (tmp_path / FILE).read_text().splitlines())
    wallets = [line["row"] for line in lines if line.get("table") == "accounts" and line["row"]["kind"] == "WALLET"]
    assert [wallet["merged_into_id"] for wallet in wallets][-1] in [wallet["id"] for wallet in wallets[:-1]]
