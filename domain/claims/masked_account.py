"""Accounts as the app shows them, masked: '138****5678', '张*'. A whole phone number is never kept here."""

from __future__ import annotations

import re
import unicodedata

from domain.refusals import InvalidInput
from domain.text import clean_name

ACCOUNT_LENGTH = 40
COUNTRY = re.compile(r"^\+86[ -]*")
STARS = re.compile(r"\*+")
GAPS = re.compile(r"[ -]")
WHOLE_NUMBER = re.compile(r"\d{11}")
# What a spreadsheet takes for a formula when the text is exported one day.
FORMULA = ("=", "+", "-", "@")


def clean_masked_account(text: str, *path: str) -> str:
    """The account on a single line, with plain stars and without +86.

    Raises InvalidInput at `path` where nothing of it is masked, nothing of it is shown, it has a whole phone number in it, or
    begins as a spreadsheet's formula does.
    """
    if len(text) > ACCOUNT_LENGTH:
        raise InvalidInput(reason="text_too_long", values={"limit": ACCOUNT_LENGTH}, path=path)
    account = clean_name(COUNTRY.sub("", unicodedata.normalize("NFKC", text).strip()), *path, limit=ACCOUNT_LENGTH)
    if account.startswith(FORMULA):
        raise InvalidInput(reason="account_formula", path=path)
    if "*" not in account or WHOLE_NUMBER.search(GAPS.sub("", account)) or not GAPS.sub("", STARS.sub("", account)):
        raise InvalidInput(reason="account_not_masked", path=path)
    return account


def account_key(masked_account: str) -> str:
    """What two ways of writing the same masked account have in common: how many stars, and gaps between them, tell nothing."""
    return STARS.sub("*", GAPS.sub("", masked_account)).casefold()
