"""Consents, whole numbers that staff are shown, and one's own data, as a phone asks for them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from domain.people.caller import Caller
from domain.people.phone import national_phone
from storage import write
from tests.builders.people import a_caller, a_code_for, a_phone, a_resident, an_administrator, an_auditor
from tests.builders.volunteering import an_activity, an_attendance
from tests.clock import NOW, later
from tests.schema.client import encode_id, mutate, refused, succeed

pytestmark = pytest.mark.usefixtures("database")

CONSENTS = "viewer { consents(first: 9) { nodes { current withdrawnAt text { purpose version } } } }"


async def consents(name: str, caller: Caller, purpose: str, version: int | None = None, minutes: int = 0) -> Any:
    wanted = {"purpose": purpose} | ({"version": version} if version else {})
    payload = await mutate(name, wanted, caller, answer=CONSENTS, now=later(minutes=minutes))
    assert payload["errors"] == []
    nodes = payload["viewer"]["consents"]["nodes"]
    return [(node["text"]["purpose"], node["text"]["version"], node["current"]) for node in nodes]


async def test_consent_is_given_to_a_version_and_taken_back_as_easily_for_each_purpose() -> None:
    administrator, caller = await an_administrator(), await a_caller()
    for purpose, version in (("PERSONAL_DATA", 1), ("SENSITIVE_DATA", 1), ("PERSONAL_DATA", 2)):
        text = {"purpose": purpose, "version": version, "text": f"{purpose} 第 {version} 版"}
        for _ in range(2):
            payload = await mutate("publishConsentText", text, administrator, answer="consentText { version text }")
            assert payload["consentText"] == {"version": version, "text": text["text"]}
    assert await consents("giveConsent", caller, "PERSONAL_DATA", 1) == [("PERSONAL_DATA", 1, False)]
    for _ in range(2):
        given = await consents("giveConsent", caller, "PERSONAL_DATA", 2, minutes=1)
        assert given[0] == ("PERSONAL_DATA", 2, True)
        assert len(given) == 2
    await consents("giveConsent", caller, "SENSITIVE_DATA", 1, minutes=2)
    left = await consents("withdrawConsent", caller, "SENSITIVE_DATA", minutes=3)
    assert left == [("SENSITIVE_DATA", 1, False), ("PERSONAL_DATA", 2, True), ("PERSONAL_DATA", 1, False)]
    assert (await consents("giveConsent", caller, "SENSITIVE_DATA", 1, minutes=4))[0] == ("SENSITIVE_DATA", 1, True)
    query = "{ consentTexts(first: 9, purpose: PERSONAL_DATA) { nodes { version } } }"
    assert (await succeed(query))["consentTexts"]["nodes"] == [{"version": 2}, {"version": 1}]


@pytest.mark.parametrize(("version", "text"), [(1, "另一份"), (3, "跳过一版"), (0, "第零版")])
async def test_a_published_text_is_never_changed_and_versions_follow_one_another(version: int, text: str) -> None:
    administrator = await an_administrator()
    await mutate("publishConsentText", {"purpose": "PERSONAL_DATA", "version": 1, "text": "第一版"}, administrator)
    wanted = {"purpose": "PERSONAL_DATA", "version": version, "text": text}
    error = await refused("publishConsentText", wanted, administrator)
    assert (error["code"], error["path"], "2" in error["message"]) == ("CONFLICT", ["version"], True)
    with pytest.raises(Exception, match="are never changed"):
        await write(lambda tx: tx.execute("UPDATE consent_texts SET text = ''"))


async def test_nobody_agrees_to_what_was_not_published() -> None:
    error = await refused("giveConsent", {"purpose": "PERSONAL_DATA", "version": 1}, await a_caller())
    assert (error["code"], error["path"]) == ("NOT_FOUND", ["version"])


READINGS = "phoneReadings(first: 9) { nodes { resident { id } reader { id } reason } }"


async def test_staff_are_shown_a_whole_number_only_with_a_trace_that_its_owner_sees() -> None:
    phone, activity = a_phone(), await an_activity()
    resident_id = await a_resident(phone=phone)
    await an_attendance(activity, resident_id)
    who = encode_id("Resident", resident_id)
    wanted = {"residentId": who, "reason": "联系领取遗失物品"}
    payload = await mutate("revealPhone", wanted, activity.organiser, answer="phone resident { phone }")
    assert payload["phone"] == national_phone(phone)
    assert "*" in payload["resident"]["phone"], "everywhere else it stays masked"
    trace = {"resident": {"id": who}, "reader": {"id": encode_id("Resident", activity.organiser.signed_in())}}
    owner = await succeed(f"{{ viewer {{ {READINGS} }} }}", Caller(resident_id))
    assert owner["viewer"]["phoneReadings"]["nodes"] == [trace | {"reason": "联系领取遗失物品"}]
    auditor, stranger = await an_auditor(), await a_caller()
    assert len((await succeed(f"{{ {READINGS} }}", auditor))["phoneReadings"]["nodes"]) == 1
    assert (await succeed(f"{{ {READINGS} }}", stranger))["phoneReadings"]["nodes"] == []
    assert (await refused("revealPhone", wanted, auditor))["code"] == "FORBIDDEN"
    assert (await refused("revealPhone", wanted, stranger))["code"] == "NOT_FOUND"
    assert (await refused("revealPhone", wanted | {"reason": " "}, activity.organiser))["code"] == "INVALID_INPUT"
    assert len((await succeed(f"{{ {READINGS} }}", auditor))["phoneReadings"]["nodes"]) == 1
    with pytest.raises(Exception, match="are never changed"):
        await write(lambda tx: tx.execute("DELETE FROM phone_readings"))


async def test_ones_own_data_are_a_file_and_are_erased_with_a_code() -> None:
    phone = a_phone()
    caller = await a_caller("欧阳导出", phone)
    file = (await succeed("{ exportMyData { fileName mediaType text sha256 } }", caller))["exportMyData"]
    assert (file["mediaType"], file["fileName"]) == ("application/json", "my-data-20240112-013000.json")
    assert json.loads(file["text"])["phones"] == [national_phone(phone)]
    assert (await refused("eraseMe", {"code": "000"}, caller))["code"] == "CODE_INCORRECT"
    assert (await mutate("eraseMe", {"code": await a_code_for(phone)}, caller))["errors"] == []
    assert (await succeed("{ viewer { resident { displayName phone } } }", caller))["viewer"]["resident"] == {
        "displayName": "已注销居民",
        "phone": None,
    }
    assert later(minutes=1) > NOW
