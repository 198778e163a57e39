"""The limit for whoever attests claims."""

from __future__ import annotations

from domain.claims.approval_limit import approval_limit
from domain.claims.desk import find_programme
from domain.people.caller import Caller
from storage import Reader, read


async def read_claim_limit(caller: Caller, programme: str) -> int:
    """The points that may be claimed for one resident within 24 hours without a second person.

    Raises Unauthenticated, InvalidInput (the programme).
    """
    caller.signed_in()

    async def body(reader: Reader) -> int:
        await find_programme(reader, programme)
        return await approval_limit(reader, programme)

    return await read(body)
