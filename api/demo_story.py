"""The story on a terminal: `python -m api demo`, against a program that runs in development with SMS on the console."""

from __future__ import annotations

import asyncio
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import orjson

from api.clock import system_clock
from api.commands import audit
from api.demo.story import play
from api.demo.telling import Codes, NotAsTold, Teller
from api.settings import Settings
from domain.people.request_sign_in_code import DIGITS

AS_TOLD, NOT_AS_TOLD = 0, 1
TIMEOUT_S = 30.0


async def tell_story(url: str, settings: Settings) -> int:
    """Play the story, print it, and audit the book; 0 when all of it was as told and everything adds up, 1 otherwise.

    The codes are read where the settings say. So is the book, but only where the program's address is that of the settings:
    another program may have another database.
    """
    codes = codes_in(Path(settings.sms_file))
    async with httpx.AsyncClient(base_url=url, timeout=TIMEOUT_S, trust_env=False) as http:
        try:
            await play(Teller(http, codes, say=print), system_clock)
        except NotAsTold as error:
            print(f"\n✗ 与预期不符 · not as told: {error}")
            print(f"  服务在 {url} 运行吗？先执行 make serve · is it running there?")
            return NOT_AS_TOLD
    print("\n✓ 全部如预期 · all as told.")
    if address_of(url) != address_of(settings.url):
        print(
            f"  {url} 不是本机设置的地址（{settings.url}），它的账请在那里用 python -m api audit 核对"
            " · another address than the settings', so its book is not audited here: run python -m api audit there"
        )
        return AS_TOLD
    print("\n━━━ 重算整本账，逐项核对 · the audit: every figure anew (python -m api audit)")
    return await audit(settings)


THIS_MACHINE = ("localhost", "127.0.0.1", "::1", "0.0.0.0", "::")  # noqa: S104 - compared, not listened on


def address_of(url: str) -> tuple[str, str, int | None]:
    """Where a program is reached: the same for every spelling of this machine."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    return parts.scheme, THIS_MACHINE[0] if host in THIS_MACHINE else host, port


def codes_in(file: Path) -> Codes:
    """Reads codes where the console sender of a program in development writes them."""

    async def code_for(phone: str) -> str:
        try:
            lines = (await asyncio.to_thread(file.read_bytes)).splitlines()
        except OSError:
            raise NotAsTold(
                f"读不到 {file} 里的验证码 · {file} has no codes; does the program run in this folder?"
            ) from None
        for line in reversed(lines):
            message = orjson.loads(line)
            if message["phone"].endswith(phone):
                return next(word for word in digits(message["text"]) if len(word) == DIGITS)
        raise NotAsTold(f"没有发给 {phone} 的验证码 · no code for {phone} in {file}")

    return code_for


def digits(text: str) -> list[str]:
    """The numbers in a text."""
    return "".join(letter if letter.isdigit() else " " for letter in text).split()
