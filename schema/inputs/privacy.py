"""What clients may send about what is kept of people."""

from __future__ import annotations

import strawberry

from domain.privacy.consents import CONSENT_TEXT_LENGTH
from domain.text import REASON_LENGTH
from schema.enums import ConsentPurpose


@strawberry.input(description="A text that people are asked to agree to.")
class PublishConsentTextInput:
    """See the act publish_consent_text."""

    purpose: ConsentPurpose = strawberry.field(description="What it is for.")
    version: int = strawberry.field(description="The latest version of that purpose and one; 1 for the first.")
    text: str = strawberry.field(
        description=f"What people read, 1 to {CONSENT_TEXT_LENGTH} characters. Never changed afterwards."
    )


@strawberry.input(description="Agreeing to a text.")
class GiveConsentInput:
    """See the act give_consent."""

    purpose: ConsentPurpose = strawberry.field(description="What it is for.")
    version: int = strawberry.field(description="The version that the person has read.")


@strawberry.input(description="Agreeing no more.")
class WithdrawConsentInput:
    """See the act withdraw_consent."""

    purpose: ConsentPurpose = strawberry.field(description="What for; all versions at once.")


@strawberry.input(description="Whose whole number is needed, and what for.")
class RevealPhoneInput:
    """See the act reveal_phone."""

    resident_id: strawberry.ID = strawberry.field(description="Whose.")
    reason: str = strawberry.field(
        description=f"What it is needed for, 1 to {REASON_LENGTH} characters. The resident and auditors read it. Kept for good."
    )


@strawberry.input(description="Erasing one's own account.")
class EraseMeInput:
    """See the act erase_me."""

    code: str = strawberry.field(
        description="The six digits that requestSignInCode sent to the person's own number just now."
    )
