"""Signing in and out, and what people change about themselves."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry

from domain.people.disable_resident import DisableResidentWish, disable_resident, enable_resident
from domain.people.end_sessions import end_other_sessions, end_own_session
from domain.people.refresh_session import refresh_session
from domain.people.request_sign_in_code import request_sign_in_code
from domain.people.session_tokens import SessionTokens
from domain.people.sign_in import SignInWish, sign_in
from domain.people.sign_out import sign_out
from domain.people.update_profile import KEEP, Keep, UpdateProfileWish, update_profile
from schema.context import Info
from schema.errors import UserError
from schema.ids import encode_id, require_id
from schema.inputs.people import (
    DisableResidentInput,
    EnableResidentInput,
    EndSessionInput,
    RefreshSessionInput,
    RequestSignInCodeInput,
    SignInInput,
    UpdateProfileInput,
)
from schema.mutations.payloads import INPUT, mutation, no_errors, open_mutation
from schema.reads.references import reference
from schema.types.people import Resident
from schema.types.viewer import Viewer

SIGN_IN_CODE = "SignInCode"  # what a request's id names; there is no such node


@strawberry.type(description="A sign-in code is on its way.")
class RequestSignInCodePayload:
    """Says nothing of whether the number is known."""

    request_id: strawberry.ID | None = strawberry.field(
        default=None, description="For signIn: ties the code to this request and this device."
    )
    expires_at: datetime | None = strawberry.field(default=None, description="Until when the code can be used.")
    errors: list[UserError] = no_errors()


@strawberry.type(description="A session: send accessToken as `Authorization: Bearer ...`, keep refreshToken safe.")
class SessionPayload:
    """Tokens are shown once and never stored in the clear."""

    access_token: str | None = strawberry.field(default=None, description="Proves who is calling, for 15 minutes.")
    refresh_token: str | None = strawberry.field(
        default=None,
        description="For refreshSession, once; good for 30 days. Each refresh gives a new one, until 180 days after signing in.",
    )
    expires_at: datetime | None = strawberry.field(default=None, description="When the access token ends.")
    viewer: Viewer | None = strawberry.field(default=None, description="Who signed in.")
    errors: list[UserError] = no_errors()


@strawberry.type(description="The session is over.")
class SignOutPayload:
    """Nothing but errors."""

    errors: list[UserError] = no_errors()


@strawberry.type(description="Sessions on other devices are over.")
class SessionsPayload:
    """The person as they are now."""

    viewer: Viewer | None = strawberry.field(
        default=None, description="The signed-in person, with the sessions they have."
    )
    errors: list[UserError] = no_errors()


@strawberry.type(description="Somebody may not sign in, or may again.")
class DisableResidentPayload:
    """Whom it is about."""

    resident: Resident | None = strawberry.field(default=None, description="Who, as they go on where they were merged.")
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
        counted_as="sign_in_codes",
    )
    async def request_sign_in_code(
        self, info: Info, wanted: Annotated[RequestSignInCodeInput, INPUT]
    ) -> RequestSignInCodePayload:
        context = info.context
        sent = await request_sign_in_code(wanted.phone, context.now, context.sms, context.random_bytes)
        request_id = strawberry.ID(encode_id(SIGN_IN_CODE, sent.request_id))
        return RequestSignInCodePayload(request_id=request_id, expires_at=sent.expires_at)

    @open_mutation(
        "Sign in with the code that was sent. The first time registers the person, with a wallet in every programme. "
        "Errors: INVALID_INPUT, CODE_INCORRECT (also for another request's code), CODE_EXPIRED, ACCOUNT_DISABLED, RATE_LIMITED.",
        SessionPayload,
    )
    async def sign_in(self, info: Info, wanted: Annotated[SignInInput, INPUT]) -> SessionPayload:
        requested = wanted.request_id
        request_id = None if requested is None else require_id(requested, SIGN_IN_CODE, "requestId")
        wish = SignInWish(wanted.phone, wanted.code, request_id, wanted.device_name)
        return session_payload(await sign_in(wish, info.context.now, info.context.random_bytes))

    @open_mutation(
        "A fresh pair of tokens for the latest refresh token; asking again within 30 seconds is taken for a retry. Any other "
        "use of an old token ends the session. Send no access token with it. Errors: UNAUTHENTICATED, RATE_LIMITED.",
        SessionPayload,
    )
    async def refresh_session(self, info: Info, wanted: Annotated[RefreshSessionInput, INPUT]) -> SessionPayload:
        return session_payload(await refresh_session(wanted.refresh_token, info.context.now, info.context.random_bytes))

    @mutation("End the session: its tokens are good for nothing from now on. Errors: UNAUTHENTICATED.", SignOutPayload)
    async def sign_out(self, info: Info) -> SignOutPayload:
        await sign_out(info.context.caller, info.context.now)
        info.context.session_ended(info.context.caller.session_id)
        return SignOutPayload()

    @mutation(
        "End a session of one's own on another device, lost or sold: it is out within 5 seconds. Errors: UNAUTHENTICATED, "
        "INVALID_INPUT, NOT_FOUND.",
        SessionsPayload,
    )
    async def end_session(self, info: Info, wanted: Annotated[EndSessionInput, INPUT]) -> SessionsPayload:
        session_id = require_id(wanted.session_id, "Session", "sessionId")
        await end_own_session(info.context.caller, session_id, info.context.now)
        info.context.session_ended(session_id)
        return SessionsPayload(viewer=reference(Viewer, info.context.caller.signed_in()))

    @mutation(
        "End all sessions of one's own but the one that asks; those devices are out within 5 seconds. Errors: UNAUTHENTICATED.",
        SessionsPayload,
    )
    async def end_other_sessions(self, info: Info) -> SessionsPayload:
        for session_id in await end_other_sessions(info.context.caller, info.context.now):
            info.context.session_ended(session_id)
        return SessionsPayload(viewer=reference(Viewer, info.context.caller.signed_in()))

    @mutation(
        "Administrators of a whole district: somebody is signed out everywhere within 5 seconds and cannot sign in until "
        "enableResident. Points, tickets and roles stay. Errors: UNAUTHENTICATED, INVALID_INPUT, FORBIDDEN, NOT_FOUND, "
        "SECOND_PERSON_REQUIRED (oneself).",
        DisableResidentPayload,
    )
    async def disable_resident(
        self, info: Info, wanted: Annotated[DisableResidentInput, INPUT]
    ) -> DisableResidentPayload:
        wish = DisableResidentWish(require_id(wanted.resident_id, "Resident", "residentId"), wanted.reason)
        resident_id = await disable_resident(info.context.caller, wish, info.context.now)
        info.context.kept_out(resident_id)
        return DisableResidentPayload(resident=reference(Resident, resident_id))

    @mutation(
        "Administrators of a whole district: somebody who was disabled may sign in again. Errors: UNAUTHENTICATED, "
        "INVALID_INPUT, FORBIDDEN, NOT_FOUND, SECOND_PERSON_REQUIRED (oneself).",
        DisableResidentPayload,
    )
    async def enable_resident(
        self, info: Info, wanted: Annotated[EnableResidentInput, INPUT]
    ) -> DisableResidentPayload:
        resident_id = require_id(wanted.resident_id, "Resident", "residentId")
        enabled_id = await enable_resident(info.context.caller, resident_id, info.context.now)
        return DisableResidentPayload(resident=reference(Resident, enabled_id))

    @mutation("Change one's own name or area. Errors: UNAUTHENTICATED, INVALID_INPUT, NOT_FOUND.", UpdateProfilePayload)
    async def update_profile(self, info: Info, wanted: Annotated[UpdateProfileInput, INPUT]) -> UpdateProfilePayload:
        name = kept(wanted.display_name)
        wish = UpdateProfileWish(KEEP if name is None else name, kept(wanted.area_code))
        return UpdateProfilePayload(viewer=reference(Viewer, await update_profile(info.context.caller, wish)))
