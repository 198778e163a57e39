"""What clients may send about signing in and about themselves."""

from __future__ import annotations

import strawberry

from domain.people.register_resident import NAME_LENGTH


@strawberry.input(description="Where to send a sign-in code.")
class RequestSignInCodeInput:
    """See the act request_sign_in_code."""

    phone: str = strawberry.field(description="Mainland mobile, with or without +86.")


@strawberry.input(description="A phone number and the code that was sent to it.")
class SignInInput:
    """See the act sign_in."""

    phone: str = strawberry.field(description="The number the code was sent to.")
    code: str = strawberry.field(description="The six digits of the message.")


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
