"""Who was merged into whom."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from storage.fields import InstantField


class ResidentMerge(Model):
    """Two residents were one person: `merged` goes on as `kept`. `moved` is how much went along, as JSON (moved.py)."""

    id = fields.BigIntField(primary_key=True, generated=False)
    kept_id = fields.BigIntField()
    merged_id = fields.BigIntField()
    reason = fields.TextField()
    moved = fields.TextField()
    merged_by_id = fields.BigIntField()
    merged_at = InstantField()

    class Meta:
        table = "resident_merges"
