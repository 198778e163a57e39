"""A resident's statement as a file, which they can check without trusting us."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.people.caller import Caller
from domain.points.seal_key import seal_jwk, seal_key
from domain.refusals import InvalidInput, NotFound
from domain.text_file import TextFile
from ledger.accounts import A_WALLET
from ledger.statement import Period, make_statement
from storage import Reader, read

MEDIA_TYPE = "application/json"
SELECT_WALLET = f"SELECT id FROM accounts WHERE holder_id = ? AND programme = ? AND {A_WALLET}"
SELECT_OWN = "SELECT id, programme FROM accounts WHERE holder_id = ? AND id = ?"


@dataclass(frozen=True, slots=True)
class OwnWallet:
    """The caller's wallet in a programme, or one of theirs by its id: also one whose points went to another one of theirs."""

    programme: str
    id: int | None = None


async def make_wallet_statement(caller: Caller, own: OwnWallet, period: Period, now: datetime) -> TextFile:
    """The caller's statement. Raises Unauthenticated, InvalidInput (until, or programme), NotFound (walletId), InvalidInput
    (from: too many entries)."""
    holder_id = caller.signed_in()
    if period.since and period.until and period.since >= period.until:
        raise InvalidInput(reason="ends_before_start", path=("until",))

    async def body(reader: Reader) -> dict[str, Any]:
        wallet_id, programme = await find_own(reader, holder_id, own)
        made = {"programme": programme, "madeAt": now.isoformat(), "keys": [seal_jwk()]}
        return made | await make_statement(reader, wallet_id, period, seal_key())

    statement = await read(body)
    text = json.dumps(statement, ensure_ascii=False, indent=1)
    name = f"{statement['programme']}-statement-{now:%Y%m%d-%H%M%S}.json"
    return TextFile(name, text)


async def find_own(reader: Reader, holder_id: int, own: OwnWallet) -> tuple[int, str]:
    """The wallet's id and its programme. Raises InvalidInput (programme), NotFound (walletId)."""
    if own.id is not None:
        row = await reader.fetch_one(SELECT_OWN, holder_id, own.id)
        if row is None:
            raise NotFound(path=("walletId",))
        return row[0], row[1]
    wallet_id = await reader.fetch_value(SELECT_WALLET, holder_id, own.programme)
    if wallet_id is None:
        raise InvalidInput(reason="unknown_programme", values={"programme": own.programme}, path=("programme",))
    return wallet_id, own.programme
