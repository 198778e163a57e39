"""What some residents showed of Xuexi Qiangguo: one of each kind, so that there is something to decide. All of it is 示例."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from domain.claims.approve_claim import ApproveClaimWish, approve_claim
from domain.claims.attest_claim import AttestClaimWish, attest_claim
from domain.claims.reject_claim import RejectClaimWish, reject_claim
from domain.claims.statement import Statement
from domain.people.caller import Caller
from domain.people.naming import ById

# The resident's number, the figure and the masked account. Two share an account, and two show more than one person may attest.
SHOWN = (
    (181, 860, "138****0181（示例）"),
    (182, 2300, "138****0182（示例）"),
    (183, 420, "138****0181（示例）"),
    (184, 1580, "138****0184（示例）"),
    (185, 9900, "138****0185（示例）"),
)
APPROVED, REJECTED = 182, 185


async def show_pages(
    host_id: int, staff: Caller, second: Caller, resident: Callable[[int], Caller], seen_on: date, now: datetime
) -> None:
    """Staff attested what was shown; a second person approved one, rejected one, and has yet to decide on two."""
    for number, figure, account in SHOWN:
        wish = AttestClaimWish(
            claimant=ById(resident(number).signed_in()),
            host_id=host_id,
            statement=Statement(figure, seen_on, account),
            idempotency_key=f"demo-claim-{number}",
        )
        claim_id = await attest_claim(staff, wish, now)
        key = f"demo-decision-{number}"
        if number == APPROVED:
            await approve_claim(second, ApproveClaimWish(claim_id=claim_id, idempotency_key=key), now)
        if number == REJECTED:
            reason = "示例：截图中的积分看不清，请重新出示。"
            await reject_claim(second, RejectClaimWish(claim_id=claim_id, reason=reason, idempotency_key=key), now)
