"""What people say about what is kept of them, and who looks at it."""

from __future__ import annotations

from typing import Annotated

import strawberry

from domain.privacy.consents import ConsentTextWish, give_consent, publish_consent_text, withdraw_consent
from domain.privacy.erase_me import erase_me
from domain.privacy.reveal_phone import RevealPhoneWish, reveal_phone
from schema.context import Info
from schema.errors import UserError
from schema.ids import require_id
from schema.inputs.privacy import (
    EraseMeInput,
    GiveConsentInput,
    PublishConsentTextInput,
    RevealPhoneInput,
    WithdrawConsentInput,
)
from schema.mutations.payloads import INPUT, mutation, no_errors
from schema.reads.references import reference
from schema.types.people import Resident
from schema.types.privacy import ConsentText
from schema.types.viewer import Viewer


@strawberry.type(description="A text that people are asked to agree to.")
class ConsentTextPayload:
    """The text as it is kept."""

    consent_text: ConsentText | None = strawberry.field(default=None, description="The text.")
    errors: list[UserError] = no_errors()


@strawberry.type(description="What the person agrees to has changed.")
class ConsentPayload:
    """The person as they are now."""

    viewer: Viewer | None = strawberry.field(default=None, description="The signed-in person, with their consents.")
    errors: list[UserError] = no_errors()


@strawberry.type(description="A whole phone number. Keep it nowhere.")
class RevealPhonePayload:
    """The number, once."""

    resident: Resident | None = strawberry.field(default=None, description="Whose it is.")
    phone: str | None = strawberry.field(default=None, description="The number, without +86.")
    errors: list[UserError] = no_errors()


@strawberry.type(description="The account is erased.")
class EraseMePayload:
    """Nothing but errors: there is nobody left to tell more about."""

    errors: list[UserError] = no_errors()


@strawberry.type
class PrivacyMutations:
    """The room privacy."""

    @mutation(
        "Administrators of a whole district: the text that people are asked to agree to from now on. Errors: UNAUTHENTICATED, "
        "INVALID_INPUT, FORBIDDEN, CONFLICT (not the next version).",
        ConsentTextPayload,
    )
    async def publish_consent_text(
        self, info: Info, wanted: Annotated[PublishConsentTextInput, INPUT]
    ) -> ConsentTextPayload:
        wish = ConsentTextWish(wanted.purpose, wanted.version, wanted.text)
        text_id = await publish_consent_text(info.context.caller, wish, info.context.now)
        return ConsentTextPayload(consent_text=reference(ConsentText, text_id))

    @mutation(
        "Agree to a text. Sensitive data are asked for by themselves. Errors: UNAUTHENTICATED, NOT_FOUND (no such version).",
        ConsentPayload,
    )
    async def give_consent(self, info: Info, wanted: Annotated[GiveConsentInput, INPUT]) -> ConsentPayload:
        resident_id = await give_consent(info.context.caller, wanted.purpose, wanted.version, info.context.now)
        return ConsentPayload(viewer=reference(Viewer, resident_id))

    @mutation("Agree no more. As easy as giveConsent, and at any time. Errors: UNAUTHENTICATED.", ConsentPayload)
    async def withdraw_consent(self, info: Info, wanted: Annotated[WithdrawConsentInput, INPUT]) -> ConsentPayload:
        resident_id = await withdraw_consent(info.context.caller, wanted.purpose, info.context.now)
        return ConsentPayload(viewer=reference(Viewer, resident_id))

    @mutation(
        "Organisers of an activity that the resident took part in, administrators of a whole district: the whole phone number. "
        "Who asked, when and why is kept for good; the resident sees it in Viewer.phoneReadings. Errors: UNAUTHENTICATED, "
        "INVALID_INPUT, NOT_FOUND, FORBIDDEN, CONFLICT (there is no number).",
        RevealPhonePayload,
    )
    async def reveal_phone(self, info: Info, wanted: Annotated[RevealPhoneInput, INPUT]) -> RevealPhonePayload:
        resident_id = require_id(wanted.resident_id, "Resident", "residentId")
        phone = await reveal_phone(info.context.caller, RevealPhoneWish(resident_id, wanted.reason), info.context.now)
        return RevealPhonePayload(resident=reference(Resident, resident_id), phone=phone)

    @mutation(
        "Erase the signed-in person: name, number, area and sessions are gone for good, places and reservations are free; what "
        "was posted stays as that of a number. Points and tickets are lost: ask twice. Errors: UNAUTHENTICATED, CODE_INCORRECT, "
        "CODE_EXPIRED, CONFLICT (a role is held, or there is no number), ACCOUNT_NOT_OPEN (a wallet is frozen).",
        EraseMePayload,
    )
    async def erase_me(self, info: Info, wanted: Annotated[EraseMeInput, INPUT]) -> EraseMePayload:
        await erase_me(info.context.caller, wanted.code, info.context.now)
        info.context.session_ended(info.context.caller.session_id)
        return EraseMePayload()
