"""What clients may send about claims."""

from __future__ import annotations

from datetime import date

import strawberry

from schema.inputs.keys import IDEMPOTENCY_KEY
from schema.inputs.optional import LeftOutIsNull, optional
from schema.scalars import Points

PROGRAMME = "The code of the programme that pays."
HOST = "The organisation for which it is attested. The caller must be its organiser or gate staff."


@strawberry.input(description="Whose points page it was: exactly one of the three.", one_of=True)
class ClaimantInput(LeftOutIsNull):
    """Picked, scanned, or told."""

    resident_id: strawberry.ID | None = optional("Known by their id.")
    member_code: str | None = optional("The token of the code on their phone, at most 60 seconds old.")
    phone: str | None = optional("Their mainland mobile number, with or without +86; they must have signed in once.")


@strawberry.input(description="What a resident's points page showed to the caller.")
class AttestClaimInput(LeftOutIsNull):
    """See the act attest_claim."""

    claimant: ClaimantInput = strawberry.field(description="Whose points page it was. Not the caller's own.")
    host_id: strawberry.ID = strawberry.field(description=HOST)
    programme: str = strawberry.field(default="xuexi", description=PROGRAMME)
    figure: Points = strawberry.field(
        description="The whole figure on the page, 1 to 1,000,000,000; what is paid is its increase since the last one."
    )
    seen_on: date = strawberry.field(
        description="The day it was seen: today or one of the last 31 days, where the programme is at home."
    )
    masked_account: str = strawberry.field(
        description="The account as the app shows it, masked with '*', such as '138****5678'; 1 to 40 characters, and never a "
        "whole phone number."
    )
    photo_sha256: str | None = optional(
        "The SHA-256 of a photo of the page, 64 hexadecimal digits. A photo counts once."
    )
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)


@strawberry.input(description="A claim that is right.")
class ApproveClaimInput:
    """See the act approve_claim."""

    claim_id: strawberry.ID = strawberry.field(description="Which claim. It was attested by somebody else.")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)


@strawberry.input(description="A claim that is not right.")
class RejectClaimInput:
    """See the act reject_claim."""

    claim_id: strawberry.ID = strawberry.field(description="Which claim. It was attested by somebody else.")
    reason: str = strawberry.field(description="Why, for the resident and for who attested it, 1 to 500 characters.")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)


@strawberry.input(description="A claim that was paid by mistake.")
class VoidClaimInput:
    """See the act void_claim."""

    claim_id: strawberry.ID = strawberry.field(
        description="Which claim. Where later ones of the resident were paid, void those first."
    )
    reason: str = strawberry.field(description="Why, for the resident and for auditors, 1 to 500 characters.")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)


@strawberry.input(description="Statements that staff collected, as a spreadsheet saves them.")
class ImportClaimsInput:
    """See the act import_claims."""

    host_id: strawberry.ID = strawberry.field(description=HOST)
    programme: str = strawberry.field(default="xuexi", description=PROGRAMME)
    csv: str = strawberry.field(
        description="CSV with a header and 1 to 500 rows, at most 256 KiB. Columns, in any order: 手机号 or phone, 账号 or "
        "account (masked), 积分 or figure, 日期 or date ('2024-01-12', '2024/1/12'), and optionally 照片 or photo_sha256. "
        "Other columns are passed over."
    )
    dry_run: bool = strawberry.field(
        default=True, description="true: write nothing, and answer what would happen now. false: do it."
    )
    idempotency_key: str = strawberry.field(description=f"{IDEMPOTENCY_KEY} A dry run does not use it up.")


@strawberry.input(description="How much may be claimed for a resident without a second person.")
class SetClaimLimitInput:
    """See the act set_claim_limit."""

    programme: str = strawberry.field(default="xuexi", description="The programme's code.")
    approval_above: Points = strawberry.field(
        description="A claim that brings its resident more within 24 hours waits for a second person; 0: every claim does. "
        "At most 1,000,000,000."
    )
