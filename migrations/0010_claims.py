"""Claims of points that another programme's app shows, how far each resident's figure was attested, and the approval limit."""

from tortoise.migrations.migration import Migration as TortoiseMigration

from storage.ddl import run_ddl

TABLES = [
    # How far a resident's figure in a programme was counted: the figure of their latest claim that stands. Days are ISO texts.
    """CREATE TABLE attested_figures (
        id {id},
        programme TEXT NOT NULL REFERENCES programmes (code),
        resident_id {int} NOT NULL REFERENCES residents (id),
        figure {int} NOT NULL,
        seen_on TEXT,
        CONSTRAINT attested_figures_pair_unique UNIQUE (programme, resident_id),
        CONSTRAINT attested_figures_seen CHECK (figure >= 0 AND (figure = 0) = (seen_on IS NULL))
    ) {strict}""",
    """CREATE TABLE claims (
        id {id},
        programme TEXT NOT NULL REFERENCES programmes (code),
        resident_id {int} NOT NULL REFERENCES residents (id),
        host_id {int} NOT NULL REFERENCES organisations (id),
        figure {int} NOT NULL,
        previous_figure {int} NOT NULL,
        increase {int} NOT NULL,
        seen_on TEXT NOT NULL,
        masked_account TEXT NOT NULL,
        account_key TEXT NOT NULL,
        photo_sha256 TEXT,
        status TEXT NOT NULL,
        -- why a second person has to look, names with a space between; empty where nobody has to
        doubts TEXT NOT NULL,
        attested_by_id {int} NOT NULL REFERENCES residents (id),
        attested_at {int} NOT NULL,
        decided_by_id {int} REFERENCES residents (id),
        decided_at {int},
        reject_reason TEXT,
        transfer_id {int} REFERENCES transfers (id),
        voided_by_id {int} REFERENCES residents (id),
        voided_at {int},
        void_reason TEXT,
        -- whom it named before they were merged with its resident
        merged_from_id {int} REFERENCES residents (id),
        CONSTRAINT claims_status_known CHECK (status IN ('PENDING', 'APPROVED', 'REJECTED', 'VOIDED')),
        CONSTRAINT claims_figure_grows CHECK (previous_figure >= 0 AND figure > previous_figure
            AND increase = figure - previous_figure),
        CONSTRAINT claims_paid_by_status CHECK ((status IN ('APPROVED', 'VOIDED')) = (transfer_id IS NOT NULL)),
        CONSTRAINT claims_doubts_decided CHECK (CASE WHEN doubts = '' THEN decided_at IS NULL AND status IN ('APPROVED', 'VOIDED')
            ELSE status = 'PENDING' OR decided_at IS NOT NULL END),
        CONSTRAINT claims_decision_whole CHECK ((decided_at IS NULL) = (decided_by_id IS NULL)
            AND (status <> 'PENDING' OR decided_at IS NULL) AND (status <> 'REJECTED' OR decided_at IS NOT NULL)),
        CONSTRAINT claims_second_person CHECK (attested_by_id <> COALESCE(merged_from_id, resident_id)
            AND (decided_by_id IS NULL OR (decided_by_id <> attested_by_id
                AND decided_by_id <> COALESCE(merged_from_id, resident_id)))),
        CONSTRAINT claims_reject_has_reason CHECK ((status = 'REJECTED') = (reject_reason IS NOT NULL)),
        CONSTRAINT claims_void_whole CHECK ((status = 'VOIDED') = (voided_at IS NOT NULL)
            AND (voided_at IS NULL) = (voided_by_id IS NULL) AND (voided_at IS NULL) = (void_reason IS NULL))
    ) {strict}""",
    # A photo proves one claim that stands, and a figure is left behind, and reached, by one claim that stands.
    """CREATE UNIQUE INDEX claims_photo_once ON claims (photo_sha256)
        WHERE photo_sha256 IS NOT NULL AND status IN ('PENDING', 'APPROVED')""",
    """CREATE UNIQUE INDEX claims_step_once ON claims (programme, resident_id, previous_figure)
        WHERE status IN ('PENDING', 'APPROVED')""",
    """CREATE UNIQUE INDEX claims_figure_once ON claims (programme, resident_id, figure)
        WHERE status IN ('PENDING', 'APPROVED')""",
    "CREATE INDEX claims_resident ON claims (resident_id, attested_at)",
    "CREATE INDEX claims_host ON claims (host_id, attested_at)",
    "CREATE INDEX claims_attested ON claims (attested_at, id)",
    "CREATE INDEX claims_account ON claims (programme, account_key)",
    # Every limit that was ever set, by whom and when; the latest counts. Without a row the usual one holds.
    """CREATE TABLE claim_limits (
        id {id},
        programme TEXT NOT NULL REFERENCES programmes (code),
        approval_above {int} NOT NULL,
        set_by_id {int} NOT NULL REFERENCES residents (id),
        set_at {int} NOT NULL,
        CONSTRAINT claim_limits_not_negative CHECK (approval_above >= 0)
    ) {strict}""",
    "CREATE INDEX claim_limits_programme ON claim_limits (programme, set_at)",
]

# What was attested stays as it was written; what a claim counts changes only while nobody has decided on it.
ATTESTED = """programme, resident_id, host_id, figure, seen_on, masked_account, account_key, photo_sha256, doubts,
    attested_by_id, attested_at"""
COUNTED = "previous_figure, increase"

SQLITE_TRIGGERS = [
    f"""CREATE TRIGGER claims_attested_for_good BEFORE UPDATE OF {ATTESTED} ON claims
        BEGIN SELECT RAISE(ABORT, 'what was attested is never changed'); END""",
    f"""CREATE TRIGGER claims_counted_for_good BEFORE UPDATE OF {COUNTED} ON claims WHEN OLD.status <> 'PENDING'
        BEGIN SELECT RAISE(ABORT, 'what was decided is never counted anew'); END""",
    "CREATE TRIGGER claims_no_delete BEFORE DELETE ON claims BEGIN SELECT RAISE(ABORT, 'claims are never deleted'); END",
    *(
        f"""CREATE TRIGGER claim_limits_no_{act.lower()} BEFORE {act} ON claim_limits
        BEGIN SELECT RAISE(ABORT, 'claim_limits are never changed'); END"""
        for act in ("UPDATE", "DELETE")
    ),
]

# refuse_change() is of migration 0002.
POSTGRES_TRIGGERS = [
    f"""CREATE TRIGGER claims_attested_for_good BEFORE UPDATE OF {ATTESTED} ON claims
        FOR EACH ROW EXECUTE FUNCTION refuse_change()""",
    f"""CREATE TRIGGER claims_counted_for_good BEFORE UPDATE OF {COUNTED} ON claims
        FOR EACH ROW WHEN (OLD.status <> 'PENDING') EXECUTE FUNCTION refuse_change()""",
    "CREATE TRIGGER claims_no_delete BEFORE DELETE ON claims FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    *(
        f"CREATE TRIGGER claim_limits_no_{act.lower()} BEFORE {act} ON claim_limits FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        for act in ("UPDATE", "DELETE")
    ),
    *(
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} EXECUTE FUNCTION refuse_change()"
        for table in ("claims", "claim_limits")
    ),
]


class Migration(TortoiseMigration):
    dependencies = [("xuexi", "0009_seals")]
    atomic = False  # storage.migrations holds the transaction
    operations = [run_ddl(TABLES), run_ddl(SQLITE_TRIGGERS, only="sqlite"), run_ddl(POSTGRES_TRIGGERS, only="postgres")]
