"""Which activities a filter means, as SQL conditions on the row {other}."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from domain.ranges import check_length
from domain.refusals import InvalidInput
from domain.volunteering.activity_status import status_is
from domain.volunteering.search import SearchTerms, search_terms
from schema.enums import ActivityStatus, AlarmKind
from schema.inputs.ledger import EntryFilter
from schema.inputs.lists import MOST_OF_A_KIND
from schema.inputs.volunteering import ActivityFilter
from schema.messages import message_of
from schema.reads.arguments import Text
from schema.reads.sources import Condition, condition
from storage.dialect import in_like

PLACES_LEFT = """({other}.capacity IS NULL OR {other}.confirmed_count < {other}.capacity) AND EXISTS (SELECT 1 FROM shifts fs
    WHERE fs.activity_id = {other}.id AND (fs.capacity IS NULL OR fs.confirmed_count < fs.capacity))"""
LIES_IN = """{other}.area_id IN (SELECT fw.area_id FROM area_within fw JOIN areas fa ON fa.id = fw.ancestor_id
    WHERE fa.code = :area_code)"""
HAS_PAIRS = """{other}.id IN (SELECT fg.activity_id FROM activity_grams fg WHERE fg.gram IN :pairs
    GROUP BY fg.activity_id HAVING COUNT(*) = :pair_count)"""


def activities_where(filter: ActivityFilter | None) -> Iterator[Condition]:  # noqa: A002 - the contract's name
    """The conditions of a filter; without one, that of its default."""
    if filter is None:
        yield condition(status_is("{other}", [ActivityStatus.PUBLISHED]))
        return
    if filter.status is not None:
        yield condition(status_is("{other}", filter.status))
    if filter.kinds is not None:
        yield condition("{other}.kind IN :kinds", kinds=filter.kinds)
    if filter.area_code is not None:
        yield condition(LIES_IN, area_code=filter.area_code)
    if filter.starts_from is not None:
        yield condition("{other}.starts_at >= :starts_from", starts_from=filter.starts_from)
    if filter.starts_until is not None:
        yield condition("{other}.starts_at < :starts_until", starts_until=filter.starts_until)
    if filter.has_places:
        yield condition(PLACES_LEFT)
    if filter.search is not None:
        yield from found_by(search_terms(filter.search))


def found_by(terms: SearchTerms) -> Iterator[Condition]:
    """The pairs find the rows by an index; LIKE then makes sure that they stand in this order (docs/decisions/0003)."""
    yield condition(HAS_PAIRS, pairs=list(terms.grams), pair_count=len(terms.grams))
    for word in terms.words:
        yield condition("{other}.search_text LIKE :pattern ESCAPE '!'", pattern=f"%{in_like(word)}%")


def problem_of_filter(filter: ActivityFilter | None) -> Text | None:  # noqa: A002 - the contract's name
    """What is wrong with a filter, or None."""
    if filter is None:
        return None
    try:
        check_length(filter.kinds or (), 0, MOST_OF_A_KIND)
        check_length(filter.status or (), 0, MOST_OF_A_KIND)
        if filter.search is not None:
            search_terms(filter.search)
    except InvalidInput as refusal:
        return said(refusal)
    return None


def problem_of_kinds(kinds: Sequence[object]) -> Text | None:
    """What is wrong with the kinds that are wanted, or None."""
    try:
        check_length(kinds, 0, MOST_OF_A_KIND)
    except InvalidInput as refusal:
        return said(refusal)
    return None


def problem_of_entries(filter: EntryFilter | None) -> Text | None:  # noqa: A002 - the contract's name
    """What is wrong with a filter of a statement, or None."""
    return problem_of_kinds((filter and filter.kinds) or ())


def said(refusal: InvalidInput) -> Text:
    return Text(message_of(refusal, "zh-CN"), message_of(refusal, "en"))


def alarms_where(kinds: list[AlarmKind] | None, *, settled: bool | None) -> Iterator[Condition]:
    """The conditions of Query.alarms."""
    if kinds is not None:
        yield condition("{other}.kind IN :kinds", kinds=kinds)
    if settled is not None:
        yield condition("{other}.settled_at IS NOT NULL" if settled else "{other}.settled_at IS NULL")
