"""Exporting what is kept about oneself: all of it, nothing of others, and no column that nobody thought of."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from tortoise import Tortoise

from domain.people.caller import Caller
from domain.people.phone import national_phone
from domain.privacy.export_my_data import export_my_data
from domain.privacy.personal_data import LEFT_OUT, PARTS
from domain.refusals import Unauthenticated
from tests.builders.people import a_phone, a_resident, signed_in
from tests.builders.redemption import a_ticket, an_offer
from tests.builders.volunteering import a_sign_up, an_activity, an_attendance
from tests.clock import NOW

pytestmark = pytest.mark.usefixtures("database")


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)  # the models are the same on both
async def test_every_column_of_every_model_is_exported_or_withheld_for_a_reason() -> None:
    models = {model._meta.db_table: set(model._meta.db_fields) for model in Tortoise.apps["xuexi"].values()}
    named = {table: [*part.columns.split(), *part.withheld] for table, part in PARTS.items()}
    assert {table: columns for table, columns in models.items() if table not in LEFT_OUT} == {
        table: set(columns) for table, columns in named.items()
    }
    assert all(len(columns) == len(set(columns)) for columns in named.values())
    assert set(LEFT_OUT) <= set(models)
    assert all([*LEFT_OUT.values(), *(why for part in PARTS.values() for why in part.withheld.values())])


async def test_the_file_holds_what_is_ones_own_and_nothing_of_others() -> None:
    phone = a_phone()
    caller, neighbour = (
        Caller(await a_resident("欧阳导出", phone, points=50)),
        Caller(await a_resident("邻居", points=70)),
    )
    activity, offer = await an_activity(), await an_offer(cost=20)
    for person in (caller, neighbour):
        await a_sign_up(activity, person)
        await an_attendance(activity, person.signed_in())
        await a_ticket(offer, person)
    await signed_in(phone, device_name="示例手机")
    file = await export_my_data(caller, NOW)
    assert hashlib.sha256(file.text.encode()).hexdigest() == file.sha256
    data: dict[str, Any] = json.loads(file.text)
    assert (data["residentId"], data["phones"], data["incomplete"]) == (caller.resident_id, [national_phone(phone)], [])
    tables = data["tables"]
    assert [row["display_name"] for row in tables["residents"]] == ["欧阳导出"]
    assert [row["device_name"] for row in tables["sessions"]] == ["示例手机"]
    assert {row["resident_id"] for table in tables.values() for row in table if "resident_id" in row} == {
        caller.resident_id
    }
    assert [len(tables[table]) for table in ("sign_ups", "attendances", "tickets", "accounts")] == [1, 1, 1, 1]
    assert (
        sum(row["amount"] for row in tables["entries"])
        == tables["accounts"][0]["credits"] - tables["accounts"][0]["debits"]
    )
    assert {row["id"] for row in tables["transfers"]} == {row["transfer_id"] for row in tables["entries"]}
    assert tables["residents"][0]["created_at"] == NOW.isoformat()
    assert "邻居" not in file.text


async def test_nobody_has_nothing_to_export() -> None:
    with pytest.raises(Unauthenticated):
        await export_my_data(Caller(), NOW)
