"""Two residents who were one person: who was merged into whom, and what every row that went along named before."""

from tortoise.migrations.migration import Migration as TortoiseMigration

from storage.ddl import run_ddl

# What belongs to a resident goes along with them; `merged_from_id` says whom it named at first.
GOES_ALONG = (
    "sign_ups",
    "attendances",
    "ticket_orders",
    "tickets",
    "reservations",
    "claims",
    "adjustments",
    "alarms",
)
TABLES = [
    """ALTER TABLE residents ADD COLUMN merged_into_id {int} REFERENCES residents (id)
        CONSTRAINT residents_merged_into_another CHECK (merged_into_id <> id)""",
    "CREATE INDEX residents_merged ON residents (merged_into_id) WHERE merged_into_id IS NOT NULL",
    # moved: how much of what went along, as JSON. kept_id stays whom it named, also when they are merged later.
    """CREATE TABLE resident_merges (
        id {id},
        kept_id {int} NOT NULL REFERENCES residents (id),
        merged_id {int} NOT NULL CONSTRAINT resident_merges_once UNIQUE REFERENCES residents (id),
        reason TEXT NOT NULL,
        moved TEXT NOT NULL,
        merged_by_id {int} NOT NULL REFERENCES residents (id),
        merged_at {int} NOT NULL,
        CONSTRAINT resident_merges_two_residents CHECK (kept_id <> merged_id),
        CONSTRAINT resident_merges_by_another CHECK (merged_by_id <> kept_id AND merged_by_id <> merged_id)
    ) {strict}""",
    "CREATE INDEX resident_merges_merged_at ON resident_merges (merged_at, id)",
    # claims and adjustments have the column from the start: their rules about second people look at it.
    *(
        f"ALTER TABLE {table} ADD COLUMN merged_from_id {{int}} REFERENCES residents (id)"
        for table in GOES_ALONG
        if table not in ("claims", "adjustments")
    ),
]
WALLETS = [
    "ALTER TABLE accounts ADD COLUMN former_holder_id {int}",
    # A wallet whose points went to another one is closed, empty and stays so: whatever is taken back is taken from that one.
    """ALTER TABLE accounts ADD COLUMN merged_into_id {int} REFERENCES accounts (id)
        CONSTRAINT accounts_merged_when_empty CHECK (merged_into_id IS NULL OR (kind = 'WALLET' AND status = 'CLOSED'
            AND merged_into_id <> id AND former_holder_id IS NOT NULL AND credits = debits AND held = 0))""",
    "DROP INDEX accounts_wallet_once",
    """CREATE UNIQUE INDEX accounts_wallet_once ON accounts (holder_id, programme)
        WHERE kind = 'WALLET' AND merged_into_id IS NULL""",
    "CREATE INDEX accounts_merged ON accounts (merged_into_id) WHERE merged_into_id IS NOT NULL",
]
# What was told of two people may hold twice of one; nothing that is told of them later may.
ONCE_FOR_ONE_PERSON = [
    # 0, or the attendance of the same shift that they had beside this one when they were merged
    "ALTER TABLE attendances ADD COLUMN double_of {int} NOT NULL DEFAULT 0",
    "DROP INDEX attendances_standing_once",
    "CREATE UNIQUE INDEX attendances_standing_once ON attendances (shift_id, resident_id, double_of) WHERE voided_at IS NULL",
    "DROP INDEX claims_step_once",
    "DROP INDEX claims_figure_once",
    *(
        f"""CREATE UNIQUE INDEX {name} ON claims (programme, resident_id, {figure}, COALESCE(merged_from_id, 0))
        WHERE status IN ('PENDING', 'APPROVED')"""
        for name, figure in (("claims_step_once", "previous_figure"), ("claims_figure_once", "figure"))
    ),
]

# Whoever was merged gets nothing new. On PostgreSQL whoever writes while they are being merged waits, and is then tried again.
GETS_NOTHING_NEW = (
    "sessions",
    "role_grants",
    "sign_ups",
    "attendances",
    "offer_holdings",
    "ticket_orders",
    "reservations",
    "claims",
    "attested_figures",
    "adjustments",
)
# Only the resident changes, to the one into whom they were merged.
KEPT = {
    "reservations": (
        "id offer_id session_id quantity points hold_id reserved_until created_by_id created_at status order_id resolved_at "
        "resolved_by_id"
    ),
    "claims": (
        "id programme host_id figure previous_figure increase seen_on masked_account account_key photo_sha256 status doubts "
        "attested_by_id attested_at decided_by_id decided_at reject_reason transfer_id voided_by_id voided_at void_reason"
    ),
    "adjustments": (
        "id programme amount reason reverses_id proposed_by_id proposed_at decision decided_by_id decided_at reject_reason "
        "transfer_id"
    ),
}
# (trigger, table, event, condition, message) of the rules that a merge is let through by
RESOLVED = " OR ".join(
    f"NEW.{column} <> OLD.{column}"
    for column in ("id", "offer_id", "session_id", "resident_id", "quantity", "points", "reserved_until", "created_at")
)
ATTESTED = """programme, resident_id, host_id, figure, seen_on, masked_account, account_key, photo_sha256, doubts,
    attested_by_id, attested_at, merged_from_id"""
PROPOSED = "programme, resident_id, amount, reason, reverses_id, proposed_by_id, proposed_at, merged_from_id"
MENDED = [
    (
        "reservations_resolved_once",
        "reservations",
        "UPDATE",
        f"(OLD.status <> 'HELD' OR {RESOLVED})",
        "a reservation is resolved once, and nothing else of it changes",
    ),
    ("claims_attested_for_good", "claims", f"UPDATE OF {ATTESTED}", "", "what was attested is never changed"),
    ("adjustments_proposed_for_good", "adjustments", f"UPDATE OF {PROPOSED}", "", "what was proposed is never changed"),
    (
        "adjustments_decided_once",
        "adjustments",
        "UPDATE",
        "OLD.decision <> 'PENDING'",
        "what was decided is never changed",
    ),
]


def goes_along(table: str) -> str:
    """SQLite: the row changes in nothing but its resident, who was merged into the new one."""
    same = " AND ".join(f"NEW.{column} IS OLD.{column}" for column in KEPT[table].split())
    return f"""({same} AND NEW.merged_from_id = COALESCE(OLD.merged_from_id, OLD.resident_id)
        AND EXISTS (SELECT 1 FROM residents r WHERE r.id = OLD.resident_id AND r.merged_into_id = NEW.resident_id))"""


SQLITE_TRIGGERS = [
    """CREATE TRIGGER residents_merged_for_good BEFORE UPDATE OF merged_into_id ON residents WHEN NEW.merged_into_id IS NULL
        OR EXISTS (SELECT 1 FROM residents r WHERE r.id = NEW.merged_into_id AND r.merged_into_id IS NOT NULL)
        OR EXISTS (SELECT 1 FROM residents r WHERE r.merged_into_id = NEW.id)
        BEGIN SELECT RAISE(ABORT, 'a resident is merged for good, into one who is not merged'); END""",
    """CREATE TRIGGER accounts_holder_for_good BEFORE UPDATE OF holder_id, former_holder_id ON accounts
        WHEN NEW.former_holder_id IS NOT COALESCE(OLD.former_holder_id, OLD.holder_id)
        OR NOT EXISTS (SELECT 1 FROM residents r WHERE r.id = OLD.holder_id AND r.merged_into_id = NEW.holder_id)
        BEGIN SELECT RAISE(ABORT, 'a wallet has its holder for good'); END""",
    *(
        f"""CREATE TRIGGER resident_merges_no_{act.lower()} BEFORE {act} ON resident_merges
        BEGIN SELECT RAISE(ABORT, 'resident_merges are never changed'); END"""
        for act in ("UPDATE", "DELETE")
    ),
    *(
        f"""CREATE TRIGGER {table}_not_of_merged BEFORE INSERT ON {table}
        WHEN (SELECT r.merged_into_id FROM residents r WHERE r.id = NEW.resident_id) IS NOT NULL
        BEGIN SELECT RAISE(ABORT, 'whoever was merged gets nothing new'); END"""
        for table in GETS_NOTHING_NEW
    ),
    *(f"DROP TRIGGER {name}" for name, *_ in MENDED),
    *(
        f"""CREATE TRIGGER {name} BEFORE {event} ON {table}
        WHEN {f"{condition} AND " if condition else ""}NOT {goes_along(table)}
        BEGIN SELECT RAISE(ABORT, '{message}'); END"""
        for name, table, event, condition, message in MENDED
    ),
]

POSTGRES_TRIGGERS = [
    # The row that is looked at is locked, so that two merges at once see one another.
    """CREATE FUNCTION refuse_merge() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE further BIGINT;
        BEGIN
            SELECT merged_into_id INTO further FROM residents WHERE id = NEW.merged_into_id FOR KEY SHARE;
            IF NEW.merged_into_id IS NULL OR further IS NOT NULL
                OR EXISTS (SELECT 1 FROM residents WHERE merged_into_id = NEW.id) THEN
                RAISE EXCEPTION 'a resident is merged for good, into one who is not merged' USING ERRCODE = '23514';
            END IF;
            RETURN NEW;
        END $$""",
    """CREATE TRIGGER residents_merged_for_good BEFORE UPDATE OF merged_into_id ON residents
        FOR EACH ROW EXECUTE FUNCTION refuse_merge()""",
    """CREATE FUNCTION refuse_new_holder() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NEW.former_holder_id IS DISTINCT FROM COALESCE(OLD.former_holder_id, OLD.holder_id) OR NOT EXISTS (
                SELECT 1 FROM residents WHERE id = OLD.holder_id AND merged_into_id = NEW.holder_id) THEN
                RAISE EXCEPTION 'a wallet has its holder for good' USING ERRCODE = '23514';
            END IF;
            RETURN NEW;
        END $$""",
    """CREATE TRIGGER accounts_holder_for_good BEFORE UPDATE OF holder_id, former_holder_id ON accounts
        FOR EACH ROW EXECUTE FUNCTION refuse_new_holder()""",
    *(
        f"""CREATE TRIGGER resident_merges_no_{act.lower()} BEFORE {act} ON resident_merges
        FOR EACH ROW EXECUTE FUNCTION refuse_change()"""
        for act in ("UPDATE", "DELETE")
    ),
    "CREATE TRIGGER resident_merges_no_truncate BEFORE TRUNCATE ON resident_merges EXECUTE FUNCTION refuse_change()",
    # 40001: the transaction is run once more, and then finds whom they were merged into, or nobody signed in.
    """CREATE FUNCTION refuse_merged() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE further BIGINT;
        BEGIN
            SELECT merged_into_id INTO further FROM residents WHERE id = NEW.resident_id FOR KEY SHARE;
            IF further IS NOT NULL THEN
                RAISE EXCEPTION 'whoever was merged gets nothing new' USING ERRCODE = '40001';
            END IF;
            RETURN NEW;
        END $$""",
    *(
        f"""CREATE TRIGGER {table}_not_of_merged BEFORE INSERT ON {table}
        FOR EACH ROW EXECUTE FUNCTION refuse_merged()"""
        for table in GETS_NOTHING_NEW
    ),
    """CREATE FUNCTION refuse_change_but_merge() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF to_jsonb(NEW) - 'resident_id' - 'merged_from_id' <> to_jsonb(OLD) - 'resident_id' - 'merged_from_id'
                OR NEW.merged_from_id IS DISTINCT FROM COALESCE(OLD.merged_from_id, OLD.resident_id) OR NOT EXISTS (
                SELECT 1 FROM residents WHERE id = OLD.resident_id AND merged_into_id = NEW.resident_id) THEN
                RAISE EXCEPTION '% are never changed', TG_TABLE_NAME USING ERRCODE = '23514';
            END IF;
            RETURN NEW;
        END $$""",
    *(f"DROP TRIGGER {name} ON {table}" for name, table, *_ in MENDED),
    *(
        f"""CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW
        {f"WHEN ({condition})" if condition else ""} EXECUTE FUNCTION refuse_change_but_merge()"""
        for name, table, event, condition, _ in MENDED
    ),
]


class Migration(TortoiseMigration):
    dependencies = [("xuexi", "0015_reservations")]
    atomic = False  # storage.migrations holds the transaction
    operations = [
        run_ddl(TABLES),
        run_ddl(WALLETS),
        run_ddl(ONCE_FOR_ONE_PERSON),
        run_ddl(SQLITE_TRIGGERS, only="sqlite"),
        run_ddl(POSTGRES_TRIGGERS, only="postgres"),
    ]
