"""Freezing, opening and closing wallets."""

from __future__ import annotations

from typing import Annotated

import strawberry

from domain.points.wallet_status import WalletStatusWish, close_wallet, freeze_wallet, unfreeze_wallet
from schema.context import Info
from schema.errors import UserError
from schema.ids import require_id
from schema.inputs.ledger import WalletStatusInput
from schema.mutations.payloads import INPUT, mutation, no_errors
from schema.reads.references import reference
from schema.types.ledger import AccountChange

CODES = (
    "Errors: UNAUTHENTICATED, INVALID_INPUT, IDEMPOTENCY_KEY_REUSED, FORBIDDEN, NOT_FOUND, SECOND_PERSON_REQUIRED (one's own), "
    "CONFLICT"
)


@strawberry.type(description="A wallet's new status.")
class WalletStatusPayload:
    """The row that was added to its history."""

    change: AccountChange | None = strawberry.field(
        default=None, description="Who changed it, and why; its `wallet` as it is now."
    )
    errors: list[UserError] = no_errors()


@strawberry.type
class WalletMutations:
    """Wallets as a whole."""

    @mutation(
        "Administrators of a whole district: nothing is spent from the wallet until it is opened again; points still come in, "
        f"are corrected and expire. {CODES} (frozen or closed already).",
        WalletStatusPayload,
    )
    async def freeze_wallet(self, info: Info, wanted: Annotated[WalletStatusInput, INPUT]) -> WalletStatusPayload:
        return answer(await freeze_wallet(info.context.caller, wish_of(wanted), info.context.now))

    @mutation(
        f"Administrators of a whole district: the wallet spends again. {CODES} (not frozen).",
        WalletStatusPayload,
    )
    async def unfreeze_wallet(self, info: Info, wanted: Annotated[WalletStatusInput, INPUT]) -> WalletStatusPayload:
        return answer(await unfreeze_wallet(info.context.caller, wish_of(wanted), info.context.now))

    @mutation(
        "Administrators of a whole district: nothing moves on the wallet any more but the reversal of a mistake. It has to be "
        f"empty, and is never opened again. {CODES} (points are in it, or held; closed already).",
        WalletStatusPayload,
    )
    async def close_wallet(self, info: Info, wanted: Annotated[WalletStatusInput, INPUT]) -> WalletStatusPayload:
        return answer(await close_wallet(info.context.caller, wish_of(wanted), info.context.now))


def wish_of(wanted: WalletStatusInput) -> WalletStatusWish:
    return WalletStatusWish(
        wallet_id=require_id(wanted.wallet_id, "Wallet", "walletId"),
        reason=wanted.reason,
        idempotency_key=wanted.idempotency_key,
    )


def answer(change_id: int) -> WalletStatusPayload:
    return WalletStatusPayload(change=reference(AccountChange, change_id))
