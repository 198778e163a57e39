"""Settling alarms."""

from __future__ import annotations

from typing import Annotated

import strawberry

from domain.volunteering.settle_alarm import SettleAlarmWish, settle_alarm
from schema.context import Info
from schema.errors import UserError
from schema.ids import require_id
from schema.inputs.volunteering import SettleAlarmInput
from schema.mutations.payloads import INPUT, mutation, no_errors
from schema.reads.references import reference
from schema.types.alarms import Alarm


@strawberry.type(description="The alarm, settled. What it is about stays as it is.")
class SettleAlarmPayload:
    """The alarm."""

    alarm: Alarm | None = strawberry.field(default=None, description="The alarm, with settledAt.")
    errors: list[UserError] = no_errors()


@strawberry.type
class AlarmMutations:
    """Alarms."""

    @mutation(
        "Auditors and administrators of a district, administrators over the host, but nobody whom it is about: somebody looked "
        "into the alarm, and says what they found. Errors: UNAUTHENTICATED, INVALID_INPUT, IDEMPOTENCY_KEY_REUSED, NOT_FOUND, "
        "ALREADY_DECIDED.",
        SettleAlarmPayload,
    )
    async def settle_alarm(self, info: Info, wanted: Annotated[SettleAlarmInput, INPUT]) -> SettleAlarmPayload:
        wish = SettleAlarmWish(
            alarm_id=require_id(wanted.alarm_id, "Alarm", "alarmId"),
            note=wanted.note,
            idempotency_key=wanted.idempotency_key,
        )
        alarm_id = await settle_alarm(info.context.caller, wish, info.context.now)
        return SettleAlarmPayload(alarm=reference(Alarm, alarm_id))
