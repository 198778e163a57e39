"""May the viewer do it? The acts' own rules, asked beforehand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import strawberry

from domain.refusals import Refusal
from schema.errors import UserError, user_errors
from schema.reads.asking import Asking, Language


@strawberry.type(
    description="May the signed-in person do it now, and if not, every reason why. What the mutation would answer, before it is "
    "called."
)
class Eligibility:
    """Made by eligibility()."""

    eligible: bool = strawberry.field(description="True when nothing stands in the way.")
    reasons: list[UserError] = strawberry.field(
        description="Every reason why not, in the order in which the mutation checks them."
    )


def eligibility(reasons: Sequence[Refusal], language: Language) -> Eligibility:
    """Eligible where there is no reason against it."""
    return Eligibility(eligible=not reasons, reasons=user_errors(reasons, language))


def read_with_row(facts: Mapping[str, str]) -> dict[str, str]:
    """Those of a room's facts that are read from the database, for computed(needs=...)."""
    return {name: expression for name, expression in facts.items() if name != "viewer"}


def values_of(facts: Mapping[str, str], read: Mapping[str, Any], asking: Asking) -> list[Any]:
    """The values of all of a room's facts, in its order."""
    known = {**read, "viewer": asking.viewer}
    return [known[name] for name in facts]
