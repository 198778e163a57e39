"""What clients may send about signing in and about themselves."""

from __future__ import annotations

import strawberry

from domain.people.register_resident import NAME_LENGTH
from domain.people.sign_in import DEVICE_NAME_LENGTH
from domain.text import REASON_LENGTH


@strawberry.input(description="Where to send a sign-in code.")
class RequestSignInCodeInput:
    """See the act request_sign_in_code."""

    phone: str = strawberry.field(description="Mainland mobile, with or without +86.")


@strawberry.input(description="A phone number and the code that was sent to it.")
class SignInInput:
    """See the act sign_in."""

    phone: str = strawberry.field(description="The number the code was sent to.")
    code: str = strawberry.field(description="The six digits of the message.")
    request_id: strawberry.ID | None = strawberry.field(
        default=None,
        description="What requestSignInCode answered as requestId: the code is then good for that request only. Send it.",
    )
    device_name: str | None = strawberry.field(
        default=None,
        description=f"What the device is called, for Viewer.sessions, 1 to {DEVICE_NAME_LENGTH} characters.",
    )


@strawberry.input(description="What keeps a session going.")
class RefreshSessionInput:
    """See the act refresh_session."""

    refresh_token: str = strawberry.field(
        description="The latest refresh token of the session. Each is good once; using an old one again ends the session."
    )


@strawberry.input(description="What the signed-in person changes about themselves. What is left out stays.")
class UpdateProfileInput:
    """See the act update_profile."""

    display_name: str | None = strawberry.field(
        default=strawberry.UNSET,
        description=f"The name to be shown, one line of 1 to {NAME_LENGTH} characters; null leaves it as it is.",
    )
    area_code: str | None = strawberry.field(
        default=strawberry.UNSET, description="Where they live: an area's code; null for nowhere in particular."
    )


@strawberry.input(description="A session of one's own.")
class EndSessionInput:
    """See the act end_own_session."""

    session_id: strawberry.ID = strawberry.field(description="Which of Viewer.sessions.")


@strawberry.input(description="Somebody who may not sign in any more.")
class DisableResidentInput:
    """See the act disable_resident."""

    resident_id: strawberry.ID = strawberry.field(description="Who.")
    reason: str = strawberry.field(
        description=f"Why, 1 to {REASON_LENGTH} characters, for administrators and auditors. Kept for good."
    )


@strawberry.input(description="Somebody who may sign in again.")
class EnableResidentInput:
    """See the act enable_resident."""

    resident_id: strawberry.ID = strawberry.field(description="Who.")
