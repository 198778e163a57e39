"""In which seal a transfer is, and the proof of it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ledger.merkle import inclusion_proof, levels_of
from ledger.packed import unpack_hashes, unpack_ids
from ledger.read_seals import PublishedSeal, published
from ledger.seal import HEADER_COLUMNS
from storage import Reader


@dataclass(frozen=True, slots=True)
class Inclusion:
    """The place of a transfer among the leaves of a seal, and the hashes beside its way to the root."""

    seal: int
    index: int
    proof: tuple[bytes, ...]


@dataclass(slots=True)
class Inclusions:
    """By the transfers' ids, and the seals they lead to. Transfers that are in no seal are not there."""

    by_transfer: dict[int, Inclusion] = field(default_factory=dict)
    seals: list[PublishedSeal] = field(default_factory=list)


async def find_inclusions(reader: Reader, transfer_ids: Iterable[int], most_seals: int) -> Inclusions | None:
    """The proofs for some transfers; None where they are spread over too many seals."""
    wanted = sorted(transfer_ids)
    found = Inclusions()
    if not wanted:
        return found
    numbers = await seals_that_may_hold(reader, wanted)
    for number in numbers:
        await look_into(reader, number, wanted, found)
        if len(found.seals) > most_seals:
            return None
    return found


async def seals_that_may_hold(reader: Reader, wanted: Sequence[int]) -> list[int]:
    """The numbers of seals in whose range one of the ids lies. All of it comes from one index."""
    sql = """SELECT number, first_transfer_id, last_transfer_id FROM seals
        WHERE last_transfer_id >= ? AND first_transfer_id <= ?"""
    ranges = await reader.fetch(sql, wanted[0], wanted[-1])

    def holds_one(first: int, last: int) -> bool:
        at = bisect_left(wanted, first)
        return at < len(wanted) and wanted[at] <= last

    return sorted(number for number, first, last in ranges if holds_one(first, last))


async def look_into(reader: Reader, number: int, wanted: Sequence[int], found: Inclusions) -> None:
    sql = f"SELECT transfer_ids, leaves, {HEADER_COLUMNS}, signature FROM seals WHERE number = ?"
    row = await reader.fetch_one(sql, number)
    assert row, "a seal is never removed"
    places = {id_: index for index, id_ in enumerate(unpack_ids(row[0]))}
    here = [id_ for id_ in wanted if id_ in places]
    if not here:
        return
    levels = levels_of(unpack_hashes(row[1]))
    found.seals.append(published(row[2:]))
    for id_ in here:
        found.by_transfer[id_] = Inclusion(number, places[id_], tuple(inclusion_proof(levels, places[id_])))
