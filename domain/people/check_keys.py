"""Whether the keys are those this database was filled with."""

from __future__ import annotations

from domain.people.phone_seal import unseal_phone
from storage import Reader


async def keys_fit(reader: Reader) -> bool:
    """False where a stored phone number does not open with the present keys.

    To go on with other keys would be to forget everybody: nobody's number would be found, and whoever signs in would
    become a new resident without points.
    """
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
