"""Telling a story: each step, what was asked, what was answered, and whether it is as told."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

Codes = Callable[[str], Awaitable[str]]
LONGEST_TEXT = 60  # a token or QR code says nothing to a reader
LONGEST_LIST = 3
SECRETS = ("accessToken", "refreshToken")  # a terminal is easily photographed
WIDTH = 100  # characters; a Chinese one takes twice the room
MORE_THAN_A_SCREEN = 40  # lines


class NotAsTold(Exception):
    """Something did not happen as the story says."""


@dataclass
class Teller:
    """Asks the running program and tells it to `say`. `codes` knows what was sent to a phone."""

    http: httpx.AsyncClient
    codes: Codes
    say: Callable[[str], None]
    steps: int = 0

    def step(self, chinese: str, english: str) -> None:
        """The heading of the next step."""
        self.steps += 1
        self.say(f"\n━━━ {self.steps}. {chinese}\n    {english}")

    async def ask(self, who: str, document: str, variables: Mapping[str, Any], token: str | None = None) -> Any:
        """The answer's data. Raises NotAsTold where there is none."""
        operation = re.search(r"\w+ (\w+)", document)
        self.say(f"  → {who}：{operation[1] if operation else document}")
        self.say(indented(document if not variables else f"{document}\n{pretty(variables)}"))
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        try:
            response = await self.http.post(
                "/graphql", json={"query": document, "variables": variables}, headers=headers
            )
            answer = response.json()
        except (httpx.HTTPError, json.JSONDecodeError) as error:
            raise NotAsTold(f"没有得到回答 · no answer: {type(error).__name__} {error}") from error
        self.say("  ←")
        self.say(indented(pretty(answer)))
        if answer.get("errors") or not answer.get("data"):
            raise NotAsTold(f"请求失败 · the request failed: {answer.get('errors')}")
        return answer["data"]

    def check(self, holds: object, chinese: str) -> None:
        """What the step was to show. Raises NotAsTold."""
        if not holds:
            raise NotAsTold(chinese)
        self.say(f"  ✓ {chinese}")

    def no_errors(self, payload: Mapping[str, Any]) -> None:
        """The mutation was not refused. Raises NotAsTold."""
        if payload["errors"]:
            raise NotAsTold(f"被拒绝 · refused: {payload['errors']}")


def indented(text: str) -> str:
    lines = text.splitlines()
    if len(lines) > MORE_THAN_A_SCREEN:
        lines = [*lines[:MORE_THAN_A_SCREEN], f"…（还有 {len(lines) - MORE_THAN_A_SCREEN} 行）"]
    return "\n".join(f"      {line}" for line in lines)


def pretty(value: Any) -> str:
    """JSON for a reader: what fits on a line stands on one, long lists and texts are cut."""
    return laid_out(shortened(value), "")


def laid_out(value: Any, indent: str) -> str:
    line = json.dumps(value, ensure_ascii=False)
    if len(line) + len(indent) <= WIDTH or not isinstance(value, dict | list):
        return line
    inner = indent + "  "
    if isinstance(value, list):
        parts, (left, right) = [laid_out(each, inner) for each in value], "[]"
    else:
        parts = [f"{json.dumps(name, ensure_ascii=False)}: {laid_out(each, inner)}" for name, each in value.items()]
        left, right = "{}"
    body = ",\n".join(inner + part for part in parts)
    return f"{left}\n{body}\n{indent}{right}"


def hidden(secret: str | None) -> str | None:
    return None if secret is None else f"{secret[:5]}…"


def shortened(value: Any) -> Any:
    if isinstance(value, str):
        return value if len(value) <= LONGEST_TEXT else f"{value[:LONGEST_TEXT]}…"
    if isinstance(value, Mapping):
        return {name: hidden(each) if name in SECRETS else shortened(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        kept = [shortened(each) for each in value[:LONGEST_LIST]]
        return kept if len(value) <= LONGEST_LIST else [*kept, f"…（共 {len(value)} 项）"]
    return value
