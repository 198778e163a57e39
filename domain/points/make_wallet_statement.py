"""A resident's statement as a file, which they can check without trusting us."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.people.caller import Caller
from domain.points.seal_key import seal_jwk, seal_key
from domain.refusals import InvalidInput
from ledger.accounts import A_WALLET
from ledger.statement import Period, make_statement
from storage import Reader, read

MEDIA_TYPE = "application/json"
SELECT_WALLET = f"SELECT id FROM accounts WHERE holder_id = ? AND programme = ? AND {A_WALLET}"


@dataclass(frozen=True, slots=True)
class StatementFile:
    """A file's name and text, and the SHA-256 of that text in UTF-8, in hex."""

    file_name: str
    text: str
    sha256: str


async def make_wallet_statement(caller: Caller, programme: str, period: Period, now: datetime) -> StatementFile:
    """The caller's statement in a programme. Raises Unauthenticated, InvalidInput (from, or programme)."""
    holder_id = caller.signed_in()
    if period.since and period.until and period.since >= period.until:
        raise InvalidInput(reason="ends_before_start", path=("until",))

    async def body(reader: Reader) -> dict[str, Any]:
        wallet_id = await reader.fetch_value(SELECT_WALLET, holder_id, programme)
        if wallet_id is None:
            raise InvalidInput(reason="unknown_programme", values={"programme": programme}, path=("programme",))
        return await make_statement(reader, wallet_id, period, seal_key())

    statement = {"programme": programme, "madeAt": now.isoformat(), "keys": [seal_jwk()]} | await read(body)
    text = json.dumps(statement, ensure_ascii=False, indent=1)
    name = f"{programme}-statement-{now:%Y%m%d-%H%M%S}.json"
    return StatementFile(name, text, hashlib.sha256(text.encode()).hexdigest())
