"""A statement is checked by a script that knows nothing of us, against seals that somebody kept."""

from __future__ import annotations

import ast
import asyncio
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from domain.people.caller import Caller
from domain.points.seal_key import seal_jwk
from ledger.accounts import AccountKind, AccountRef, find_accounts
from ledger.posting import TransferKind
from ledger.read_seals import read_headers
from storage import read
from tests.builders.ledger import Book, earn, spend, take_back, the_book
from tests.builders.merging import merge
from tests.builders.people import a_caller
from tests.builders.seals import seal_all
from tests.clock import later
from tests.schema.client import ask, succeed

pytestmark = pytest.mark.usefixtures("database")
SCRIPT = Path(__file__).parents[3] / "docs" / "verify_statement.py"
QUERY = """query ($programme: String! = "xuexi", $from: DateTime, $until: DateTime, $walletId: ID) {
    walletStatement(programme: $programme, from: $from, until: $until, walletId: $walletId) {
        fileName mediaType text sha256 } }"""


async def statement_of(caller: Caller, **period: str) -> Any:
    return json.loads((await succeed(QUERY, caller, period))["walletStatement"]["text"])


async def the_wallet_of(caller: Caller) -> tuple[Book, AccountRef]:
    found = await read(lambda reader: find_accounts(reader, "xuexi", AccountKind.ISSUANCE, [caller.signed_in()]))
    return await read(lambda reader: the_book(reader, "xuexi")), found.wallets[caller.signed_in()]


@pytest.fixture
async def resident() -> Caller:
    """Somebody who earned, spent, got something back, with others around; all sealed but the last."""
    caller, _ = await a_caller(points=50), await a_caller(points=7)
    book, wallet = await the_wallet_of(caller)
    await take_back(await spend(book, wallet, 20, later(minutes=1)), TransferKind.REFUND, later(minutes=2))
    await seal_all()
    await earn(book, wallet, 3, later(minutes=3))
    await seal_all()
    await earn(book, wallet, 4, later(minutes=4))
    return caller


async def published() -> dict[str, Any]:
    seals = await read(lambda reader: read_headers(reader, 0))
    return {
        "seals": [{"header": s.header, "signature": s.signature} for s in seals],
        "keys": [seal_jwk()],
        "next": None,
    }


async def verified(folder: Path, statement: Any, seals: Any) -> tuple[int, str]:
    """What the script says of a statement, as a resident runs it."""
    for name, content in (("statement.json", statement), ("seals.json", seals)):
        (folder / name).write_text(json.dumps(content))
    command = [sys.executable, "-I", str(SCRIPT), str(folder / "statement.json"), str(folder / "seals.json")]
    done = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


async def test_a_statement_is_genuine_whatever_part_of_it_is_asked_for(resident: Caller, tmp_path: Path) -> None:
    periods: list[dict[str, str]] = [
        {},
        {"from": later(minutes=2).isoformat()},
        {"until": later(minutes=2).isoformat()},
        {"from": later(minutes=4).isoformat()},
    ]
    answers = [
        await verified(tmp_path, await statement_of(resident, **period), await published()) for period in periods
    ]
    assert answers == [
        (0, "GENUINE: 4 entries are sealed, 1 not yet. The balance is 57.\n"),
        (0, "GENUINE: 2 entries are sealed, 1 not yet. The balance is 57.\n"),
        (0, "GENUINE: 2 entries are sealed, 0 not yet. The balance is 30.\n"),
        (0, "NOTHING PROVED YET: 0 entries are sealed, 1 not yet. The balance is 57.\n"),
    ]


async def test_whoever_goes_on_as_one_person_checks_the_old_wallet_too(resident: Caller, tmp_path: Path) -> None:
    kept, stranger = await a_caller(), await a_caller()
    _, old = await the_wallet_of(resident)
    await merge(kept, resident)
    (wallet,) = (await succeed("{ viewer { wallet { mergedWallets { id } } } }", kept))["viewer"]["wallet"][
        "mergedWallets"
    ]
    statement = await statement_of(kept, walletId=wallet["id"])
    assert statement["account"] == str(old.id)
    told = await verified(tmp_path, statement, await published())
    assert told == (0, "GENUINE: 4 entries are sealed, 2 not yet. The balance is 0.\n")
    for caller in (stranger, resident):
        answer = await ask(QUERY, caller, {"walletId": wallet["id"]})
        assert [error["extensions"]["code"] for error in answer.errors] == ["NOT_FOUND"]


def an_amount_changed(statement: Any, _: Any) -> None:
    entry = statement["entries"][1]
    entry["record"] = entry["record"].replace('"amount":20', '"amount":10').replace('"amount":-20', '"amount":-10')


def a_balance_changed(statement: Any, _: Any) -> None:
    entry = statement["entries"][3]
    entry["record"] = entry["record"].replace('"balance_after":53', '"balance_after":530')


def an_entry_left_out(statement: Any, _: Any) -> None:
    del statement["entries"][1]


def a_memo_changed(statement: Any, _: Any) -> None:
    statement["entries"][0]["memo"] = "别的"


def a_proof_cut_short(statement: Any, _: Any) -> None:
    statement["entries"][0]["proof"].pop()


def a_proof_too_long(statement: Any, _: Any) -> None:
    statement["entries"][0]["proof"].append("00" * 32)


def a_seal_of_ones_own(statement: Any, _: Any) -> None:
    header = json.loads(statement["seals"][0]["header"])
    statement["seals"][0]["header"] = json.dumps(header | {"root": "00" * 32})


def another_account(statement: Any, _: Any) -> None:
    statement["account"] = "1"


def a_published_seal_changed(_: Any, seals: Any) -> None:
    seals["seals"][1]["header"] = seals["seals"][1]["header"].replace('"transfer_count":1', '"transfer_count":2')


def a_published_seal_left_out(_: Any, seals: Any) -> None:
    del seals["seals"][0]


def another_key(_: Any, seals: Any) -> None:
    seals["keys"][0]["kid"] = "another"


def no_statement(statement: Any, _: Any) -> None:
    statement.clear()


WRONG: dict[Callable[[Any, Any], None], str] = {
    an_amount_changed: "entry at position 2: the record is not what seal 1 was made over",
    a_balance_changed: "entry at position 4: the record is not what seal 2 was made over",
    an_entry_left_out: "entry at position 2: it is missing, and the next is 3",
    a_memo_changed: "entry at position 1: the memo is not the one that was recorded",
    a_proof_cut_short: "entry at position 1: the proof is too short",
    a_proof_too_long: "entry at position 1: the proof is too long",
    a_seal_of_ones_own: "seal 1 is not as published",
    another_account: "entry at position 1: the record is not one of this account's",
    a_published_seal_changed: "seal 2: the signature is not genuine",
    a_published_seal_left_out: "seal 1 is not as published",
    another_key: "is not published",
    no_statement: "this cannot be read as a statement or as seals",
}


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)  # the script meets no database
async def test_whatever_is_altered_is_told_in_plain_words(resident: Caller, tmp_path: Path) -> None:
    async def told(number: int, alter: Callable[[Any, Any], None]) -> tuple[int, str]:
        statement, seals = await statement_of(resident), await published()
        alter(statement, seals)
        own = tmp_path / str(number)
        own.mkdir()
        return await verified(own, statement, seals)

    answers = await asyncio.gather(*(told(number, alter) for number, alter in enumerate(WRONG)))
    for (alter, expected), (code, said) in zip(WRONG.items(), answers, strict=True):
        assert (code, said.startswith("WRONG: "), expected in said) == (1, True, True), (alter.__name__, said)


def test_the_script_is_short_and_imports_nothing_of_ours() -> None:
    text = SCRIPT.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 120
    imports = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Import | ast.ImportFrom)]
    names = [str(one.module) if isinstance(one, ast.ImportFrom) else one.names[0].name for one in imports]
    assert {name.split(".")[0] for name in names} - set(sys.stdlib_module_names) == {"cryptography"}


async def test_a_statement_holds_no_more_than_so_many_entries(
    resident: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.statement.MOST_ENTRIES", 4)
    answer = await ask(QUERY, resident)
    assert (answer.code, answer.errors[0]["extensions"]["inputPath"]) == ("INVALID_INPUT", ["from"])
    assert len((await statement_of(resident, until=later(minutes=4).isoformat()))["entries"]) == 4
    monkeypatch.setattr("ledger.statement.MOST_SEALS", 1)
    assert (await ask(QUERY, resident, {"until": later(minutes=4).isoformat()})).code == "INVALID_INPUT"


async def test_who_has_nothing_yet_has_an_empty_statement() -> None:
    statement = await statement_of(await a_caller())
    assert (statement["entries"], statement["seals"]) == ([], [])


@pytest.mark.parametrize(
    "variables",
    [{"programme": "nope"}, {"from": later(minutes=2).isoformat(), "until": later(minutes=1).isoformat()}],
)
async def test_a_statement_that_makes_no_sense_is_refused(resident: Caller, variables: dict[str, str]) -> None:
    assert (await ask(QUERY, resident, variables)).code == "INVALID_INPUT"
