"""Whatever operation comes, the answer is no 5xx, each error has a code of the list, and nothing of our insides is told."""

from __future__ import annotations

from tests.fuzz.running import fuzz
from tests.server import Server

OPERATIONS = 120  # in the suite; `make fuzz` sends 5,000


async def test_every_generated_operation_is_answered_as_it_should_be(server: Server) -> None:
    codes = await fuzz(server, OPERATIONS, seed=20240112)
    assert codes["OK"] > OPERATIONS / 20, "most of what is generated must not be refused at the door"
    assert codes["INVALID_INPUT"] > 0
