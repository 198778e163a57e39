"""Freezing a wallet, opening it again, and closing it for good."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from domain.people.caller import Caller
from domain.people.rights import require_book_administrator
from domain.refusals import Conflict, NotFound, SecondPersonRequired
from domain.text import REASON_LENGTH, clean_text
from ledger.account_status import HeldWallet, StatusChange, hold_wallet, set_status
from ledger.accounts import AccountStatus
from ledger.idempotency import Intent, claim
from storage import Transaction, write

WALLET = ("walletId",)


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletStatusWish:
    """Which wallet, and why: its holder and auditors will read it. Once for this key."""

    wallet_id: int
    reason: str
    idempotency_key: str


async def freeze_wallet(caller: Caller, wish: WalletStatusWish, now: datetime) -> int:
    """Nothing is spent from the wallet until it is opened again; points still come in and expire. The change's id.

    By administrators of a whole district, not for oneself. Asking again with the same key answers the same. Raises
    Unauthenticated, InvalidInput (reason, then idempotencyKey), KeyReused, Forbidden, NotFound (walletId),
    SecondPersonRequired, Conflict (it is frozen, or closed).
    """
    return await change_status(caller, wish, AccountStatus.FROZEN, check_open, now)


async def unfreeze_wallet(caller: Caller, wish: WalletStatusWish, now: datetime) -> int:
    """The wallet spends again. The change's id. Raises as freeze_wallet; Conflict where it is open, or closed."""
    return await change_status(caller, wish, AccountStatus.OPEN, check_frozen, now)


async def close_wallet(caller: Caller, wish: WalletStatusWish, now: datetime) -> int:
    """Nothing moves on the wallet any more but the reversal of a mistake; it is never opened again. The change's id.

    Raises as freeze_wallet; Conflict where it is closed, or points are in it, held or not, or missing.
    """
    return await change_status(caller, wish, AccountStatus.CLOSED, check_empty, now)


Check = Callable[[HeldWallet], None]


async def change_status(
    caller: Caller, wish: WalletStatusWish, status: AccountStatus, check: Check, now: datetime
) -> int:
    administrator_id = caller.signed_in()
    reason = clean_text(wish.reason, "reason", limit=REASON_LENGTH)
    asked = {"walletId": wish.wallet_id, "status": status.value, "reason": reason}
    intent = Intent(administrator_id, wish.idempotency_key, "change_wallet_status", asked)

    async def body(tx: Transaction) -> int:
        change = StatusChange(id=tx.new_id(), status=status, reason=reason, changed_by_id=administrator_id)
        first_answer: int | None = await claim(tx, intent, change.id, now)
        if first_answer is not None:
            return first_answer
        await require_book_administrator(tx, caller)
        held = await hold_wallet(tx, wish.wallet_id)
        if held is None:
            raise NotFound(path=WALLET)
        if held.holder_id == administrator_id:
            raise SecondPersonRequired(path=WALLET)
        check(held)
        await set_status(tx, held, change, now)
        tx.announce(f"wallet:{held.id}")
        return change.id

    return await write(body)


def check_not_closed(held: HeldWallet) -> None:
    """Raises Conflict."""
    if held.status is AccountStatus.CLOSED:
        raise Conflict(reason="wallet_closed", path=WALLET)


def check_open(held: HeldWallet) -> None:
    """Raises Conflict."""
    check_not_closed(held)
    if held.status is AccountStatus.FROZEN:
        raise Conflict(reason="wallet_frozen", path=WALLET)


def check_frozen(held: HeldWallet) -> None:
    """Raises Conflict."""
    check_not_closed(held)
    if held.status is AccountStatus.OPEN:
        raise Conflict(reason="wallet_not_frozen", path=WALLET)


def check_empty(held: HeldWallet) -> None:
    """Raises Conflict."""
    check_not_closed(held)
    if held.balance or held.held:
        values: dict[str, object] = {"balance": held.balance, "held": held.held}
        raise Conflict(reason="wallet_not_empty", values=values, path=WALLET)
