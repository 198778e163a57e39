"""Whose pages may talk with us from a browser: our own, and those of the origins that the operator named."""

from __future__ import annotations

import re
from collections.abc import Callable

ORIGIN = re.compile(r"https?://(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?")
#: A front-end that is being written runs on the developer's own machine, on whatever port its tools like.
OWN_MACHINE = re.compile(r"https?://(?:localhost|127\.0\.0\.1|\[::1\])(?::[0-9]{1,5})?")
ANY = "*"


def origins() -> tuple[Callable[[str], str], str]:
    """The kind of a setting: auto, off, * or a list of origins."""

    def read(text: str) -> str:
        listed = [each.strip() for each in text.split(",")]
        if text not in ("auto", "off", ANY) and not all(ORIGIN.fullmatch(each) for each in listed):
            raise ValueError
        return ",".join(listed)

    return read, "auto, off, * or origins such as https://app.example.cn,https://m.example.cn"


def is_welcome(origin: str, wanted: str, *, development: bool) -> bool:
    """Whether the setting lets an origin's pages read our answers."""
    if wanted == "auto":
        return development and OWN_MACHINE.fullmatch(origin) is not None
    return wanted == ANY or origin in wanted.split(",")
