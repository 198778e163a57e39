"""Areas and organisations."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model


class Area(Model):
    """A place: it lies in its parent, and is managed by `managed_by`, or by its parent where that is None."""

    id = fields.BigIntField(primary_key=True, generated=False)
    code = fields.TextField()
    name = fields.TextField()
    level = fields.TextField()
    parent_id = fields.BigIntField(null=True)
    managed_by_id = fields.BigIntField(null=True)

    class Meta:
        table = "areas"


class AreaWithin(Model):
    """The area lies in the ancestor, `distance` steps up. Every area lies in itself at distance 0."""

    id = fields.BigIntField(primary_key=True, generated=False)
    area_id = fields.BigIntField()
    ancestor_id = fields.BigIntField()
    distance = fields.BigIntField()

    class Meta:
        table = "area_within"


class AreaManagement(Model):
    """The manager manages the area, `distance` steps down. Every area manages itself at distance 0."""

    id = fields.BigIntField(primary_key=True, generated=False)
    area_id = fields.BigIntField()
    manager_id = fields.BigIntField()
    distance = fields.BigIntField()

    class Meta:
        table = "area_management"


class Organisation(Model):
    """A body that hosts activities: a committee, a station, a hospital, a company."""

    id = fields.BigIntField(primary_key=True, generated=False)
    name = fields.TextField()
    kind = fields.TextField()
    area_id = fields.BigIntField()

    class Meta:
        table = "organisations"
