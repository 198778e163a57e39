"""Adjustments that wait for a second administrator, and how much one may adjust alone."""

from tortoise.migrations.migration import Migration as TortoiseMigration

from storage.ddl import run_ddl

TABLES = [
    # amount: what it does to the wallet. reverses_id: the transfer that it takes back, where it does.
    """CREATE TABLE adjustments (
        id {id},
        programme TEXT NOT NULL REFERENCES programmes (code),
        resident_id {int} NOT NULL REFERENCES residents (id),
        amount {int} NOT NULL,
        reason TEXT NOT NULL,
        reverses_id {int} REFERENCES transfers (id),
        proposed_by_id {int} NOT NULL REFERENCES residents (id),
        proposed_at {int} NOT NULL,
        decision TEXT NOT NULL DEFAULT 'PENDING',
        decided_by_id {int} REFERENCES residents (id),
        decided_at {int},
        reject_reason TEXT,
        transfer_id {int} REFERENCES transfers (id),
        -- whom it named before they were merged with its resident
        merged_from_id {int} REFERENCES residents (id),
        CONSTRAINT adjustments_amount_moves CHECK (amount <> 0),
        CONSTRAINT adjustments_decision_known CHECK (decision IN ('PENDING', 'APPROVED', 'REJECTED')),
        CONSTRAINT adjustments_decision_whole CHECK ((decision = 'PENDING') = (decided_at IS NULL)
            AND (decided_at IS NULL) = (decided_by_id IS NULL)),
        CONSTRAINT adjustments_second_person CHECK (decided_by_id IS NULL
            OR (decided_by_id <> proposed_by_id AND decided_by_id <> COALESCE(merged_from_id, resident_id))),
        CONSTRAINT adjustments_posted_when_approved CHECK ((decision = 'APPROVED') = (transfer_id IS NOT NULL)),
        CONSTRAINT adjustments_reject_has_reason CHECK ((decision = 'REJECTED') = (reject_reason IS NOT NULL))
    ) {strict}""",
    "CREATE UNIQUE INDEX adjustments_transfer_once ON adjustments (transfer_id) WHERE transfer_id IS NOT NULL",
    """CREATE UNIQUE INDEX adjustments_reversal_waits_once ON adjustments (reverses_id)
        WHERE reverses_id IS NOT NULL AND decision = 'PENDING'""",
    "CREATE INDEX adjustments_proposed ON adjustments (proposed_at, id)",
    # Every limit that was ever set, by whom and when. Without a row the usual one holds.
    """CREATE TABLE adjustment_limits (
        id {id},
        programme TEXT NOT NULL REFERENCES programmes (code),
        most_alone {int} NOT NULL,
        set_by_id {int} NOT NULL REFERENCES residents (id),
        set_at {int} NOT NULL,
        CONSTRAINT adjustment_limits_not_negative CHECK (most_alone >= 0)
    ) {strict}""",
    "CREATE INDEX adjustment_limits_programme ON adjustment_limits (programme, set_at, id)",
    # What somebody corrected lately is looked up at each correction.
    "CREATE INDEX transfers_posted_by ON transfers (posted_by_id, posted_at) WHERE kind IN ('ADJUST', 'REVERSAL')",
]

PROPOSED = "programme, resident_id, amount, reason, reverses_id, proposed_by_id, proposed_at"

SQLITE_TRIGGERS = [
    f"""CREATE TRIGGER adjustments_proposed_for_good BEFORE UPDATE OF {PROPOSED} ON adjustments
        BEGIN SELECT RAISE(ABORT, 'what was proposed is never changed'); END""",
    """CREATE TRIGGER adjustments_decided_once BEFORE UPDATE ON adjustments WHEN OLD.decision <> 'PENDING'
        BEGIN SELECT RAISE(ABORT, 'what was decided is never changed'); END""",
    """CREATE TRIGGER adjustments_no_delete BEFORE DELETE ON adjustments
        BEGIN SELECT RAISE(ABORT, 'adjustments are never removed'); END""",
    *(
        f"""CREATE TRIGGER adjustment_limits_no_{act.lower()} BEFORE {act} ON adjustment_limits
        BEGIN SELECT RAISE(ABORT, 'adjustment_limits are never changed'); END"""
        for act in ("UPDATE", "DELETE")
    ),
]

# refuse_change() is of migration 0002.
POSTGRES_TRIGGERS = [
    f"""CREATE TRIGGER adjustments_proposed_for_good BEFORE UPDATE OF {PROPOSED} ON adjustments
        FOR EACH ROW EXECUTE FUNCTION refuse_change()""",
    """CREATE TRIGGER adjustments_decided_once BEFORE UPDATE ON adjustments
        FOR EACH ROW WHEN (OLD.decision <> 'PENDING') EXECUTE FUNCTION refuse_change()""",
    "CREATE TRIGGER adjustments_no_delete BEFORE DELETE ON adjustments FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    *(
        f"""CREATE TRIGGER adjustment_limits_no_{act.lower()} BEFORE {act} ON adjustment_limits
        FOR EACH ROW EXECUTE FUNCTION refuse_change()"""
        for act in ("UPDATE", "DELETE")
    ),
    *(
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} EXECUTE FUNCTION refuse_change()"
        for table in ("adjustments", "adjustment_limits")
    ),
]


class Migration(TortoiseMigration):
    dependencies = [("xuexi", "0011_alarms")]
    atomic = False  # storage.migrations holds the transaction
    operations = [run_ddl(TABLES), run_ddl(SQLITE_TRIGGERS, only="sqlite"), run_ddl(POSTGRES_TRIGGERS, only="postgres")]
