"""The rows of the book. Transfers and entries are only ever added; the database refuses anything else."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from storage.fields import InstantField


class Programme(Model):
    """A book of its own: points never cross programmes. `budget` is the most it may issue, in points; None is no limit."""

    id = fields.BigIntField(primary_key=True, generated=False)
    code = fields.TextField()
    name = fields.TextField()
    zone = fields.TextField()
    budget = fields.BigIntField(null=True)
    issued = fields.BigIntField(default=0)
    expiry = fields.TextField(default="NEVER")
    expiry_months = fields.BigIntField(null=True)
    expiry_not_before = fields.TextField(null=True)

    class Meta:
        table = "programmes"


class Account(Model):
    """A wallet, whose sums are kept here, or a system account, whose sums are added up from entries when asked.

    `merged_into`: the wallet that its points went to, when its `former_holder` turned out to be the same person.
    """

    id = fields.BigIntField(primary_key=True, generated=False)
    programme = fields.TextField()
    kind = fields.TextField()
    holder_id = fields.BigIntField(null=True)
    debits = fields.BigIntField(default=0)
    credits = fields.BigIntField(default=0)
    entry_count = fields.BigIntField(default=0)
    created_at = InstantField()
    held = fields.BigIntField(default=0)
    status = fields.TextField(default="OPEN")
    former_holder_id = fields.BigIntField(null=True)
    merged_into_id = fields.BigIntField(null=True)

    class Meta:
        table = "accounts"


class Transfer(Model):
    """Points moved from `debit` to `credit`; `source` names what in the world caused it."""

    id = fields.BigIntField(primary_key=True, generated=False)
    programme = fields.TextField()
    kind = fields.TextField()
    amount = fields.BigIntField()
    debit_id = fields.BigIntField()
    credit_id = fields.BigIntField()
    memo = fields.TextField()
    occurred_at = InstantField()
    posted_at = InstantField()
    reverses_id = fields.BigIntField(null=True)
    source_kind = fields.TextField(null=True)
    source_id = fields.BigIntField(null=True)
    posted_by_id = fields.BigIntField(null=True)

    class Meta:
        table = "transfers"


class Entry(Model):
    """One side of a transfer: positive in, negative out. `balance_after` is kept for wallets."""

    id = fields.BigIntField(primary_key=True, generated=False)
    account_id = fields.BigIntField()
    position = fields.BigIntField()
    transfer_id = fields.BigIntField()
    amount = fields.BigIntField()
    balance_after = fields.BigIntField(null=True)
    posted_at = InstantField()

    class Meta:
        table = "entries"


class AccountChange(Model):
    """A wallet was frozen, opened or closed."""

    id = fields.BigIntField(primary_key=True, generated=False)
    account_id = fields.BigIntField()
    position = fields.BigIntField()
    previous_status = fields.TextField()
    status = fields.TextField()
    reason = fields.TextField()
    changed_by_id = fields.BigIntField()
    changed_at = InstantField()

    class Meta:
        table = "account_changes"


class Hold(Model):
    """Points of a wallet set aside until `expires_at`. Resolved once: POSTED (by `transfer`), VOIDED or EXPIRED."""

    id = fields.BigIntField(primary_key=True, generated=False)
    programme = fields.TextField()
    debit_id = fields.BigIntField()
    credit_id = fields.BigIntField()
    amount = fields.BigIntField()
    memo = fields.TextField()
    source_kind = fields.TextField(null=True)
    source_id = fields.BigIntField(null=True)
    placed_at = InstantField()
    placed_by_id = fields.BigIntField(null=True)
    expires_at = InstantField()
    status = fields.TextField(default="HELD")
    transfer_id = fields.BigIntField(null=True)
    resolved_at = InstantField(null=True)
    resolved_by_id = fields.BigIntField(null=True)

    class Meta:
        table = "holds"


class Seal(Model):
    """What some transfers said when they were sealed. The three packed values are described in ledger/packed.py."""

    id = fields.BigIntField(primary_key=True, generated=False)
    number = fields.BigIntField()
    previous_hash = fields.TextField()
    root = fields.TextField()
    transfer_count = fields.BigIntField()
    first_transfer_id = fields.BigIntField()
    last_transfer_id = fields.BigIntField()
    sealed_at = InstantField()
    kid = fields.TextField()
    signature = fields.TextField()
    transfer_ids = fields.BinaryField()
    leaves = fields.BinaryField()
    fingerprints = fields.BinaryField()

    class Meta:
        table = "seals"


class IdempotencyKey(Model):
    """What a caller already asked for under a key, and what was answered. Kept for good."""

    id = fields.BigIntField(primary_key=True, generated=False)
    caller_id = fields.BigIntField()
    key = fields.TextField()
    act = fields.TextField()
    digest = fields.TextField()
    answer = fields.TextField()
    created_at = InstantField()

    class Meta:
        table = "idempotency_keys"
