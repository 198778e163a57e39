"""Residents, what they may do, and how they sign in."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from storage.fields import InstantField


class Resident(Model):
    """A person. The phone number is sealed; `phone_digest` is a keyed hash to find it by.

    `merged_into`: the same person, who goes on there; whatever was theirs went along. `erased_at`: since when nobody knows who.
    """

    id = fields.BigIntField(primary_key=True, generated=False)
    display_name = fields.TextField()
    phone_sealed = fields.BinaryField(null=True)
    phone_digest = fields.TextField(null=True)
    area_id = fields.BigIntField(null=True)
    sign_up_version = fields.BigIntField(default=0)
    merged_into_id = fields.BigIntField(null=True)
    erased_at = InstantField(null=True)
    created_at = InstantField()

    class Meta:
        table = "residents"


class RoleGrant(Model):
    """A role over an area and all that is managed below it, or over one organisation."""

    id = fields.BigIntField(primary_key=True, generated=False)
    resident_id = fields.BigIntField()
    role = fields.TextField()
    area_id = fields.BigIntField(null=True)
    organisation_id = fields.BigIntField(null=True)
    granted_at = InstantField()
    granted_by_id = fields.BigIntField(null=True)
    revoked_at = InstantField(null=True)
    revoked_by_id = fields.BigIntField(null=True)

    class Meta:
        table = "role_grants"


class SignInCode(Model):
    """A code that was sent to a phone; only its keyed hash is kept."""

    id = fields.BigIntField(primary_key=True, generated=False)
    phone_digest = fields.TextField()
    code_digest = fields.TextField()
    created_at = InstantField()
    expires_at = InstantField()
    tries_left = fields.BigIntField()
    used_at = InstantField(null=True)

    class Meta:
        table = "sign_in_codes"


class SignInLimit(Model):
    """When and how often a phone was sent codes."""

    id = fields.BigIntField(primary_key=True, generated=False)
    phone_digest = fields.TextField()
    last_sent_at = InstantField()
    day_began_at = InstantField()
    sent_that_day = fields.BigIntField()

    class Meta:
        table = "sign_in_limits"


class Session(Model):
    """A person signed in on one device, which may have said what it is called."""

    id = fields.BigIntField(primary_key=True, generated=False)
    resident_id = fields.BigIntField()
    created_at = InstantField()
    expires_at = InstantField()
    refreshed_at = InstantField(null=True)
    device_name = fields.TextField(null=True)
    ended_at = InstantField(null=True)
    end_reason = fields.TextField(null=True)

    class Meta:
        table = "sessions"


class SessionToken(Model):
    """The SHA-256 of an access or refresh token of a session."""

    id = fields.BigIntField(primary_key=True, generated=False)
    digest = fields.TextField()
    session_id = fields.BigIntField()
    kind = fields.TextField()
    expires_at = InstantField()
    used_at = InstantField(null=True)

    class Meta:
        table = "session_tokens"


class Disablement(Model):
    """Somebody may not sign in, since an administrator said so, until one says otherwise."""

    id = fields.BigIntField(primary_key=True, generated=False)
    resident_id = fields.BigIntField()
    reason = fields.TextField()
    disabled_by_id = fields.BigIntField()
    disabled_at = InstantField()
    enabled_by_id = fields.BigIntField(null=True)
    enabled_at = InstantField(null=True)

    class Meta:
        table = "disablements"


class StaffIdentity(Model):
    """As whom an identity provider knows a resident: `subject` is its name for them, `issuer` the provider's own."""

    id = fields.BigIntField(primary_key=True, generated=False)
    issuer = fields.TextField()
    subject = fields.TextField()
    resident_id = fields.BigIntField()
    linked_at = InstantField()

    class Meta:
        table = "staff_identities"
