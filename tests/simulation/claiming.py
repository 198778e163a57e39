"""Claims of points that somebody earned elsewhere, as staff may want to attest them, and as others decide on them."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from domain.claims.approve_claim import ApproveClaimWish, approve_claim
from domain.claims.attest_claim import AttestClaimWish, attest_claim
from domain.claims.reject_claim import RejectClaimWish, reject_claim
from domain.claims.statement import Statement
from domain.claims.void_claim import VoidClaimWish, void_claim
from domain.people.naming import ById
from tests.simulation.model import DONE, Model, Refused
from tests.simulation.things import Claim
from tests.simulation.town import CLAIM_LIMIT, SHANGHAI, XUEXI, Town

OLDEST = timedelta(days=31)
DAY = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Attest:
    """An organiser saw somebody's points page. Everybody has one account and keeps it."""

    key: str
    who: int
    figure: int
    seen_on: date

    @property
    def intent(self) -> Hashable:
        return "organiser", self.key

    async def ask(self, town: Town, now: datetime) -> int:
        wish = AttestClaimWish(
            claimant=ById(town.residents[self.who]),
            host_id=town.host_id,
            statement=Statement(self.figure, self.seen_on, f"138****{self.who:04}"),
            idempotency_key=self.key,
        )
        return await attest_claim(town.organiser, wish, now)

    def happen(self, model: Model, now: datetime) -> str:
        today = (now + SHANGHAI).date()
        if not today - OLDEST <= self.seen_on <= today:
            raise Refused("INVALID_INPUT")
        last = last_claim(model, self.who)
        if last and self.figure <= last.figure:
            raise Refused("ALREADY_CLAIMED")
        if last and self.seen_on < last.seen_on:
            raise Refused("INVALID_INPUT")
        if model.status(XUEXI, self.who) == "CLOSED":
            raise Refused("ACCOUNT_NOT_OPEN")
        claim = Claim(self.who, self.figure, last.figure if last else 0, self.seen_on)
        waiting = any(other.who == self.who and other.status == "PENDING" for other in model.claims.values())
        if not waiting and paid_alone(model, self.who, now) + claim.increase <= CLAIM_LIMIT:
            claim.alone = now
            pay(model, self.key, claim, now)
        model.claims[self.key] = claim
        return DONE

    def names(self, answer: int) -> dict[str, int]:
        return {self.key: answer}


class Verdict(StrEnum):
    """What somebody else may think of a claim."""

    APPROVE = "APPROVE"
    REJECT = "REJECT"
    VOID = "VOID"


@dataclass(frozen=True, slots=True)
class Judge:
    """The administrator decides on a claim, or takes back one that was paid."""

    key: str
    claim: str
    verdict: Verdict

    @property
    def intent(self) -> Hashable:
        return "administrator", self.key

    async def ask(self, town: Town, now: datetime) -> int:
        claim_id, by = town.heard[self.claim], town.administrator
        match self.verdict:
            case Verdict.APPROVE:
                return await approve_claim(by, ApproveClaimWish(claim_id=claim_id, idempotency_key=self.key), now)
            case Verdict.REJECT:
                doubt = RejectClaimWish(claim_id=claim_id, reason="看不清", idempotency_key=self.key)
                return await reject_claim(by, doubt, now)
            case Verdict.VOID:
                mistake = VoidClaimWish(claim_id=claim_id, reason="记错人", idempotency_key=self.key)
                return (await void_claim(by, mistake, now)).transfer_id

    def happen(self, model: Model, now: datetime) -> str:
        claim = model.claims[self.claim]
        others = [other for other in model.claims.values() if other.who == claim.who and other is not claim]
        match self.verdict:
            case Verdict.VOID:
                self.void(model, claim, others)
            case _ if claim.status != "PENDING":
                raise Refused("ALREADY_DECIDED")
            case Verdict.REJECT:
                claim.status = "REJECTED"
            case Verdict.APPROVE:
                if any(other.status == "PENDING" and other.figure < claim.figure for other in others):
                    raise Refused("CONFLICT")
                pay(model, self.claim, claim, now)
        if claim.status in ("REJECTED", "VOIDED"):
            step_down(claim, others)
        return DONE

    def void(self, model: Model, claim: Claim, others: list[Claim]) -> None:
        """Raises Refused."""
        if claim.status == "VOIDED":
            raise Refused("ALREADY_REVERSED")
        later = any(other.status == "APPROVED" and other.figure > claim.figure for other in others)
        if claim.status != "APPROVED" or later:
            raise Refused("CONFLICT")
        claim.status = "VOIDED"
        model.take_back("REVERSAL", self.claim, XUEXI, claim.who, claim.increase)

    def names(self, answer: int) -> dict[str, int]:
        return {self.key: answer}


def last_claim(model: Model, who: int) -> Claim | None:
    """How far somebody has come: the claim with the highest figure of those that stand."""
    standing = [
        claim for claim in model.claims.values() if claim.who == who and claim.status in ("PENDING", "APPROVED")
    ]
    return max(standing, key=lambda claim: claim.figure, default=None)


def paid_alone(model: Model, who: int, now: datetime) -> int:
    """What claims brought somebody within 24 hours without a second person, but for mistakes."""
    theirs = [claim for claim in model.claims.values() if claim.who == who and claim.status == "APPROVED"]
    return sum(claim.increase for claim in theirs if claim.alone and claim.alone > now - DAY)


def pay(model: Model, name: str, claim: Claim, now: datetime) -> None:
    """The increase is given."""
    claim.status = "APPROVED"
    model.issued[XUEXI] += claim.increase
    model.give("EARN", name, XUEXI, claim.who, claim.increase, now)


def step_down(gone: Claim, others: list[Claim]) -> None:
    """The next claim, which waits, counts from where this one began."""
    for other in others:
        if other.status == "PENDING" and other.previous == gone.figure:
            other.previous = gone.previous
