"""Seals of the book: each one row, with the ids, leaf hashes and fingerprints of its transfers packed into three values."""

from tortoise.migrations.migration import Migration as TortoiseMigration

from storage.ddl import run_ddl

TABLES = [
    # The long values last: SQLite then reads the others without them.
    """CREATE TABLE seals (
        id {id},
        number {int} NOT NULL CONSTRAINT seals_number_unique UNIQUE,
        previous_hash TEXT NOT NULL,
        root TEXT NOT NULL,
        transfer_count {int} NOT NULL,
        first_transfer_id {int} NOT NULL REFERENCES transfers (id),
        last_transfer_id {int} NOT NULL REFERENCES transfers (id),
        sealed_at {int} NOT NULL,
        kid TEXT NOT NULL,
        signature TEXT NOT NULL,
        transfer_ids {bytes} NOT NULL,
        leaves {bytes} NOT NULL,
        fingerprints {bytes} NOT NULL,
        CONSTRAINT seals_number_positive CHECK (number > 0),
        CONSTRAINT seals_count_kept CHECK (transfer_count BETWEEN 1 AND 4096)
    ) {strict}""",
    # Which seals may hold an id is answered by the index alone.
    "CREATE INDEX seals_range ON seals (last_transfer_id, first_transfer_id, number)",
]

SQLITE_TRIGGERS = [
    f"""CREATE TRIGGER seals_no_{act.lower()} BEFORE {act} ON seals
        BEGIN SELECT RAISE(ABORT, 'seals are never changed'); END"""
    for act in ("UPDATE", "DELETE")
]

POSTGRES_TRIGGERS = [
    *(
        f"CREATE TRIGGER seals_no_{act.lower()} BEFORE {act} ON seals FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        for act in ("UPDATE", "DELETE")
    ),
    "CREATE TRIGGER seals_no_truncate BEFORE TRUNCATE ON seals EXECUTE FUNCTION refuse_change()",
    # hashes do not get smaller, and are then read without unpacking
    *(
        f"ALTER TABLE seals ALTER COLUMN {name} SET STORAGE EXTERNAL"
        for name in ("transfer_ids", "leaves", "fingerprints")
    ),
]


class Migration(TortoiseMigration):
    dependencies = [("xuexi", "0008_approval")]
    atomic = False  # storage.migrations holds the transaction
    operations = [run_ddl(TABLES), run_ddl(SQLITE_TRIGGERS, only="sqlite"), run_ddl(POSTGRES_TRIGGERS, only="postgres")]
