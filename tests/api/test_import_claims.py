"""The command that takes over a file of statements: what it prints, what it writes, its exit codes."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from api.__main__ import main
from domain.people.rights import Role
from domain.places.create_organisation import NewOrganisation, create_organisation
from domain.places.kinds import OrganisationKind
from storage import close_database, fetch, open_database
from tests.builders.claims import a_file
from tests.builders.people import a_phone, a_resident, role_over
from tests.builders.places import an_area
from tests.keys import SECRET

HOST = "津浦街社区新时代文明实践站"


@pytest.fixture
def phones(monkeypatch: pytest.MonkeyPatch, database_url: str) -> tuple[str, str]:
    """A station with an organiser, and a resident: their phones."""
    monkeypatch.setenv("XUEXI_SECRET", SECRET)
    monkeypatch.setenv("XUEXI_DATABASE_URL", database_url)
    organiser, resident = a_phone(), a_phone()

    async def fill() -> None:
        await open_database(database_url)
        new = NewOrganisation(
            name=HOST, kind=OrganisationKind.CIVIL_PRACTICE_STATION, area_id=await an_area(code="370811")
        )
        host_id = await create_organisation(new)
        await role_over(await a_resident(phone=organiser), Role.ORGANISER, organisation_id=host_id)
        await a_resident(phone=resident)
        await close_database()

    asyncio.run(fill())
    return organiser, resident


def claimed(url: str) -> list[int]:
    async def look() -> list[int]:
        await open_database(url)
        try:
            return [row[0] for row in await fetch("SELECT increase FROM claims ORDER BY id")]
        finally:
            await close_database()

    return asyncio.run(look())


def run(path: Path, organiser: str, *more: str) -> int:
    return main(["import-claims", str(path), "--host-area", "370811", "--host", HOST, "--as", organiser, *more])


def test_a_file_is_tried_then_taken_over_and_sent_again_doubles_nothing(
    phones: tuple[str, str], database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    organiser, resident = phones
    today, path = datetime.now(UTC).astimezone(ZoneInfo("Asia/Shanghai")).date(), tmp_path / "积分.csv"
    path.write_bytes(a_file((resident, "示例*", 800, today, "")).encode("gb18030"))
    assert run(path, organiser, "--dry-run") == 0
    tried = capsys.readouterr().out
    assert "计入新增 800 积分" in tried
    assert "a dry run" in tried
    assert claimed(database_url) == []
    assert run(path, organiser) == 0
    assert "计入新增 800 积分" in capsys.readouterr().out
    path.write_bytes(b"\xef\xbb\xbf" + a_file((resident, "示例*", 800, today, "")).encode())
    assert run(path, organiser) == 0
    again = capsys.readouterr().out
    assert "already attested: 1" in again
    assert resident.removeprefix("+86") not in again, "no phone number on the terminal"
    assert claimed(database_url) == [800]


def test_what_cannot_be_taken_over_is_said_and_ends_with_1(
    phones: tuple[str, str], database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    organiser, resident = phones
    path = tmp_path / "statements.csv"
    path.write_text(a_file((a_phone(), "示例*", 800, "2024-01-12", "")))
    assert run(path, organiser) == 1
    assert "refused: 1" in capsys.readouterr().out
    assert run(path, resident) == 1
    assert "FORBIDDEN" in capsys.readouterr().err
    assert run(tmp_path / "nowhere.csv", organiser) == 1
    assert "cannot be read" in capsys.readouterr().out
    path.write_bytes(b"\xff\xff\xff")
    assert run(path, organiser) == 1
    assert "GB18030" in capsys.readouterr().err
    assert claimed(database_url) == []
