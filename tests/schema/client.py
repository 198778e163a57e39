"""GraphQL without HTTP, for tests: somebody asks the real schema."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from graphql import GraphQLError
from strawberry.types import ExecutionResult

from domain.people.caller import ANONYMOUS, Caller
from schema.build import schema
from schema.context import Context, Language
from schema.errors import finished
from schema.ids import encode_id
from tests.builders.people import KeptSms
from tests.clock import NOW
from tests.secrecy import watch

__all__ = ["ANONYMOUS", "Answer", "ask", "encode_id", "events_of", "mutate", "refused", "succeed"]

PATIENCE_S = 20.0  # only a test that fails waits so long


@dataclass(frozen=True)
class Answer:
    """`data` and the errors as a client sees them."""

    data: Any
    errors: list[dict[str, Any]]

    @property
    def code(self) -> str:
        """The code of the only error."""
        (error,) = self.errors
        code: str = error["extensions"]["code"]
        return code


def context_of(caller: Caller, language: Language, now: datetime) -> Context:
    return Context(caller, language, lambda: now, KeptSms(), secrets.token_bytes)


async def ask(
    query: str,
    caller: Caller = ANONYMOUS,
    variables: Mapping[str, Any] | None = None,
    language: Language = "zh-CN",
    now: datetime = NOW,
) -> Answer:
    """Run an operation. An error that nobody foresaw is raised."""
    given = dict(variables or {})
    result = await schema.execute(query, variable_values=given, context_value=context_of(caller, language, now))
    return answer_of(result, language)


def answer_of(result: ExecutionResult, language: Language) -> Answer:
    answer = Answer(result.data, [as_sent(error, language) for error in result.errors or ()])
    watch.answer({"data": answer.data, "errors": answer.errors})
    return answer


def as_sent(error: GraphQLError, language: Language) -> dict[str, Any]:
    told = finished(error, language)
    if told is None:
        raise error.original_error or error
    return dict(told.formatted)


async def succeed(
    query: str,
    caller: Caller = ANONYMOUS,
    variables: Mapping[str, Any] | None = None,
    language: Language = "zh-CN",
    now: datetime = NOW,
) -> Any:
    """The data of an operation that has to succeed."""
    answer = await ask(query, caller, variables, language, now)
    assert answer.errors == []
    return answer.data


@asynccontextmanager
async def events_of(
    query: str, caller: Caller = ANONYMOUS, variables: Mapping[str, Any] | None = None, now: datetime = NOW
) -> AsyncIterator[AsyncIterator[Answer]]:
    """The events of a subscription, until the block is left."""
    context = context_of(caller, "zh-CN", now)
    results = await schema.subscribe(query, variable_values=dict(variables or {}), context_value=context)

    async def events() -> AsyncIterator[Answer]:
        while True:
            try:
                async with asyncio.timeout(PATIENCE_S):
                    result = await anext(results)
            except StopAsyncIteration:
                return
            yield answer_of(result, "zh-CN")

    try:
        yield events()
    finally:
        await results.aclose()


ERRORS = """errors { __typename code message path
    ... on InsufficientPoints { available required } ... on LimitReached { limit used }
    ... on AlreadyAdmitted { admission { gate scannedAt } } ... on FigureAlreadyClaimed { lastFigure lastSeenOn } }"""
INPUTS = {
    "publishActivity": "ActivityIdInput",
    "publishTicketOffer": "TicketOfferIdInput",
    "pauseTicketOffer": "TicketOfferIdInput",
    "closeTicketOffer": "TicketOfferIdInput",
    "payOwnReservation": "ReservationIdInput",
    "cancelReservation": "ReservationIdInput",
}


async def mutate(
    name: str,
    wanted: Mapping[str, Any],
    caller: Caller = ANONYMOUS,
    *,
    answer: str = "",
    language: Language = "zh-CN",
    now: datetime = NOW,
) -> Any:
    """The payload of a mutation: what `answer` selects, and its errors."""
    type_name = INPUTS.get(name, f"{name[0].upper()}{name[1:]}Input")
    query = f"mutation ($input: {type_name}!) {{ {name}(input: $input) {{ {answer} {ERRORS} }} }}"
    return (await succeed(query, caller, {"input": wanted}, language, now))[name]


async def refused(
    name: str,
    wanted: Mapping[str, Any],
    caller: Caller = ANONYMOUS,
    *,
    language: Language = "zh-CN",
    now: datetime = NOW,
) -> Any:
    """The only error of a mutation that is refused."""
    (error,) = (await mutate(name, wanted, caller, language=language, now=now))["errors"]
    return error
