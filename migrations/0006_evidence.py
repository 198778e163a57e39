"""How well it is known that somebody was there, and from which grade on an activity's rule pays."""

from tortoise.migrations.migration import Migration as TortoiseMigration

from storage.ddl import run_ddl

GRADES = "'SCANNED_IN_AND_OUT', 'SCANNED_ONCE', 'ORGANISER_LIST', 'ENTERED_AFTERWARDS'"
COLUMNS = [
    f"""ALTER TABLE attendances ADD COLUMN grade TEXT NOT NULL DEFAULT 'ORGANISER_LIST'
        CONSTRAINT attendances_grade_known CHECK (grade IN ({GRADES}))""",
    f"""ALTER TABLE activities ADD COLUMN points_lowest_grade TEXT NOT NULL DEFAULT 'ENTERED_AFTERWARDS'
        CONSTRAINT activities_lowest_grade_known CHECK (points_lowest_grade IN ({GRADES}))""",
    """ALTER TABLE activities ADD COLUMN points_least_share {int} NOT NULL DEFAULT 0
        CONSTRAINT activities_least_share_in_range CHECK (points_least_share BETWEEN 0 AND 100)""",
]
# What was recorded before is graded by its method: when a list was sent in did not matter then.
GRADE_WHAT_IS_THERE = [
    "UPDATE attendances SET grade = 'SCANNED_ONCE' WHERE method IN ('MEMBER_CODE', 'SELF_CHECK_IN')",
]


class Migration(TortoiseMigration):
    dependencies = [("xuexi", "0005_holds")]
    atomic = False  # storage.migrations holds the transaction
    operations = [run_ddl(COLUMNS), run_ddl(GRADE_WHAT_IS_THERE)]
