"""Signing in and out, and what people change about themselves."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry

from domain.people.refresh_session import refresh_session
from domain.people.request_sign_in_code import request_sign_in_code
from domain.people.session_tokens import SessionTokens
from domain.people.sign_in import SignInWish, sign_in
from domain.people.sign_out import sign_out
from domain.people.update_profile import KEEP, Keep, UpdateProfileWish, update_profile
from schema.context import Info
from schema.errors import UserError
from schema.inputs.people import RefreshSessionInput, RequestSignInCodeInput, SignInInput, UpdateProfileInput
from schema.mutations.payloads import INPUT, mutation, no_errors, open_mutation
from schema.reads.references import reference
from schema.types.viewer import Viewer


@strawberry.type(description="A sign-in code is on its way.")
class RequestSignInCodePayload:
    """Says nothing of whether the number is known."""

    expires_at: datetime | None = strawberry.field(default=None, description="Until when the code can be used.")
    errors: list[UserError] = no_errors()


@strawberry.type(description="A session: send accessToken as `Authorization: Bearer ...`, keep refreshToken safe.")
class SessionPayload:
    """Tokens are shown once and never stored in the clear."""

    access_token: str | None = strawberry.field(default=None, description="Proves who is calling, for 15 minutes.")
    refresh_token: str | None = strawberry.field(
        default=None, description="For refreshSession, once; good for 30 days. Each refresh gives a new one."
    )
    expires_at: datetime | None = strawberry.field(default=None, description="When the access token ends.")
    viewer: Viewer | None = strawberry.field(default=None, description="Who signed in.")
    errors: list[UserError] = no_errors()


@strawberry.type(description="The session is over.")
class SignOutPayload:
    """Nothing but errors."""

    errors: list[UserError] = no_errors()


@strawberry.type(description="What was changed.")
class UpdateProfilePayload:
    """The person as they are now."""

    viewer: Viewer | None = strawberry.field(default=None, description="The signed-in person.")
    errors: list[UserError] = no_errors()


def session_payload(tokens: SessionTokens) -> SessionPayload:
    return SessionPayload(
        access_token=tokens.access_token,
        refresh_token=tokens.refresh_token,
        expires_at=tokens.expires_at,
        viewer=reference(Viewer, tokens.resident_id, viewer=tokens.resident_id),
    )


def kept(given: str | None) -> str | Keep | None:
    """What was left out stays as it is."""
    return KEEP if given is strawberry.UNSET else given


@strawberry.type
class PeopleMutations:
    """The room people."""

    @open_mutation(
        "Send a sign-in code to a phone: six digits, good for 5 minutes and 5 tries; one a minute and ten a day. "
        "Errors: INVALID_INPUT, RATE_LIMITED.",
        RequestSignInCodePayload,
    )
    async def request_sign_in_code(
        self, info: Info, wanted: Annotated[RequestSignInCodeInput, INPUT]
    ) -> RequestSignInCodePayload:
        context = info.context
        expires_at = await request_sign_in_code(wanted.phone, context.now, context.sms, context.random_bytes)
        return RequestSignInCodePayload(expires_at=expires_at)

    @open_mutation(
        "Sign in with the code that was sent. The first time registers the person, with a wallet in every programme. "
        "Errors: INVALID_INPUT, CODE_INCORRECT, CODE_EXPIRED.",
        SessionPayload,
    )
    async def sign_in(self, info: Info, wanted: Annotated[SignInInput, INPUT]) -> SessionPayload:
        wish = SignInWish(wanted.phone, wanted.code)
        return session_payload(await sign_in(wish, info.context.now, info.context.random_bytes))

    @open_mutation(
        "A fresh pair of tokens for the latest refresh token; asking again within 30 seconds is taken for a retry. Any other "
        "use of an old token ends the session. Send no access token with it. Errors: UNAUTHENTICATED.",
        SessionPayload,
    )
    async def refresh_session(self, info: Info, wanted: Annotated[RefreshSessionInput, INPUT]) -> SessionPayload:
        return session_payload(await refresh_session(wanted.refresh_token, info.context.now, info.context.random_bytes))

    @mutation("End the session: its tokens are good for nothing from now on. Errors: UNAUTHENTICATED.", SignOutPayload)
    async def sign_out(self, info: Info) -> SignOutPayload:
        await sign_out(info.context.caller, info.context.now)
        info.context.session_ended(info.context.caller.session_id)
        return SignOutPayload()

    @mutation("Change one's own name or area. Errors: UNAUTHENTICATED, INVALID_INPUT, NOT_FOUND.", UpdateProfilePayload)
    async def update_profile(self, info: Info, wanted: Annotated[UpdateProfileInput, INPUT]) -> UpdateProfilePayload:
        name = kept(wanted.display_name)
        wish = UpdateProfileWish(KEEP if name is None else name, kept(wanted.area_code))
        return UpdateProfilePayload(viewer=reference(Viewer, await update_profile(info.context.caller, wish)))
