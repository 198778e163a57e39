"""Earning rules: published, never changed, ended."""

from __future__ import annotations

from typing import Annotated

import strawberry

from domain.earning.end_earning_rule import EndEarningRuleWish, end_earning_rule
from domain.earning.publish_earning_rule import PublishEarningRuleWish, publish_earning_rule
from schema.context import Info
from schema.errors import UserError
from schema.ids import require_id
from schema.inputs.earning import EndEarningRuleInput, PublishEarningRuleInput
from schema.mutations.payloads import INPUT, mutation, no_errors
from schema.reads.references import reference
from schema.types.programmes import EarningRule


@strawberry.type(description="A version of a rule, as it stands now.")
class EarningRulePayload:
    """What was published or ended."""

    rule: EarningRule | None = strawberry.field(default=None, description="The rule.")
    errors: list[UserError] = no_errors()


@strawberry.type
class EarningMutations:
    """The room earning."""

    @mutation(
        "Administrators of a whole district: a rule, or its next version, which takes over from its first day on. Days that are "
        "over stay as they were. Errors: UNAUTHENTICATED, INVALID_INPUT, IDEMPOTENCY_KEY_REUSED, FORBIDDEN, NOT_FOUND.",
        EarningRulePayload,
    )
    async def publish_earning_rule(
        self, info: Info, wanted: Annotated[PublishEarningRuleInput, INPUT]
    ) -> EarningRulePayload:
        wish = PublishEarningRuleWish(rule=wanted.rule.wish(), idempotency_key=wanted.idempotency_key)
        rule_id = await publish_earning_rule(info.context.caller, wish, info.context.now)
        return EarningRulePayload(rule=reference(EarningRule, rule_id))

    @mutation(
        "Administrators of a whole district: the rule gives nothing after its last day. Errors: UNAUTHENTICATED, INVALID_INPUT, "
        "FORBIDDEN, NOT_FOUND.",
        EarningRulePayload,
    )
    async def end_earning_rule(self, info: Info, wanted: Annotated[EndEarningRuleInput, INPUT]) -> EarningRulePayload:
        wish = EndEarningRuleWish(rule_id=require_id(wanted.rule_id, "EarningRule", "ruleId"), last_day=wanted.last_day)
        rule_id = await end_earning_rule(info.context.caller, wish, info.context.now)
        return EarningRulePayload(rule=reference(EarningRule, rule_id))
