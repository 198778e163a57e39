"""Mainland mobile numbers: what people type, what is kept (E.164), what others see."""

from __future__ import annotations

import re
import unicodedata

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

from domain.refusals import InvalidInput

REGION = "CN"
COUNTRY = "+86"
# phonenumbers also digs numbers out of sentences and of letters on a keypad, and cuts off extensions: too kind here.
DIGITS_AND_SEPARATORS = re.compile(r"\+?[0-9](?:[ -]*[0-9]){0,18}")
LONGEST_TYPED = 100  # characters; to normalise a megabyte can take minutes (domain/text.py)
DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-"))


def parse_phone(text: str, *path: str) -> str:
    """The number in E.164 ('+8613812345678'), typed with or without +86, spaces and dashes.

    Raises InvalidInput at `path`, or at ('phone',), for anything but a mainland mobile number.
    """
    typed = unicodedata.normalize("NFKC", text[:LONGEST_TYPED]).translate(DASHES).strip()
    if len(text) <= LONGEST_TYPED and DIGITS_AND_SEPARATORS.fullmatch(typed):
        try:
            number = phonenumbers.parse(typed, REGION)
        except NumberParseException:
            number = phonenumbers.PhoneNumber()
        if is_mainland_mobile(number):
            return phonenumbers.format_number(number, PhoneNumberFormat.E164)
    raise InvalidInput(reason="phone_not_mainland_mobile", path=path or ("phone",))


def is_mainland_mobile(number: phonenumbers.PhoneNumber) -> bool:
    """Landlines, numbers of other regions and numbers that nobody can have are none."""
    if not phonenumbers.is_valid_number_for_region(number, REGION):
        return False
    return phonenumbers.number_type(number) == PhoneNumberType.MOBILE


def national_phone(phone: str) -> str:
    """An E.164 number as people here write it: '13812345678'."""
    return phone.removeprefix(COUNTRY)


def mask_phone(phone: str) -> str:
    """An E.164 number as others see it: '138****5678'."""
    digits = national_phone(phone)
    return f"{digits[:3]}****{digits[-4:]}"
