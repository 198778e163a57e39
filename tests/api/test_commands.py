"""The operator's commands: what they print, and the exit codes that scripts rely on."""

from __future__ import annotations

import asyncio
import stat
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from api.__main__ import main
from domain.places.create_area import NewArea, create_area
from domain.places.create_organisation import NewOrganisation, create_organisation
from domain.places.kinds import AreaLevel, OrganisationKind
from schema.build import EXPORTED
from storage import Row, close_database, fetch, open_database, write
from tests.builders.ledger import a_book, a_wallet, some_wallets
from tests.keys import SECRET
from tests.server import free_listener


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """An operator's environment, without a database as yet."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XUEXI_SECRET", SECRET)
    return monkeypatch


@pytest.fixture
def ready(environment: pytest.MonkeyPatch, database_url: str) -> str:
    """A migrated database with one district, and the environment that names it."""
    environment.setenv("XUEXI_DATABASE_URL", database_url)

    async def fill() -> None:
        await open_database(database_url)
        area_id = await create_area(NewArea(code="370811", name="任城区", level=AreaLevel.DISTRICT))
        await create_organisation(NewOrganisation(name="同仁堂中医院", kind=OrganisationKind.HOSPITAL, area_id=area_id))
        await close_database()

    asyncio.run(fill())
    return database_url


def rows(url: str, sql: str) -> list[Row]:
    async def look() -> Sequence[Row]:
        await open_database(url)
        try:
            return await fetch(sql)
        finally:
            await close_database()

    return [tuple(row) for row in asyncio.run(look())]


def give_points_behind_the_books_back(url: str) -> None:
    async def tamper() -> None:
        await open_database(url)
        await write(lambda tx: tx.execute("UPDATE accounts SET credits = 5 WHERE kind = 'WALLET'"))
        await close_database()

    asyncio.run(tamper())


def test_migrating_twice_changes_nothing(
    environment: pytest.MonkeyPatch, empty_database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    environment.setenv("XUEXI_DATABASE_URL", empty_database_url)
    assert main(["migrate"]) == 0
    assert "applied 0001" in capsys.readouterr().out
    assert main(["migrate"]) == 0
    assert capsys.readouterr().out == "nothing to do\n"
    assert rows(empty_database_url, "SELECT code, zone FROM programmes ORDER BY code") == [
        ("volunteer", "Asia/Shanghai"),
        ("xuexi", "Asia/Shanghai"),
    ]


def test_a_role_is_granted_over_an_area_or_an_organisation(ready: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["grant-role", "13800000001", "ADMIN", "--area", "370811"]) == 1
    assert "--name" in capsys.readouterr().out, "nobody is registered by a slip of the finger"
    assert main(["grant-role", "13800000001", "ADMIN", "--area", "370811", "--name", "示例管理员"]) == 0
    hospital = ["--area", "370811", "--organisation", "同仁堂中医院"]
    assert main(["grant-role", "+86 13800000001", "ORGANISER", *hospital]) == 0
    assert main(["grant-role", "13800000001", "ORGANISER", *hospital]) == 0
    grants = rows(ready, "SELECT role, area_id IS NULL, organisation_id IS NULL FROM role_grants ORDER BY role")
    assert [(role, bool(no_area), bool(no_body)) for role, no_area, no_body in grants] == [
        ("ADMIN", False, True),
        ("ORGANISER", True, False),
    ]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["02012345678", "ADMIN", "--area", "370811", "--name", "x"], "INVALID_INPUT"),
        (["13800000001", "ADMIN", "--area", "nowhere", "--name", "x"], "NOT_FOUND"),
        (["13800000001", "ADMIN", "--area", "370811", "--organisation", "nobody", "--name", "x"], "NOT_FOUND"),
        (["13800000001", "ADMIN", "--area", "370811", "--name", " "], "INVALID_INPUT"),
    ],
)
@pytest.mark.usefixtures("ready")
def test_a_grant_that_makes_no_sense_is_refused(
    arguments: list[str], code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["grant-role", *arguments]) == 1
    told = capsys.readouterr().err
    assert code in told
    assert "you may not see it" not in told, "an operator sees everything"


def test_an_identity_is_linked_to_a_resident_and_unlinked(
    ready: str, environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["link-identity", "13800000001", "staff-0042"]) == 2, "there is no provider"
    for name, value in (
        ("ISSUER", "https://id.example"),
        ("AUDIENCE", "xuexi"),
        ("JWKS_URL", "https://id.example/keys"),
    ):
        environment.setenv(f"XUEXI_OIDC_{name}", value)
    assert main(["link-identity", "13800000001", "staff-0042"]) == 1, "nobody is registered by a slip of the finger"
    assert main(["grant-role", "13800000001", "ADMIN", "--area", "370811", "--name", "示例管理员"]) == 0
    assert main(["link-identity", "138 0000 0001", "staff-0042"]) == 0
    assert rows(ready, "SELECT issuer, subject FROM staff_identities") == [("https://id.example", "staff-0042")]
    assert main(["unlink-identity", "staff-0042"]) == 0
    assert main(["unlink-identity", "staff-0042"]) == 1
    assert "NOT_FOUND" in capsys.readouterr().err
    assert rows(ready, "SELECT issuer FROM staff_identities") == []


def test_the_key_of_numbers_is_changed_and_everybody_is_still_found(ready: str, tmp_path: Path) -> None:
    grant = ["grant-role", "13800000001", "ADMIN", "--area", "370811"]
    assert main([*grant, "--name", "示例管理员"]) == 0
    sealed = "SELECT phone_sealed, phone_digest FROM residents"
    before, file = rows(ready, sealed), tmp_path / "var" / "phone-key"
    for version in (2, 3):
        assert main(["change-phone-key"]) == 0
        (after,) = rows(ready, sealed)
        assert (after[0][0], file.read_text().split()[0]) == (version, str(version))
        assert after not in before
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert main(grant) == 0, "their number is found with the new key"
    file.rename(file.with_name("phone-key.new"))  # as if it had been cut off just before its end
    assert main(grant) == 2, "with another key than the database's nothing goes on"
    assert main(["change-phone-key"]) == 0
    assert main(grant) == 0
    assert rows(ready, "SELECT COUNT(*) FROM residents") == [(1,)]
    file.with_name("phone-key.new").write_text("4 " + "ab" * 32)  # or just before its beginning
    assert main(["change-phone-key"]) == 0
    assert main(grant) == 0


def test_a_clean_book_is_said_to_be_clean(ready: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert ready
    assert main(["audit"]) == 0
    assert "clean" in capsys.readouterr().out


def test_an_unclean_book_ends_with_an_exit_code(ready: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["migrate"]) == 0
    assert main(["grant-role", "13800000001", "ADMIN", "--area", "370811", "--name", "示例管理员"]) == 0
    give_points_behind_the_books_back(ready)
    capsys.readouterr()
    assert main(["audit"]) == 1
    assert "clean" not in capsys.readouterr().out


def test_sealing_on_demand_leaves_nothing_to_seal(ready: str, capsys: pytest.CaptureFixture[str]) -> None:
    asyncio.run(earn_something(ready))
    assert [main(["seal"]), main(["seal"]), main(["audit"])] == [0, 0, 0]
    printed = capsys.readouterr().out.splitlines()
    assert printed[:2] + printed[3:] == ["seals made: 1", "nothing to seal", "clean: everything adds up"]
    assert "there is nobody here" in printed[2], "whoever reads that it is clean knows what was not compared"


def test_a_book_is_written_to_files_and_taken_in_by_an_empty_database(
    ready: str, environment: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asyncio.run(earn_something(ready))
    assert [main(["seal"]), main(["export-book", "book"]), main(["export-book", "book"])] == [0, 0, 1]
    environment.setenv("XUEXI_DATABASE_URL", f"sqlite://{tmp_path / 'other.db'}")
    capsys.readouterr()
    assert [main(["migrate"]), main(["import-book", "nowhere"]), main(["import-book", "book"])] == [0, 1, 0]
    assert "1 transfers, 2 entries" in capsys.readouterr().out
    assert [main(["import-book", "book"]), main(["audit"])] == [1, 0]


async def earn_something(url: str) -> None:
    await open_database(url)
    await a_wallet(await a_book(), points=5)
    await close_database()


@pytest.mark.parametrize("command", ["audit", "serve"])
def test_a_secret_that_the_database_was_not_filled_with_is_refused(
    ready: str, command: str, environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["grant-role", "13800000001", "ADMIN", "--area", "370811", "--name", "示例管理员"]) == 0, ready
    environment.setenv("XUEXI_SECRET", "another secret, which is as long as the first one")
    with free_listener() as listener:  # a port that was free a moment ago
        environment.setenv("XUEXI_PORT", str(listener.getsockname()[1]))
    assert main([command]) == 2
    assert "XUEXI_SECRET_FILE" in capsys.readouterr().err


@pytest.mark.usefixtures("environment")
def test_the_exported_schema_is_what_the_program_answers(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export-schema", "--check"]) == 0, capsys.readouterr().out


def test_a_stale_schema_is_found_and_written_anew(
    environment: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / "schema.graphql"
    copy.write_text("type Query { old: Int }\n")
    environment.setattr("api.exported_schema.EXPORTED", copy)
    assert main(["export-schema", "--check"]) == 1
    assert "stale" in capsys.readouterr().out
    assert main(["export-schema"]) == 0
    assert copy.read_text() == EXPORTED.read_text()


def test_a_database_that_cannot_be_used_ends_with_3(
    environment: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "notes.db").write_text("these are my notes, and no database at all" * 100)
    (tmp_path / "folder.db").mkdir()
    before = threading.enumerate()
    for url in ("sqlite://notes.db", "sqlite://folder.db", "postgres://nobody@127.0.0.1:1/nothing"):
        environment.setenv("XUEXI_DATABASE_URL", url)
        assert main(["audit"]) == 3
        assert "The database cannot be used" in capsys.readouterr().err
        assert threading.enumerate() == before, "one that lives on would find its loop closed, and say so at length"


def test_a_database_without_tables_ends_with_3(
    environment: pytest.MonkeyPatch, empty_database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    environment.setenv("XUEXI_DATABASE_URL", empty_database_url)
    assert main(["audit"]) == 3
    assert "python -m api migrate" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["dance"], ["grant-role", "13800000001", "KING", "--area", "370811"]])
def test_a_command_line_that_makes_no_sense_ends_with_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(arguments)
    assert left.value.code == 2


def test_a_day_that_is_none_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["expire", "--until", "2024-02-31"])
    assert "'2024-02-31' is not a day such as 2024-12-31" in capsys.readouterr().err


def test_areas_and_organisations_are_added_before_anybody_signs_in(
    ready: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["add-area", "RC-GXQ", "高新区", "DISTRICT"]) == 0
    assert main(["add-area", "RC-LH", "柳行街道", "SUBDISTRICT", "--in", "370811", "--managed-by", "RC-GXQ"]) == 0
    assert main(["add-organisation", "柳行街道办事处", "GOVERNMENT", "--area", "RC-LH"]) == 0
    managers = """SELECT m.code FROM area_management c JOIN areas m ON m.id = c.manager_id
        JOIN areas a ON a.id = c.area_id WHERE a.code = 'RC-LH' ORDER BY c.distance"""
    assert rows(ready, managers) == [("RC-LH",), ("RC-GXQ",)], "who manages it is not who it lies in"
    capsys.readouterr()
    assert main(["add-area", "RC-LH", "柳行街道", "SUBDISTRICT", "--in", "370811"]) == 1
    assert "CONFLICT, code" in capsys.readouterr().err
    assert main(["add-organisation", "某单位", "OTHER", "--area", "nowhere"]) == 1
    assert "NOT_FOUND, area" in capsys.readouterr().err


COMMANDS = [
    "serve",
    "migrate",
    "demo",
    "add-area",
    "add-organisation",
    "grant-role",
    "revoke-role",
    "audit",
    "seal",
    "export-book",
    "import-book",
    "expire",
    "export-schema",
]


@pytest.mark.parametrize("over", [["--area", "370811"], ["--area", "370811", "--organisation", "同仁堂中医院"]])
def test_a_role_is_taken_back_once(ready: str, over: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["grant-role", "13800000001", "GATE_STAFF", *over, "--name", "示例检票员"]) == 0
    assert main(["revoke-role", "13800000001", "GATE_STAFF", *over]) == 0
    assert "revoked" in capsys.readouterr().out
    standing = "SELECT COUNT(*), COUNT(revoked_at) FROM role_grants"
    assert rows(ready, standing) == [(1, 1)], "it stays on record"
    assert main(["revoke-role", "13800000001", "GATE_STAFF", *over]) == 1
    assert "do not hold it" in capsys.readouterr().out


@pytest.mark.usefixtures("ready")
def test_nothing_is_taken_from_somebody_unknown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["revoke-role", "13800000001", "GATE_STAFF", "--area", "370811"]) == 1
    assert "Nobody with this number" in capsys.readouterr().out
    assert main(["revoke-role", "13800000001", "GATE_STAFF", "--area", "nowhere"]) == 1
    assert "NOT_FOUND, area" in capsys.readouterr().err


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main([command, "--help"])
    assert left.value.code == 0
    assert "usage: python -m api" in capsys.readouterr().out


def test_points_whose_day_is_over_expire_once(ready: str, capsys: pytest.CaptureFixture[str]) -> None:
    async def fill() -> str:
        await open_database(ready)
        book = await a_book()
        await some_wallets(book, 2, points=5)
        await write(lambda tx: tx.execute("UPDATE programmes SET expiry = 'END_OF_YEAR' WHERE code = ?", book.code))
        await close_database()
        return book.code

    code = asyncio.run(fill())
    assert main(["expire"]) == 0
    assert f"{code}: 10 points of 2 wallets expired" in capsys.readouterr().out
    assert main(["expire", "--programme", code]) == 0
    assert capsys.readouterr().out == f"{code}: 0 points of 0 wallets expired\n"
    assert main(["expire", "--programme", "nowhere"]) == 1
    assert "INVALID_INPUT, programme" in capsys.readouterr().err
