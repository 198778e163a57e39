"""What people agreed to, and who read whose whole number."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from storage.fields import InstantField


class ConsentText(Model):
    """What people are asked to agree to. Published once; the next version takes its place."""

    id = fields.BigIntField(primary_key=True, generated=False)
    purpose = fields.TextField()
    version = fields.BigIntField()
    text = fields.TextField()
    published_by_id = fields.BigIntField()
    published_at = InstantField()

    class Meta:
        table = "consent_texts"


class Consent(Model):
    """Somebody agreed to a text, until they took that back."""

    id = fields.BigIntField(primary_key=True, generated=False)
    resident_id = fields.BigIntField()
    text_id = fields.BigIntField()
    given_at = InstantField()
    withdrawn_at = InstantField(null=True)

    class Meta:
        table = "consents"


class PhoneReading(Model):
    """Somebody of the staff was shown a resident's whole number, and why."""

    id = fields.BigIntField(primary_key=True, generated=False)
    resident_id = fields.BigIntField()
    reader_id = fields.BigIntField()
    reason = fields.TextField()
    read_at = InstantField()

    class Meta:
        table = "phone_readings"


class PhoneKey(Model):
    """The id is the version of a key with which phone numbers are sealed; the highest is in use. The key itself is not here."""

    id = fields.BigIntField(primary_key=True, generated=False)
    began_at = InstantField()

    class Meta:
        table = "phone_keys"
