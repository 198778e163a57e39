"""What keeps two residents from being merged: asked by the act, where the first counts, and before the button is pressed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.refusals import (
    AccountNotOpen,
    Conflict,
    InsufficientPoints,
    InvalidInput,
    NotFound,
    Refusal,
    SecondPersonRequired,
)
from ledger.accounts import AccountStatus
from ledger.merging import WalletPair
from storage import Reader
from storage.instants import from_micros, to_micros

KEEP, MERGE = ("keepId",), ("mergeId",)


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeFacts:
    """What decides. None for a resident who is not there; `..._merged`: they were merged into somebody before."""

    administrator_id: int
    keep_id: int
    merge_id: int
    kept_merged: bool | None
    merged_merged: bool | None
    roles: int
    claims_waiting: int
    reservations: int
    reserved_until: datetime | None
    pairs: Sequence[WalletPair]

    @property
    def are_two(self) -> bool:
        """Whether they are two residents who are there."""
        return None not in (self.kept_merged, self.merged_merged) and self.keep_id != self.merge_id


SELECT = """SELECT (SELECT COALESCE(k.merged_into_id, 0) FROM residents k WHERE k.id = ?),
    (SELECT COALESCE(m.merged_into_id, 0) FROM residents m WHERE m.id = ?),
    (SELECT COUNT(*) FROM role_grants g WHERE g.resident_id = ? AND g.revoked_at IS NULL),
    (SELECT COUNT(*) FROM claims c WHERE c.resident_id IN (?, ?) AND c.status = 'PENDING'),
    (SELECT COUNT(*) FROM reservations r WHERE r.resident_id = ? AND r.status = 'HELD' AND r.reserved_until > ?),
    (SELECT MAX(r.reserved_until) FROM reservations r WHERE r.resident_id = ? AND r.status = 'HELD' AND r.reserved_until > ?)"""


async def find_facts(
    reader: Reader, administrator_id: int, keep_id: int, merge_id: int, pairs: Sequence[WalletPair], now: datetime
) -> MergeFacts:
    """The facts at this moment."""
    at = to_micros(now)
    values = (keep_id, merge_id, merge_id, keep_id, merge_id, merge_id, at, merge_id, at)
    row = await reader.fetch_one(SELECT, *values)
    assert row, "a row of counts"
    kept_merged, merged_merged, roles, claims_waiting, reservations, until = row
    return MergeFacts(
        administrator_id=administrator_id,
        keep_id=keep_id,
        merge_id=merge_id,
        kept_merged=None if kept_merged is None else kept_merged > 0,
        merged_merged=None if merged_merged is None else merged_merged > 0,
        roles=roles,
        claims_waiting=claims_waiting,
        reservations=reservations,
        reserved_until=None if until is None else from_micros(until),
        pairs=pairs,
    )


def reasons_not_to_merge(facts: MergeFacts) -> list[Refusal]:
    """Every reason, in the order in which the act would raise them; empty when nothing stands in the way.

    NotFound and InvalidInput (which two), SecondPersonRequired, Conflict (merged before, roles, claims that wait,
    reservations that stand), AccountNotOpen, InsufficientPoints.
    """
    about_the_two = list(reasons_of_the_two(facts))
    return about_the_two or [*reasons_of_the_merged(facts), *reasons_of_wallets(facts.pairs)]


def reasons_of_the_two(facts: MergeFacts) -> Iterator[Refusal]:
    """Whether they can be merged at all. Where they cannot, nothing more is asked."""
    if facts.kept_merged is None:
        yield NotFound(path=KEEP)
    if facts.merged_merged is None:
        yield NotFound(path=MERGE)
    if facts.keep_id == facts.merge_id:
        yield InvalidInput(reason="merge_with_oneself", path=MERGE)
    for id_, path in ((facts.keep_id, KEEP), (facts.merge_id, MERGE)):
        if id_ == facts.administrator_id:
            yield SecondPersonRequired(path=path)
    if facts.kept_merged:
        yield Conflict(reason="merge_into_merged", path=KEEP)
    if facts.merged_merged:
        yield Conflict(reason="merged_already", path=MERGE)


def reasons_of_the_merged(facts: MergeFacts) -> Iterator[Refusal]:
    """What somebody has to settle first."""
    if facts.roles:
        yield Conflict(reason="merge_roles_held", values={"roles": facts.roles}, path=MERGE)
    if facts.claims_waiting:
        yield Conflict(reason="merge_claims_wait", values={"claims": facts.claims_waiting})
    if facts.reservations:
        values: dict[str, object] = {"reservations": facts.reservations, "until": facts.reserved_until}
        yield Conflict(reason="merge_reservations_stand", values=values, path=MERGE)


def reasons_of_wallets(pairs: Sequence[WalletPair]) -> Iterator[Refusal]:
    """A frozen wallet is being looked into: its points go nowhere, and none come to it unseen."""
    for pair in pairs:
        moves = pair.merged.balance != 0
        for wallet, path in ((pair.kept, KEEP), (pair.merged, MERGE)):
            if wallet.status is AccountStatus.FROZEN or (wallet.status is AccountStatus.CLOSED and moves):
                yield AccountNotOpen(account_id=wallet.id, status=wallet.status.value, path=path)
        missing, available = -pair.merged.balance, pair.kept.balance - pair.kept.held
        if missing > max(available, 0):
            yield InsufficientPoints(account_id=pair.kept.id, available=available, required=missing, path=KEEP)
