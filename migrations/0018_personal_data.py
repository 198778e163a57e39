"""Consents and their texts, who read whose number, who was erased, and the versions of the key that seals numbers."""

from tortoise.migrations.migration import Migration as TortoiseMigration

from storage.ddl import run_ddl

TABLES = [
    """CREATE TABLE consent_texts (
        id {id},
        purpose TEXT NOT NULL,
        version {int} NOT NULL,
        text TEXT NOT NULL,
        published_by_id {int} NOT NULL REFERENCES residents (id),
        published_at {int} NOT NULL,
        CONSTRAINT consent_texts_version_unique UNIQUE (purpose, version),
        CONSTRAINT consent_texts_purpose_known CHECK (purpose IN ('PERSONAL_DATA', 'SENSITIVE_DATA')),
        CONSTRAINT consent_texts_version_positive CHECK (version > 0)
    ) {strict}""",
    """CREATE TABLE consents (
        id {id},
        resident_id {int} NOT NULL REFERENCES residents (id),
        text_id {int} NOT NULL REFERENCES consent_texts (id),
        given_at {int} NOT NULL,
        withdrawn_at {int},
        CONSTRAINT consents_withdrawn_after_given CHECK (withdrawn_at >= given_at)
    ) {strict}""",
    "CREATE UNIQUE INDEX consents_standing_once ON consents (resident_id, text_id) WHERE withdrawn_at IS NULL",
    "CREATE INDEX consents_resident ON consents (resident_id, given_at)",
    """CREATE TABLE phone_readings (
        id {id},
        resident_id {int} NOT NULL REFERENCES residents (id),
        reader_id {int} NOT NULL REFERENCES residents (id),
        reason TEXT NOT NULL,
        read_at {int} NOT NULL,
        CONSTRAINT phone_readings_by_another CHECK (reader_id <> resident_id)
    ) {strict}""",
    "CREATE INDEX phone_readings_resident ON phone_readings (resident_id, read_at)",
    "CREATE INDEX phone_readings_read_at ON phone_readings (read_at, id)",
    """ALTER TABLE residents ADD COLUMN erased_at {int}
        CONSTRAINT residents_erased_without_phone CHECK (erased_at IS NULL OR phone_sealed IS NULL)""",
    # The highest version is the key with which numbers are sealed; without a row it is 1.
    "CREATE TABLE phone_keys (id {id}, began_at {int} NOT NULL) {strict}",
]

CONSENT_CHANGED = " OR ".join(
    f"NEW.{column} <> OLD.{column}" for column in ("id", "resident_id", "text_id", "given_at")
)
CONSENT = f"OLD.withdrawn_at IS NOT NULL OR {CONSENT_CHANGED}"

SQLITE_TRIGGERS = [
    *(
        f"""CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table}
            BEGIN SELECT RAISE(ABORT, '{table} are never changed'); END"""
        for table in ("consent_texts", "phone_readings")
        for change in ("UPDATE", "DELETE")
    ),
    f"""CREATE TRIGGER consents_withdrawn_once BEFORE UPDATE ON consents WHEN {CONSENT}
        BEGIN SELECT RAISE(ABORT, 'a consent is withdrawn once, and nothing else of it changes'); END""",
    """CREATE TRIGGER consents_no_delete BEFORE DELETE ON consents
        BEGIN SELECT RAISE(ABORT, 'consents are never removed'); END""",
]

POSTGRES_TRIGGERS = [
    *(
        f"""CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table}
            {"" if change == "TRUNCATE" else "FOR EACH ROW"} EXECUTE FUNCTION refuse_change()"""
        for table in ("consent_texts", "phone_readings")
        for change in ("UPDATE", "DELETE", "TRUNCATE")
    ),
    f"""CREATE TRIGGER consents_withdrawn_once BEFORE UPDATE ON consents FOR EACH ROW WHEN ({CONSENT})
        EXECUTE FUNCTION refuse_change()""",
    "CREATE TRIGGER consents_no_delete BEFORE DELETE ON consents FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER consents_no_truncate BEFORE TRUNCATE ON consents EXECUTE FUNCTION refuse_change()",
]


class Migration(TortoiseMigration):
    dependencies = [("xuexi", "0017_disablements_and_identities")]
    atomic = False  # storage.migrations holds the transaction
    operations = [run_ddl(TABLES), run_ddl(SQLITE_TRIGGERS, only="sqlite"), run_ddl(POSTGRES_TRIGGERS, only="postgres")]
