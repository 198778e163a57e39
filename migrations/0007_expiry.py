"""Until when a programme's points can be spent."""

from tortoise.migrations.migration import Migration as TortoiseMigration

from storage.ddl import run_ddl

COLUMNS = [
    """ALTER TABLE programmes ADD COLUMN expiry TEXT NOT NULL DEFAULT 'NEVER'
        CONSTRAINT programmes_expiry_known CHECK (expiry IN ('NEVER', 'END_OF_YEAR', 'MONTHS'))""",
    """ALTER TABLE programmes ADD COLUMN expiry_months {int}
        CONSTRAINT programmes_expiry_whole CHECK ((expiry = 'MONTHS') = (expiry_months IS NOT NULL)
            AND (expiry_months IS NULL OR expiry_months BETWEEN 1 AND 120))""",
    "ALTER TABLE programmes ADD COLUMN expiry_not_before TEXT",  # a local day, such as 2024-12-31
]


class Migration(TortoiseMigration):
    dependencies = [("xuexi", "0006_evidence")]
    atomic = False  # storage.migrations holds the transaction
    operations = [run_ddl(COLUMNS)]
