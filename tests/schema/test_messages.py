"""Every code and every reason has words in both languages, and they mention only what they are told."""

from __future__ import annotations

import ast
import dataclasses
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from string import Formatter

import pytest

from domain import refusals
from domain.people.member_code import make_member_code, verify_member_code
from domain.people.request_sign_in_code import TRIES
from domain.refusals import CodeExpired, Refusal
from schema.codes import ErrorCode
from schema.messages import CODES, REASONS, message_of
from schema.reads.arguments import Text
from tests.clock import NOW, later

HALF_WIDTH = re.compile("[\u4e00-\u9fff][,;!?][\u4e00-\u9fff]")
SPOKEN_BY_CODE = ("AlreadyReversed", "CodeExpired", "TicketAlreadyAdmitted")
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
        own = None if keys is None else keys | {name for name in given if name}
        yield Given(reason.value, own, where)  # type: ignore[arg-type]  # a reason is a text


def test_who_used_up_their_tries_learns_that_a_new_code_is_needed() -> None:
    for said in CODES[ErrorCode.CODE_INCORRECT]:
        assert "重新获取" in said or "ask for a new one" in said
    assert f"输错 {TRIES} 次" in CODES[ErrorCode.CODE_INCORRECT].zh


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
    composed = ("offer_", "limit_")  # f"offer_{status}", f"limit_{limit}"
    assert [r for r in REASONS if written.count(f'"{r}"') < 2 and not r.startswith(composed)] == []


@pytest.mark.parametrize("kind", REFUSALS.values(), ids=REFUSALS.keys())
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_refusal_can_be_said(kind: type[Refusal], language: str) -> None:
    samples: dict[str, object] = {
        "reason": None if kind.__name__ in SPOKEN_BY_CODE else "sign_up_closed",
        "values": {},
        "programme": "xuexi",
        "scanned_at": NOW,
        "retry_after": timedelta(seconds=7),
    }
    given = {field.name: samples.get(field.name, 7) for field in dataclasses.fields(kind) if field.name != "path"}
    assert "{" not in message_of(kind(**given), language)  # type: ignore[arg-type]  # parametrize knows no Literal


@pytest.mark.parametrize(
    ("seconds", "zh", "en"),
    [
        (1, "1 秒", "1 s"),
        (120, "120 秒", "120 s"),
        (121, "3 分钟", "3 min"),
        (7200, "120 分钟", "120 min"),
        (7201, "3 小时", "3 h"),
        (86_400, "24 小时", "24 h"),
    ],
)
def test_a_wait_is_said_as_people_say_it_and_never_too_short(seconds: int, zh: str, en: str) -> None:
    refusal = refusals.RateLimited(retry_after=timedelta(seconds=seconds))
    assert message_of(refusal, "zh-CN") == f"操作太频繁，请在 {zh}后再试。"
    assert message_of(refusal, "en") == f"Too many requests. Try again in {en}."


def test_the_gate_s_screen_says_when_and_where_the_first_one_was() -> None:
    refusal = refusals.TicketAlreadyAdmitted(admission_id=7, gate="东门", scanned_at=NOW)
    assert message_of(refusal, "zh-CN") == "这张票已于 2024-01-12 09:30 在“东门”入场，次数已用完。"


def test_an_expired_member_code_is_no_sign_in_code() -> None:
    with pytest.raises(CodeExpired) as caught:
        verify_member_code(make_member_code(7, NOW).token, later(hours=1))
    assert message_of(caught.value, "zh-CN") == "会员码已过期，请让对方刷新后再扫。"


def test_chinese_is_not_written_with_half_width_commas() -> None:
    for path in [*(ROOT / "schema").rglob("*.py"), *(ROOT / "api").rglob("*.py")]:
        assert not HALF_WIDTH.search(path.read_text()), path


def test_a_wallet_has_one_name() -> None:
    assert [text.zh for text in (*REASONS.values(), *CODES.values()) if "钱包" in text.zh] == []


def test_an_instant_is_said_as_the_clock_on_the_wall_shows_it() -> None:
    refusal = refusals.Conflict(reason="shifts_overlap", values={"title": NOW})
    assert "2024-01-12 09:30" in message_of(refusal, "en")
