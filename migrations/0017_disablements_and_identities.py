"""Residents who may not sign in, and those whom an identity provider knows."""

from tortoise.migrations.migration import Migration as TortoiseMigration

from storage.ddl import run_ddl

TABLES = [
    """CREATE TABLE disablements (
        id {id},
        resident_id {int} NOT NULL REFERENCES residents (id),
        reason TEXT NOT NULL,
        disabled_by_id {int} NOT NULL REFERENCES residents (id),
        disabled_at {int} NOT NULL,
        enabled_by_id {int} REFERENCES residents (id),
        enabled_at {int},
        CONSTRAINT disablements_by_another CHECK (disabled_by_id <> resident_id AND enabled_by_id <> resident_id),
        CONSTRAINT disablements_enabled_whole CHECK ((enabled_at IS NULL) = (enabled_by_id IS NULL))
    ) {strict}""",
    # Asked for with every access token that is looked up.
    "CREATE UNIQUE INDEX disablements_standing_once ON disablements (resident_id) WHERE enabled_at IS NULL",
    "CREATE INDEX disablements_disabled_at ON disablements (disabled_at, id)",
    """CREATE TABLE staff_identities (
        id {id},
        issuer TEXT NOT NULL,
        subject TEXT NOT NULL,
        resident_id {int} NOT NULL REFERENCES residents (id),
        linked_at {int} NOT NULL,
        CONSTRAINT staff_identities_subject_unique UNIQUE (issuer, subject)
    ) {strict}""",
    "CREATE INDEX staff_identities_resident ON staff_identities (resident_id)",
]

FIXED = ("id", "resident_id", "reason", "disabled_by_id", "disabled_at")
CHANGED = " OR ".join(f"NEW.{column} <> OLD.{column}" for column in FIXED)

SQLITE_TRIGGERS = [
    f"""CREATE TRIGGER disablements_ended_once BEFORE UPDATE ON disablements WHEN OLD.enabled_at IS NOT NULL OR {CHANGED}
        BEGIN SELECT RAISE(ABORT, 'a disablement ends once, and nothing else of it changes'); END""",
    """CREATE TRIGGER disablements_no_delete BEFORE DELETE ON disablements
        BEGIN SELECT RAISE(ABORT, 'disablements are never removed'); END""",
]

POSTGRES_TRIGGERS = [
    f"""CREATE TRIGGER disablements_ended_once BEFORE UPDATE ON disablements FOR EACH ROW
        WHEN (OLD.enabled_at IS NOT NULL OR {CHANGED}) EXECUTE FUNCTION refuse_change()""",
    "CREATE TRIGGER disablements_no_delete BEFORE DELETE ON disablements FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER disablements_no_truncate BEFORE TRUNCATE ON disablements EXECUTE FUNCTION refuse_change()",
]


class Migration(TortoiseMigration):
    dependencies = [("xuexi", "0016_merged_residents")]
    atomic = False  # storage.migrations holds the transaction
    operations = [run_ddl(TABLES), run_ddl(SQLITE_TRIGGERS, only="sqlite"), run_ddl(POSTGRES_TRIGGERS, only="postgres")]
