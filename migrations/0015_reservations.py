"""Reservations: tickets set aside for a resident until a deadline, with the points that they will cost."""

from tortoise.migrations.migration import Migration as TortoiseMigration

from storage.ddl import run_ddl

TABLES = [
    """CREATE TABLE reservations (
        id {id},
        offer_id {int} NOT NULL REFERENCES ticket_offers (id),
        session_id {int} NOT NULL REFERENCES offer_sessions (id),
        resident_id {int} NOT NULL REFERENCES residents (id),
        quantity {int} NOT NULL,
        points {int} NOT NULL,
        hold_id {int} REFERENCES holds (id),
        reserved_until {int} NOT NULL,
        created_by_id {int} NOT NULL REFERENCES residents (id),
        created_at {int} NOT NULL,
        status TEXT NOT NULL DEFAULT 'HELD',
        order_id {int} REFERENCES ticket_orders (id),
        resolved_at {int},
        resolved_by_id {int} REFERENCES residents (id),
        CONSTRAINT reservations_status_known CHECK (status IN ('HELD', 'PAID', 'CANCELLED', 'EXPIRED')),
        CONSTRAINT reservations_quantity_positive CHECK (quantity > 0),
        CONSTRAINT reservations_points_held CHECK (points >= 0 AND (points > 0) = (hold_id IS NOT NULL)),
        CONSTRAINT reservations_deadline_to_come CHECK (reserved_until > created_at),
        CONSTRAINT reservations_resolved_whole CHECK ((status = 'HELD') = (resolved_at IS NULL)),
        CONSTRAINT reservations_paid_by_order CHECK ((status = 'PAID') = (order_id IS NOT NULL))
    ) {strict}""",
    # One at a time for a resident and session: whoever wants more or fewer cancels it first.
    "CREATE UNIQUE INDEX reservations_standing_once ON reservations (session_id, resident_id) WHERE status = 'HELD'",
    "CREATE UNIQUE INDEX reservations_hold_once ON reservations (hold_id) WHERE hold_id IS NOT NULL",
    "CREATE UNIQUE INDEX reservations_order_once ON reservations (order_id) WHERE order_id IS NOT NULL",
    "CREATE INDEX reservations_due ON reservations (reserved_until) WHERE status = 'HELD'",
    "CREATE INDEX reservations_resident ON reservations (resident_id, created_at)",
    "CREATE INDEX reservations_session ON reservations (session_id, created_at)",
]

FIXED = ("id", "offer_id", "session_id", "resident_id", "quantity", "points", "reserved_until", "created_at")
CHANGED = " OR ".join(f"NEW.{column} <> OLD.{column}" for column in FIXED)

SQLITE_TRIGGERS = [
    f"""CREATE TRIGGER reservations_resolved_once BEFORE UPDATE ON reservations WHEN OLD.status <> 'HELD' OR {CHANGED}
        BEGIN SELECT RAISE(ABORT, 'a reservation is resolved once, and nothing else of it changes'); END""",
    """CREATE TRIGGER reservations_no_delete BEFORE DELETE ON reservations
        BEGIN SELECT RAISE(ABORT, 'reservations are never removed'); END""",
]

POSTGRES_TRIGGERS = [
    f"""CREATE TRIGGER reservations_resolved_once BEFORE UPDATE ON reservations FOR EACH ROW
        WHEN (OLD.status <> 'HELD' OR {CHANGED}) EXECUTE FUNCTION refuse_change()""",
    "CREATE TRIGGER reservations_no_delete BEFORE DELETE ON reservations FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER reservations_no_truncate BEFORE TRUNCATE ON reservations EXECUTE FUNCTION refuse_change()",
]


class Migration(TortoiseMigration):
    dependencies = [("xuexi", "0014_earning_rules")]
    atomic = False  # storage.migrations holds the transaction
    operations = [run_ddl(TABLES), run_ddl(SQLITE_TRIGGERS, only="sqlite"), run_ddl(POSTGRES_TRIGGERS, only="postgres")]
