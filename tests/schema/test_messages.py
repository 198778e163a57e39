"""Every code and every reason has words in both languages, and they mention only what they are told."""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from domain import refusals
from domain.refusals import Refusal
from schema.codes import ErrorCode
from schema.messages import CODES, REASONS, message_of
from schema.reads.arguments import Text
from tests.clock import NOW

ROOT = Path(__file__).parents[2]
KINDS = {name: kind for name in refusals.__all__ if isinstance(kind := getattr(refusals, name), type)}
REFUSALS = {name: kind for name, kind in KINDS.items() if issubclass(kind, Refusal) and kind is not Refusal}


@dataclasses.dataclass(frozen=True)
class Given:
    """A place in the code where a reason is given: with which values, None where they are not written there."""

    reason: str
    values: frozenset[str] | None
    where: str


def reasons_given() -> Iterator[Given]:
    for folder in ("domain", "ledger", "schema"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call):
                    yield from reason_in(node, f"{path.relative_to(ROOT)}:{node.lineno}")


def reason_in(call: ast.Call, where: str) -> Iterator[Given]:
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    reason, values = given.get("reason"), given.get("values")
    if isinstance(reason, ast.Constant) and isinstance(call.func, ast.Name) and call.func.id in REFUSALS:
        keys = (
            frozenset() if values is None else frozenset(ast.literal_eval(key) for key in values.keys if key)
            if isinstance(values, ast.Dict) else None
        )  # fmt: skip
        yield Given(reason.value, keys, where)  # type: ignore[arg-type]  # a reason is a text


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("given", list(reasons_given()), ids=lambda given: f"{given.reason} in {given.where}")
def test_every_reason_that_is_given_has_words_that_mention_only_its_values(given: Given) -> None:
    text = REASONS[given.reason]
    assert given.values is None or placeholders(text.zh) <= given.values


def test_every_code_has_words() -> None:
    assert set(CODES) == set(ErrorCode)


def test_every_refusal_has_a_code_of_the_contract() -> None:
    assert {kind.code for kind in REFUSALS.values()} <= set(ErrorCode)


@pytest.mark.parametrize(("key", "text"), [*CODES.items(), *REASONS.items()])
def test_both_languages_say_the_same_with_the_same_figures(key: str, text: Text) -> None:
    assert text.zh != text.en, key
    assert placeholders(text.zh) == placeholders(text.en)
    assert any("\u4e00" <= character <= "\u9fff" for character in text.zh)
    assert text.en.isascii()
    assert text.zh.endswith("。")
    assert text.en.endswith(".")


def test_no_words_are_left_over() -> None:
    written = "\n".join(
        path.read_text() for folder in ("domain", "ledger", "schema") for path in (ROOT / folder).rglob("*.py")
    )
    composed = {"offer_draft", "offer_paused", "offer_closed"}  # f"offer_{status}"
    assert [reason for reason in REASONS if written.count(f'"{reason}"') < 2 and reason not in composed] == []


@pytest.mark.parametrize("kind", REFUSALS.values(), ids=REFUSALS.keys())
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_refusal_can_be_said(kind: type[Refusal], language: str) -> None:
    samples: dict[str, object] = {"reason": "sign_up_closed", "values": {}, "programme": "xuexi"}
    given = {field.name: samples.get(field.name, 7) for field in dataclasses.fields(kind) if field.name != "path"}
    assert "{" not in message_of(kind(**given), language)  # type: ignore[arg-type]  # parametrize knows no Literal


def test_an_instant_is_said_as_the_clock_on_the_wall_shows_it() -> None:
    refusal = refusals.Conflict(reason="shifts_overlap", values={"title": NOW})
    assert "2024-01-12 09:30" in message_of(refusal, "en")
