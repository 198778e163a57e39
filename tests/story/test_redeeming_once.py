"""A phone on a bad network sends its redemption again and again."""

from __future__ import annotations

from httpx import AsyncClient

from tests.builders.redemption import an_offer
from tests.story.asking import assert_clean_book, at_once, code_of
from tests.story.crowd import a_crowd, a_person
from tests.story.redeeming import possessions, redeem, remaining_of


async def test_one_key_sent_32_times_at_once_makes_one_order_and_32_equal_answers(line: AsyncClient) -> None:
    offer, person = await an_offer(cost=10, stock=100, limit_per_resident=100), await a_person(points=1000)
    answers = await at_once(redeem(line, person, offer, "the fair", quantity=2) for _ in range(32))
    assert code_of(answers[0]) == "done"
    assert answers == answers[:1] * 32
    assert len(answers[0]["order"]["tickets"]) == 2
    balance, orders = await possessions(line, person)
    assert balance == 980
    assert [order["id"] for order in orders] == [answers[0]["order"]["id"]]
    assert await remaining_of(line, offer) == 98
    await assert_clean_book()


async def test_a_key_that_comes_with_another_wish_is_refused_and_costs_nothing(line: AsyncClient) -> None:
    offer, person = await an_offer(cost=10, limit_per_resident=100), await a_person(points=1000)
    other = await an_offer(cost=10)
    first = await redeem(line, person, offer, "the fair", quantity=2)
    reused = [
        await redeem(line, person, offer, "the fair", quantity=3),
        await redeem(line, person, other, "the fair", quantity=2),
    ]
    assert [(code_of(answer), answer["errors"][0]["path"], answer["order"]) for answer in reused] == [
        ("IDEMPOTENCY_KEY_REUSED", ["idempotencyKey"], None)
    ] * 2
    assert await redeem(line, person, offer, "the fair", quantity=2) == first
    assert (await possessions(line, person))[0] == 980


async def test_two_wishes_with_one_key_at_once_make_one_order(line: AsyncClient) -> None:
    offer, person = await an_offer(cost=10, limit_per_resident=100), await a_person(points=1000)
    answers = await at_once(redeem(line, person, offer, "the fair", quantity=1 + turn % 2) for turn in range(20))
    assert sorted(code_of(answer) for answer in answers) == ["IDEMPOTENCY_KEY_REUSED"] * 10 + ["done"] * 10
    assert len((await possessions(line, person))[1]) == 1


async def test_a_key_belongs_to_the_person_who_chose_it(line: AsyncClient) -> None:
    offer, crowd = await an_offer(cost=10), await a_crowd(3, points=10)
    answers = await at_once(redeem(line, person, offer, "1") for person in crowd)
    assert [code_of(answer) for answer in answers] == ["done"] * 3
    assert len({answer["order"]["id"] for answer in answers}) == 3
