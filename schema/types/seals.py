"""Seals, which everybody may see, and the statement that is checked against them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import strawberry

from domain.points.make_wallet_statement import MEDIA_TYPE
from ledger import models
from ledger.seal import HEADER_COLUMNS, SealHeader
from schema.reads.declare import Node, column, computed, row_type

HEADER = tuple(HEADER_COLUMNS.split(", "))


def header_text(**columns: Any) -> str:
    return SealHeader(**columns).text().decode()


def header_hash(**columns: Any) -> str:
    return SealHeader(**columns).hash()


@row_type(models.Seal)
class Seal(Node):
    """What some thousand transfers said, fixed by one signed hash: whoever changes them later is found out. Holds no personal
    data."""

    number: int = column("1, 2, 3 and so on.")
    previous_hash: str = column("The hash of the seal before, in hex; zeros for the first.")
    hash: str = computed("SHA-256 of `header`, in hex.", needs=HEADER, by=header_hash)
    root: str = column("The root of the Merkle tree (RFC 6962) over the transfers' records, in hex.")
    transfer_count: int = column("How many transfers it seals.")
    sealed_at: datetime = column("When it was made.")
    kid: str = column("The name of the key that signed it, at /.well-known/jwks.json.")
    signature: str = column("The Ed25519 signature of `header`, in hex.")
    header: str = computed("The text that is signed: JSON with sorted keys.", needs=HEADER, by=header_text)


@strawberry.type(
    description="A file for the owner of a wallet, who can check it without trusting this server (docs/verify_statement.py)."
)
class WalletStatement:
    """Answered from a TextFile."""

    file_name: str = strawberry.field(description="What to call it.")
    text: str = strawberry.field(
        description="JSON: each entry with its sealed record and the proof that it is in a published seal. Entries that are not "
        "sealed yet have no seal."
    )
    sha256: str = strawberry.field(description="SHA-256 of the text in UTF-8, in hex.")
    media_type: str = strawberry.field(default=MEDIA_TYPE, description="What kind of file it is.")
