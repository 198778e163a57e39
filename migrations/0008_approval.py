"""What was entered afterwards carries a reason, and pays after a second person approved it."""

from tortoise.migrations.migration import Migration as TortoiseMigration

from storage.ddl import run_ddl

# A CHECK may look at every column that is there by then; on SQLite it can only be added with a column.
COLUMNS = [
    """ALTER TABLE attendances ADD COLUMN reason TEXT
        CONSTRAINT attendances_afterwards_has_reason CHECK (grade <> 'ENTERED_AFTERWARDS' OR reason IS NOT NULL)""",
    """ALTER TABLE attendances ADD COLUMN approval TEXT NOT NULL DEFAULT 'NOT_NEEDED'
        CONSTRAINT attendances_approval_known CHECK (approval IN ('NOT_NEEDED', 'PENDING', 'APPROVED', 'REJECTED'))
        CONSTRAINT attendances_approval_by_grade CHECK ((grade = 'ENTERED_AFTERWARDS') = (approval <> 'NOT_NEEDED'))
        CONSTRAINT attendances_paid_after_approval CHECK (approval IN ('NOT_NEEDED', 'APPROVED')
            OR (points_earned = 0 AND transfer_id IS NULL))""",
    """ALTER TABLE attendances ADD COLUMN decided_by_id {int} REFERENCES residents (id)
        CONSTRAINT attendances_decided_by_another CHECK (decided_by_id <> recorded_by_id)
        CONSTRAINT attendances_decided_by_somebody CHECK (
            (approval IN ('APPROVED', 'REJECTED')) = (decided_by_id IS NOT NULL))""",
    """ALTER TABLE attendances ADD COLUMN decided_at {int}
        CONSTRAINT attendances_decision_has_time CHECK ((decided_by_id IS NULL) = (decided_at IS NULL))""",
    """ALTER TABLE attendances ADD COLUMN reject_reason TEXT
        CONSTRAINT attendances_rejection_has_reason CHECK ((approval = 'REJECTED') = (reject_reason IS NOT NULL))""",
    # What waits for a decision, oldest first: a short list however long the table is.
    "CREATE INDEX attendances_pending ON attendances (recorded_at, id) WHERE approval = 'PENDING' AND voided_at IS NULL",
]


class Migration(TortoiseMigration):
    dependencies = [("xuexi", "0007_expiry")]
    atomic = False  # storage.migrations holds the transaction
    operations = [run_ddl(COLUMNS)]
