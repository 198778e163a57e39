"""Holds: points set aside until they are spent, given back or too late; and wallets that are frozen or closed."""

from tortoise.migrations.migration import Migration as TortoiseMigration

from storage.ddl import run_ddl

TABLES = [
    # The sum of the wallet's holds that are not resolved, kept like debits and credits.
    """ALTER TABLE accounts ADD COLUMN held {int} NOT NULL DEFAULT 0
        CONSTRAINT accounts_held_in_range CHECK (held BETWEEN 0 AND 9007199254740991 AND (kind = 'WALLET' OR held = 0))""",
    """ALTER TABLE accounts ADD COLUMN status TEXT NOT NULL DEFAULT 'OPEN'
        CONSTRAINT accounts_status_known CHECK (status IN ('OPEN', 'FROZEN', 'CLOSED')
        AND (kind = 'WALLET' OR status = 'OPEN'))""",
    """CREATE TABLE holds (
        id {id},
        programme TEXT NOT NULL REFERENCES programmes (code),
        debit_id {int} NOT NULL,
        credit_id {int} NOT NULL,
        amount {int} NOT NULL,
        memo TEXT NOT NULL,
        source_kind TEXT,
        source_id {int},
        placed_at {int} NOT NULL,
        placed_by_id {int},
        expires_at {int} NOT NULL,
        status TEXT NOT NULL DEFAULT 'HELD',
        transfer_id {int} REFERENCES transfers (id),
        resolved_at {int},
        resolved_by_id {int},
        CONSTRAINT holds_status_known CHECK (status IN ('HELD', 'POSTED', 'VOIDED', 'EXPIRED')),
        CONSTRAINT holds_amount_positive CHECK (amount > 0 AND amount <= 9007199254740991),
        CONSTRAINT holds_two_accounts CHECK (debit_id <> credit_id),
        CONSTRAINT holds_source_whole CHECK ((source_kind IS NULL) = (source_id IS NULL)),
        CONSTRAINT holds_resolved_whole CHECK ((status = 'HELD') = (resolved_at IS NULL)),
        CONSTRAINT holds_posted_by_transfer CHECK ((status = 'POSTED') = (transfer_id IS NOT NULL)),
        CONSTRAINT holds_debit_of_programme FOREIGN KEY (debit_id, programme) REFERENCES accounts (id, programme),
        CONSTRAINT holds_credit_of_programme FOREIGN KEY (credit_id, programme) REFERENCES accounts (id, programme)
    ) {strict}""",
    "CREATE INDEX holds_standing ON holds (debit_id) WHERE status = 'HELD'",
    "CREATE INDEX holds_due ON holds (expires_at) WHERE status = 'HELD'",
    "CREATE UNIQUE INDEX holds_transfer_once ON holds (transfer_id) WHERE transfer_id IS NOT NULL",
]

FIXED = ("id", "programme", "debit_id", "credit_id", "amount", "placed_at", "expires_at")
CHANGED = " OR ".join(f"NEW.{column} <> OLD.{column}" for column in FIXED)

SQLITE_TRIGGERS = [
    f"""CREATE TRIGGER holds_resolved_once BEFORE UPDATE ON holds WHEN OLD.status <> 'HELD' OR {CHANGED}
        BEGIN SELECT RAISE(ABORT, 'a hold is resolved once, and nothing else of it changes'); END""",
    """CREATE TRIGGER holds_no_delete BEFORE DELETE ON holds
        BEGIN SELECT RAISE(ABORT, 'holds are never removed'); END""",
]

POSTGRES_TRIGGERS = [
    f"""CREATE TRIGGER holds_resolved_once BEFORE UPDATE ON holds FOR EACH ROW
        WHEN (OLD.status <> 'HELD' OR {CHANGED}) EXECUTE FUNCTION refuse_change()""",
    "CREATE TRIGGER holds_no_delete BEFORE DELETE ON holds FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER holds_no_truncate BEFORE TRUNCATE ON holds EXECUTE FUNCTION refuse_change()",
]


class Migration(TortoiseMigration):
    dependencies = [("xuexi", "0004_redemption")]
    atomic = False  # storage.migrations holds the transaction
    operations = [run_ddl(TABLES), run_ddl(SQLITE_TRIGGERS, only="sqlite"), run_ddl(POSTGRES_TRIGGERS, only="postgres")]
