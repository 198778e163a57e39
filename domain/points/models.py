"""Corrections that wait for a second administrator, or did, and how much one may correct alone."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from storage.fields import InstantField


class Adjustment(Model):
    """Points to be given (above zero) or taken; `reverses` is the transfer that it takes back. Posted once it is approved."""

    id = fields.BigIntField(primary_key=True, generated=False)
    programme = fields.TextField()
    resident_id = fields.BigIntField()
    amount = fields.BigIntField()
    reason = fields.TextField()
    reverses_id = fields.BigIntField(null=True)
    proposed_by_id = fields.BigIntField()
    proposed_at = InstantField()
    decision = fields.TextField(default="PENDING")
    decided_by_id = fields.BigIntField(null=True)
    decided_at = InstantField(null=True)
    reject_reason = fields.TextField(null=True)
    transfer_id = fields.BigIntField(null=True)
    merged_from_id = fields.BigIntField(null=True)

    class Meta:
        table = "adjustments"


class AdjustmentLimit(Model):
    """The most that one administrator may correct alone, as somebody once set it."""

    id = fields.BigIntField(primary_key=True, generated=False)
    programme = fields.TextField()
    most_alone = fields.BigIntField()
    set_by_id = fields.BigIntField()
    set_at = InstantField()

    class Meta:
        table = "adjustment_limits"
