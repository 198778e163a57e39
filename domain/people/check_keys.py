"""Whether the keys are those this database was filled with."""

from __future__ import annotations

from domain.people.keys import current_keys
from domain.people.phone_seal import unseal_phone
from storage import Reader

IN_USE = "SELECT COALESCE(MAX(id), 1) FROM phone_keys"


class WrongPhoneKey(Exception):
    """This process was started before the key of stored numbers was changed. It has to be started again."""


async def require_phone_key(reader: Reader) -> None:
    """Numbers are sealed with the key that this process has. Raises WrongPhoneKey: with another key nobody would be found, and
    somebody who is there would be registered once more."""
    if await reader.fetch_value(IN_USE) != current_keys().phone_version:
        raise WrongPhoneKey


async def keys_fit(reader: Reader) -> bool:
    """False where a stored phone number does not open with the present keys.

    To go on with other keys would be to forget everybody: nobody's number would be found, and whoever signs in would
    become a new resident without points.
    """
    if await reader.fetch_value(IN_USE) != current_keys().phone_version:
        return False
    row = await reader.fetch_one(
        "SELECT id, phone_sealed FROM residents WHERE phone_sealed IS NOT NULL ORDER BY id LIMIT 1"
    )
    if row is None:
        return True
    try:
        unseal_phone(row[1], row[0])
    except ValueError:
        return False
    return True
