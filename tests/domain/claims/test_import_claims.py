"""Taking over statements from a file: each row on its own, tried first, and nothing doubled however often it is sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.audit import audit_everything
from domain.claims.import_claims import import_claims, try_import
from domain.claims.imported_row import ImportedRow
from domain.claims.states import RowOutcome
from domain.people.caller import ANONYMOUS
from domain.refusals import Refusal
from storage import fetch, read
from tests.builders.claims import (
    TODAY,
    a_claim,
    a_file,
    a_photo,
    a_station,
    attested_figure,
    claim_row,
    importing,
    points_of,
)
from tests.builders.keys import a_key
from tests.builders.people import a_caller, a_phone, a_resident
from tests.clock import NOW

pytestmark = pytest.mark.usefixtures("database")

YESTERDAY = TODAY - timedelta(days=1)
PAID, PENDING, ALREADY, REFUSED = RowOutcome


def told(rows: tuple[ImportedRow, ...]) -> list[tuple[object, ...]]:
    """All but the claims' ids."""
    return [
        (
            *(row.number, row.outcome, row.previous_figure, row.increase),
            *((row.refusal.code, row.refusal.path) if row.refusal else (None, None)),
        )
        for row in rows
    ]


async def everything() -> list[object]:
    """What a dry run must not touch."""
    tables = ("claims", "attested_figures", "transfers", "entries", "idempotency_keys", "accounts")
    return [sorted(map(tuple, await fetch(f"SELECT * FROM {table}"))) for table in tables]


async def a_mixed_file() -> tuple[str, list[tuple[object, ...]], list[int]]:
    """Rows of every kind, what each has to be told, and two residents' ids."""
    phones = [a_phone() for _ in range(4)]
    people = [await a_resident(phone=phone) for phone in phones]
    photo = a_photo()
    csv = a_file(
        (phones[0], "示例*甲", 800, YESTERDAY, photo),
        (phones[0], "示例*甲", 900, TODAY, ""),
        (phones[0], "示例*甲", 850, TODAY, ""),
        ("", "", "", "", ""),
        (a_phone(), "示例*乙", 300, TODAY, ""),
        (phones[1], "示例*丙", 5000, TODAY, ""),
        (phones[1], "示例*丙", 5001, TODAY, ""),
        (phones[2], "示例*甲", 10, TODAY, ""),
        (phones[3], "示例*丁", 10, TODAY, photo),
        (phones[3], "没有打码", 10, TODAY, ""),
        (phones[3], "示例*丁", "1.5", TODAY, ""),
        (phones[3], "示例*丁", 10, "2024-02-31", ""),
        (phones[3], "示例*丁", 10, "2024/1/13", ""),
        ("0537-2312345", "示例*丁", 10, TODAY, ""),
    )
    expected: list[tuple[object, ...]] = [
        (2, PAID, 0, 800, None, None),
        (3, PAID, 800, 100, None, None),
        (4, ALREADY, None, None, "ALREADY_CLAIMED", ("csv", "4", "figure")),
        (6, REFUSED, None, None, "NOT_FOUND", ("csv", "6", "phone")),
        (7, PENDING, 0, 5000, None, None),
        (8, PENDING, 5000, 1, None, None),
        (9, PENDING, 0, 10, None, None),
        (10, REFUSED, None, None, "CONFLICT", ("csv", "10", "photoSha256")),
        (11, REFUSED, None, None, "INVALID_INPUT", ("csv", "11", "maskedAccount")),
        (12, REFUSED, None, None, "INVALID_INPUT", ("csv", "12", "figure")),
        (13, REFUSED, None, None, "INVALID_INPUT", ("csv", "13", "seenOn")),
        (14, REFUSED, None, None, "INVALID_INPUT", ("csv", "14", "seenOn")),
        (15, REFUSED, None, None, "INVALID_INPUT", ("csv", "15", "phone")),
    ]
    return csv, expected, people


async def test_good_rows_count_though_others_fail_and_the_dry_run_said_so_before() -> None:
    station = await a_station()
    csv, expected, people = await a_mixed_file()
    before = await everything()
    tried = await try_import(station.staff, importing(station, csv), NOW)
    assert await everything() == before, "a dry run writes nothing"
    done = await import_claims(station.staff, importing(station, csv), NOW)
    assert told(tried) == told(done) == expected
    assert [await points_of(resident_id) for resident_id in people] == [900, 0, 0, 0]
    kept = [await claim_row(row.claim_id) for row in done if row.claim_id]
    assert [(status, previous, increase) for status, previous, increase, _ in kept] == [
        ("APPROVED", 0, 800),
        ("APPROVED", 800, 100),
        ("PENDING", 0, 5000),
        ("PENDING", 5000, 1),
        ("PENDING", 0, 10),
    ]
    assert {row.claim_id for row in tried} == {None}
    assert await read(audit_everything) == []


async def test_the_same_key_answers_the_same_and_another_doubles_nothing() -> None:
    station = await a_station()
    csv, _, people = await a_mixed_file()
    wish = importing(station, csv)
    done = await import_claims(station.staff, wish, NOW)
    counted = await everything()
    again = await import_claims(station.staff, wish, NOW)
    assert (told(again), [row.claim_id for row in again]) == (told(done), [row.claim_id for row in done])
    assert [str(row.refusal) for row in again] == [str(row.refusal) for row in done]
    assert await everything() == counted
    anew = await import_claims(station.second, importing(station, csv), NOW)
    assert [row.outcome for row in anew] == [
        ALREADY if row.outcome in (PAID, PENDING) else row.outcome for row in done
    ], "what was claimed is plainly said to be claimed already"
    assert [row.claim_id for row in anew] == [None] * len(anew)
    assert await points_of(people[0]) == 900
    with pytest.raises(Refusal) as caught:
        await import_claims(station.staff, replace(wish, csv=csv + "\r\n"), NOW)
    assert caught.value.code == "IDEMPOTENCY_KEY_REUSED"


async def test_a_large_increase_that_is_split_over_rows_waits_in_the_dry_run_too() -> None:
    station, phone = await a_station(), a_phone()
    resident_id = await a_resident(phone=phone)
    await a_claim(station, resident_id, 500, account="示例*甲")
    csv = a_file(*((phone, "示例*甲", figure, TODAY, "") for figure in (1000, 1001, 1002)))
    tried = await try_import(station.staff, importing(station, csv), NOW)
    done = await import_claims(station.staff, importing(station, csv), NOW)
    assert [row.outcome for row in tried] == [row.outcome for row in done] == [PAID, PENDING, PENDING]
    assert await points_of(resident_id) == 1000
    assert [(await claim_row(row.claim_id))[3] for row in done if row.claim_id] == [
        "",
        "LARGE_INCREASE",
        "LARGE_INCREASE EARLIER_PENDING",
    ]


async def test_a_dry_run_leaves_its_key_free() -> None:
    station, phone = await a_station(), a_phone()
    resident_id = await a_resident(phone=phone)
    wish = importing(station, a_file((phone, "示例*", 300, TODAY, "")), a_key())
    await try_import(station.staff, wish, NOW)
    assert (await import_claims(station.staff, wish, NOW))[0].outcome is PAID
    assert (await try_import(station.staff, wish, NOW))[0].outcome is ALREADY
    assert await points_of(resident_id) == 300


async def test_nobody_imports_their_own_and_only_staff_of_the_host_import() -> None:
    station, elsewhere, phone = await a_station(), await a_station(), a_phone()
    await a_resident(phone=phone)
    csv = a_file((phone, "示例*", 300, TODAY, ""))
    for act in (try_import, import_claims):
        for caller, code in (
            (ANONYMOUS, "UNAUTHENTICATED"),
            (await a_caller(), "FORBIDDEN"),
            (elsewhere.staff, "FORBIDDEN"),
        ):
            with pytest.raises(Refusal) as caught:
                await act(caller, importing(station, csv), NOW)
            assert caught.value.code == code


HEADERS = ("手机号,账号,积分,日期", "﻿phone,account,figure,date", " Figure ,DATE,姓名,手机号码,帐号")


async def test_headers_are_chinese_or_english_in_any_order_and_other_columns_are_passed_over() -> None:
    station = await a_station()
    for number, header in enumerate(HEADERS):
        phone = a_phone()
        await a_resident(phone=phone)
        cells = (phone, f"示例*{number}", 300, TODAY) if number < 2 else (300, TODAY, "小明", phone, "示例*2")
        (row,) = await try_import(station.staff, importing(station, a_file(cells, header=header)), NOW)
        assert row.outcome is PAID, (header, row.refusal)


WRITTEN = (
    ("{phone}", "示例*", "1500", "2024/1/12"),
    ("+86 {phone}", "示例*", '"1,500"', "2024年1月12日"),
    ("\t{phone}", "示例*", "1500分", "2024.01.12"),
    ('"{phone}"', '"示例*"', "１５００", "2024/1/12 0:00"),
)


async def test_figures_days_and_phones_are_read_as_spreadsheets_write_them() -> None:
    station, phone = await a_station(), a_phone()
    await a_resident(phone=phone)
    for cells in WRITTEN:
        row_of = [cell.format(phone=phone.removeprefix("+86")) for cell in cells]
        (row,) = await try_import(station.staff, importing(station, a_file(row_of)), NOW)
        assert (row.outcome, row.increase) == (PENDING, 1500), (cells, row.refusal)


BAD_FILES = {
    "nothing": "",
    "only a header": "手机号,账号,积分,日期\r\n",
    "no figure": "手机号,账号,日期\r\n1,2,3\r\n",
    "two phones": "手机号,phone,账号,积分,日期\r\n1,2,3,4,5\r\n",
    "an open quote": '手机号,账号,积分,日期\r\n"1,2,3,4',
    "501 rows": "手机号,账号,积分,日期\r\n" + "1,2,3,4\r\n" * 501,
    "too long": "手机号,账号,积分,日期\r\n" + "学" * 90_000,
}


async def test_a_file_that_is_none_is_refused_as_a_whole() -> None:
    station = await a_station()
    for name, csv in BAD_FILES.items():
        with pytest.raises(Refusal) as caught:
            await import_claims(station.staff, importing(station, csv), NOW)
        assert (caught.value.code, caught.value.path) == ("INVALID_INPUT", ("csv",)), name
    assert await fetch("SELECT 1 FROM idempotency_keys") == []


async def test_500_rows_are_one_transaction() -> None:
    station = await a_station()
    phones = [a_phone() for _ in range(20)]
    people = [await a_resident(phone=phone) for phone in phones]
    rows = [
        (phone, f"示例*{number:x}g", 10 + step, TODAY, "") for step in range(25) for number, phone in enumerate(phones)
    ]
    done = await import_claims(station.staff, importing(station, a_file(*rows)), NOW)
    assert [row.outcome for row in done] == [PAID] * 500
    assert {await points_of(resident_id) for resident_id in people} == {34}
    assert len(await fetch("SELECT DISTINCT posted_at FROM transfers")) == 1


async def test_a_file_and_a_phone_at_once_pay_the_highest_figure() -> None:
    station, phone = await a_station(), a_phone()
    resident_id = await a_resident(phone=phone)
    await a_claim(station, resident_id, 100, account="示例*")
    csv = a_file((phone, "示例*", 300, TODAY, ""), (phone, "示例*", 400, TODAY, ""))
    await import_claims(station.staff, importing(station, csv), NOW)
    assert (await points_of(resident_id), (await attested_figure(resident_id))[0]) == (400, 400)
