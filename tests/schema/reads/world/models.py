"""A small world of tables, with every kind of relation that a declaration can name."""

from tortoise import fields
from tortoise.models import Model


class Area(Model):
    id = fields.BigIntField(primary_key=True)
    code = fields.TextField()
    name = fields.TextField()
    parent_id = fields.BigIntField(null=True)

    class Meta:
        table = "areas"


class AreaWithin(Model):
    area_id = fields.BigIntField()
    ancestor_id = fields.BigIntField()
    distance = fields.IntField()

    class Meta:
        table = "area_within"


class Body(Model):
    id = fields.BigIntField(primary_key=True)
    name = fields.TextField(source_field="full_name")
    area_id = fields.BigIntField()

    class Meta:
        table = "bodies"


class Person(Model):
    id = fields.BigIntField(primary_key=True)
    name = fields.TextField()
    phone = fields.TextField(null=True)
    area_id = fields.BigIntField(null=True)

    class Meta:
        table = "people"


class Grant(Model):
    id = fields.BigIntField(primary_key=True)
    person_id = fields.BigIntField()
    body_id = fields.BigIntField()
    role = fields.TextField()

    class Meta:
        table = "grants"


class Event(Model):
    id = fields.BigIntField(primary_key=True)
    title = fields.TextField()
    kind = fields.TextField()
    status = fields.TextField()
    host_id = fields.BigIntField()
    area_id = fields.BigIntField()
    starts_at = fields.BigIntField()
    latitude = fields.FloatField(null=True)
    capacity = fields.IntField(null=True)
    is_outdoors = fields.IntField()
    points_each = fields.IntField()
    points_cap = fields.IntField()

    class Meta:
        table = "events"


class EventPartner(Model):
    event_id = fields.BigIntField()
    body_id = fields.BigIntField()

    class Meta:
        table = "event_partners"


class Slot(Model):
    id = fields.BigIntField(primary_key=True)
    event_id = fields.BigIntField()
    name = fields.TextField()
    starts_at = fields.BigIntField()

    class Meta:
        table = "slots"


class Booking(Model):
    id = fields.BigIntField(primary_key=True)
    slot_id = fields.BigIntField()
    person_id = fields.BigIntField()
    status = fields.TextField()
    created_at = fields.BigIntField()

    class Meta:
        table = "bookings"


class Movement(Model):
    id = fields.BigIntField(primary_key=True)
    person_id = fields.BigIntField()
    amount = fields.BigIntField()
    posted_at = fields.BigIntField()
    cause = fields.TextField(null=True)
    cause_id = fields.BigIntField(null=True)

    class Meta:
        table = "movements"
