"""Claims, and how far each resident's figure was counted."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from storage.fields import InstantField


class AttestedFigure(Model):
    """The figure of a resident's latest claim in a programme that stands, and the day (ISO) it was seen; 0 without one."""

    id = fields.BigIntField(primary_key=True, generated=False)
    programme = fields.TextField()
    resident_id = fields.BigIntField()
    figure = fields.BigIntField()
    seen_on = fields.TextField(null=True)

    class Meta:
        table = "attested_figures"


class Claim(Model):
    """Staff attested what a resident's points page showed; the increase over `previous_figure` is what it pays."""

    id = fields.BigIntField(primary_key=True, generated=False)
    programme = fields.TextField()
    resident_id = fields.BigIntField()
    host_id = fields.BigIntField()
    figure = fields.BigIntField()
    previous_figure = fields.BigIntField()
    increase = fields.BigIntField()
    seen_on = fields.TextField()
    masked_account = fields.TextField()
    account_key = fields.TextField()
    photo_sha256 = fields.TextField(null=True)
    status = fields.TextField()
    doubts = fields.TextField()
    attested_by_id = fields.BigIntField()
    attested_at = InstantField()
    decided_by_id = fields.BigIntField(null=True)
    decided_at = InstantField(null=True)
    reject_reason = fields.TextField(null=True)
    transfer_id = fields.BigIntField(null=True)
    voided_by_id = fields.BigIntField(null=True)
    voided_at = InstantField(null=True)
    void_reason = fields.TextField(null=True)
    merged_from_id = fields.BigIntField(null=True)

    class Meta:
        table = "claims"


class ClaimLimit(Model):
    """Above how many points a claim waits for a second person, as somebody once set it. The latest counts."""

    id = fields.BigIntField(primary_key=True, generated=False)
    programme = fields.TextField()
    approval_above = fields.BigIntField()
    set_by_id = fields.BigIntField()
    set_at = InstantField()

    class Meta:
        table = "claim_limits"
