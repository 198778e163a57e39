"""Published rules and what they gave: rows are only added, and a rule may still end. (`award_counters` has no model.)"""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from storage.fields import InstantField


class EarningRule(Model):
    """One version of a rule; days are texts such as 2026-11-25, `activity_kinds` names joined by commas, none for all."""

    id = fields.BigIntField(primary_key=True, generated=False)
    programme_id = fields.BigIntField()
    code = fields.TextField()
    version = fields.BigIntField()
    name = fields.TextField()
    kind = fields.TextField()
    points = fields.BigIntField()
    valid_from = fields.TextField()
    valid_until = fields.TextField(null=True)
    cap_per_activity = fields.BigIntField(null=True)
    cap_per_day = fields.BigIntField(null=True)
    cap_per_week = fields.BigIntField(null=True)
    cap_total = fields.BigIntField(null=True)
    lowest_grade = fields.TextField()
    least_share = fields.BigIntField()
    activity_kinds = fields.TextField()
    published_at = InstantField()
    published_by_id = fields.BigIntField()

    class Meta:
        table = "earning_rules"


class EarningRuleBand(Model):
    """The points of a SCORE_BAND rule from a score on."""

    id = fields.BigIntField(primary_key=True, generated=False)
    rule_id = fields.BigIntField()
    from_score = fields.BigIntField()
    points = fields.BigIntField()

    class Meta:
        table = "earning_rule_bands"


class Award(Model):
    """What one rule gave for an attendance; without a rule what the activity itself gave."""

    id = fields.BigIntField(primary_key=True, generated=False)
    attendance_id = fields.BigIntField()
    position = fields.BigIntField()
    transfer_id = fields.BigIntField(null=True)
    rule_id = fields.BigIntField(null=True)
    local_day = fields.TextField()
    week = fields.TextField()
    basis = fields.BigIntField()
    would_have_given = fields.BigIntField()
    points = fields.BigIntField()
    cut_by = fields.TextField(null=True)
    cut_rule_id = fields.BigIntField(null=True)
    cut_limit = fields.BigIntField(null=True)

    class Meta:
        table = "awards"
