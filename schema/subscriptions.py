"""What clients may follow: a state, first as it is and then after each change, or what is recorded from now on."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from functools import partial
from typing import Annotated, ParamSpec, TypeVar

import strawberry

import storage
from domain.people.caller import Caller
from domain.people.standing_session import require_standing_session
from domain.redemption.visibility import keeps_the_gate, sees_part_of_offer
from domain.refusals import Forbidden, InvalidInput, NotFound
from domain.viewer_sql import for_viewer
from domain.volunteering.visibility import organises, sees_activity
from ledger.accounts import A_WALLET
from schema.context import Context, Info
from schema.ids import require_id
from schema.reads.references import reference
from schema.types.gate import Admission
from schema.types.ledger import Wallet
from schema.types.volunteering import Activity
from schema.watching import arrivals, states
from storage import Row

P = ParamSpec("P")
T = TypeVar("T")

SELECT_WALLET = f"SELECT id FROM accounts WHERE holder_id = ? AND programme = ? AND {A_WALLET}"
# All of a wallet that changes: entries only ever come, points are held and set free.
SELECT_WALLET_STATE = "SELECT entry_count, held, status FROM accounts WHERE id = ?"
# All of an activity that changes; and whether the caller may follow it, asked anew each time: roles can be revoked.
SELECT_ACTIVITY = f"""SELECT CASE WHEN {organises("wa")} THEN 1 ELSE 0 END, CASE WHEN {sees_activity("wa")} THEN 1 ELSE 0 END,
    wa.status, wa.confirmed_count, wa.waitlist_count, wa.attendance_count, wa.arrivals FROM activities wa WHERE wa.id = ?"""
SELECT_SESSION = f"""SELECT CASE WHEN {keeps_the_gate("vs.offer_id")} THEN 1 ELSE 0 END,
    CASE WHEN {sees_part_of_offer("vs")} THEN 1 ELSE 0 END FROM offer_sessions vs WHERE vs.id = ?"""
MOST_AT_ONCE = 500
AFTER = (
    "The last admission that was told, when a connection was lost: those recorded since then come first. Some of the five "
    "minutes before it may be told again; go by their ids."
)
SELECT_ADMISSIONS = "SELECT id FROM admissions WHERE session_id = ? AND id > ? ORDER BY id LIMIT ?"


async def fetch_for(caller: Caller, sql: str, *params: int) -> Row | None:
    """The first row of a statement that is written with :viewer and ends with its `?`s. Raises Unauthenticated."""
    viewer = caller.signed_in()
    statement, viewers = for_viewer(sql, viewer)
    rows = await storage.fetch(statement, *viewers, *params)
    return rows[0] if rows else None


async def wallet_of(caller: Caller, programme: str) -> int:
    """The caller's wallet. Raises Unauthenticated, InvalidInput."""
    rows = await storage.fetch(SELECT_WALLET, caller.signed_in(), programme)
    if not rows:
        raise InvalidInput(reason="unknown_programme", values={"programme": programme}, path=("programme",))
    wallet_id: int = rows[0][0]
    return wallet_id


async def wallet_state(wallet_id: int) -> tuple[object, ...]:
    """All of a wallet that changes."""
    return tuple((await storage.fetch(SELECT_WALLET_STATE, wallet_id))[0])


async def activity_state(caller: Caller, activity_id: int) -> tuple[object, ...]:
    """All of an activity that changes. Raises Unauthenticated, NotFound, Forbidden."""
    row = await fetch_for(caller, SELECT_ACTIVITY, activity_id)
    if row is None or not row[1]:
        raise NotFound(path=("activityId",))
    if not row[0]:
        raise Forbidden(path=("activityId",))
    return tuple(row)


async def admissions_above(caller: Caller, session_id: int, low: int) -> list[int]:
    """The ids of a session's admissions above `low`. Raises Unauthenticated, NotFound, Forbidden."""
    row = await fetch_for(caller, SELECT_SESSION, session_id)
    if row is None or not row[1]:
        raise NotFound(path=("sessionId",))
    if not row[0]:
        raise Forbidden(path=("sessionId",))
    found: list[int] = []
    while True:
        rows = await storage.fetch(SELECT_ADMISSIONS, session_id, found[-1] if found else low, MOST_AT_ONCE)
        found += [id_ for (id_,) in rows]
        if len(rows) < MOST_AT_ONCE:
            return found


def in_session(context: Context, look: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[T]]:
    """The same look, while the caller's session stands. It then raises Unauthenticated."""

    async def look_again(*args: P.args, **kwargs: P.kwargs) -> T:
        await require_standing_session(context.caller, context.now)
        return await look(*args, **kwargs)

    return look_again


def subscription(description: str) -> Callable[[Callable[P, T]], T]:
    """A subscription; Strawberry's own decorator has no types."""
    made: Callable[[Callable[P, T]], T] = strawberry.subscription(description=description)
    return made


@strawberry.type(
    description="What can be followed, over a WebSocket (graphql-transport-ws). Of a wallet or an activity the present state "
    "comes first, then every change; several changes at once may come as one. Admissions are told as they are recorded."
)
class Subscription:
    """Each event is read anew, with the rights of the moment, while the session stands."""

    @subscription("The signed-in person's wallet, now and after every change. Errors: UNAUTHENTICATED, INVALID_INPUT.")
    async def wallet_changed(
        self, info: Info, programme: Annotated[str, strawberry.argument(description="The programme's code.")] = "xuexi"
    ) -> AsyncGenerator[Wallet, None]:
        wallet_id = await wallet_of(info.context.caller, programme)
        look = in_session(info.context, partial(wallet_state, wallet_id))
        async with aclosing(states(f"wallet:{wallet_id}", look)) as changes:
            async for _ in changes:
                yield reference(Wallet, wallet_id)

    @subscription(
        "Organisers: the activity, now and after each sign-up or attendance. Errors: UNAUTHENTICATED, INVALID_INPUT, "
        "NOT_FOUND, FORBIDDEN."
    )
    async def activity_changed(
        self, info: Info, activity_id: Annotated[strawberry.ID, strawberry.argument(description="Which activity.")]
    ) -> AsyncGenerator[Activity, None]:
        number = require_id(activity_id, "Activity", "activityId")
        look = in_session(info.context, partial(activity_state, info.context.caller, number))
        async with aclosing(states(f"activity:{number}", look)) as changes:
            async for _ in changes:
                yield reference(Activity, number)

    @subscription(
        "Gate staff: each admission to the session that is recorded from now on, each once; after a lost connection (`after`) "
        "first those that were missed. Errors: UNAUTHENTICATED, INVALID_INPUT, NOT_FOUND, FORBIDDEN."
    )
    async def admission_recorded(
        self,
        info: Info,
        session_id: Annotated[strawberry.ID, strawberry.argument(description="Which session.")],
        after: Annotated[strawberry.ID | None, strawberry.argument(description=AFTER)] = None,
    ) -> AsyncGenerator[Admission, None]:
        number = require_id(session_id, "OfferSession", "sessionId")
        last = None if after is None else require_id(after, "Admission", "after")
        look = in_session(info.context, partial(admissions_above, info.context.caller, number))
        async with aclosing(arrivals(f"session:{number}", look, last)) as recorded:
            async for admission_id in recorded:
                yield reference(Admission, admission_id)
