"""What an act has looked at stays true until it is done: on PostgreSQL it locks the row, on SQLite it is alone anyway."""

from __future__ import annotations

import pytest

from domain.redemption.offer_status import hold_offer
from domain.volunteering.held_activity import hold_activity
from ledger.budget import find_budget, hold_programme, lock_budget
from tests.builders.ledger import a_book
from tests.builders.people import organiser_of
from tests.builders.redemption import an_offer
from tests.builders.volunteering import an_activity
from tests.storage.locked import is_locked

pytestmark = [
    pytest.mark.usefixtures("database"),
    pytest.mark.parametrize("engine", ["postgres"], indirect=True),
]

PROGRAMME = "SELECT id FROM programmes WHERE code = ?"


async def test_an_activity_stays_as_its_organiser_found_it() -> None:
    activity = await an_activity()
    organiser_id = activity.organiser.signed_in()
    row = "SELECT id FROM activities WHERE id = ? FOR NO KEY UPDATE"
    assert await is_locked(lambda tx: hold_activity(tx, organiser_id, activity.id), row, activity.id)


async def test_an_offer_stays_as_its_organiser_found_it() -> None:
    offer = await an_offer()
    organiser = await organiser_of(offer.host_id)
    row = "SELECT id FROM ticket_offers WHERE id = ? FOR NO KEY UPDATE"
    assert await is_locked(lambda tx: hold_offer(tx, organiser, offer.id), row, offer.id)


async def test_what_is_left_of_a_budget_is_left_for_who_found_it() -> None:
    code = (await a_book(budget=100)).code
    assert await is_locked(lambda tx: lock_budget(tx, code), f"{PROGRAMME} FOR NO KEY UPDATE", code)


async def test_nobody_sets_a_budget_while_others_post_and_those_do_not_wait_for_one_another() -> None:
    code = (await a_book()).code
    assert await is_locked(lambda tx: find_budget(tx, code), f"{PROGRAMME} FOR UPDATE", code)
    assert not await is_locked(lambda tx: find_budget(tx, code), f"{PROGRAMME} FOR KEY SHARE", code)


async def test_who_holds_a_programme_has_it_alone() -> None:
    code = (await a_book()).code
    assert await is_locked(lambda tx: hold_programme(tx, code), f"{PROGRAMME} FOR KEY SHARE", code)
