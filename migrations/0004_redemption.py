"""Offers, sessions, attractions, orders, tickets and admissions."""

from tortoise.migrations.migration import Migration as TortoiseMigration

from storage.ddl import run_ddl

TABLES = [
    """CREATE TABLE ticket_offers (
        id {id},
        title TEXT NOT NULL,
        summary TEXT NOT NULL,
        status TEXT NOT NULL,
        host_id {int} NOT NULL REFERENCES organisations (id),
        venue TEXT NOT NULL,
        programme TEXT NOT NULL REFERENCES programmes (code),
        cost {int} NOT NULL,
        minimum_balance {int} NOT NULL,
        limit_per_resident {int} NOT NULL,
        sales_open_at {int} NOT NULL,
        sales_close_at {int} NOT NULL,
        refundable_until {int},
        -- 1: it was on sale once, so everybody may have seen it. A draft that is closed stays unseen.
        announced {int} NOT NULL DEFAULT 0,
        created_by_id {int} NOT NULL REFERENCES residents (id),
        created_at {int} NOT NULL,
        CONSTRAINT ticket_offers_status_known CHECK (status IN ('DRAFT', 'ON_SALE', 'PAUSED', 'CLOSED')),
        CONSTRAINT ticket_offers_price_not_negative CHECK (cost >= 0 AND minimum_balance >= 0),
        CONSTRAINT ticket_offers_limit_positive CHECK (limit_per_resident > 0),
        CONSTRAINT ticket_offers_close_after_open CHECK (sales_close_at > sales_open_at)
    ) {strict}""",
    "CREATE INDEX ticket_offers_open ON ticket_offers (sales_open_at, id)",
    "CREATE INDEX ticket_offers_host ON ticket_offers (host_id)",
    """CREATE TABLE offer_sessions (
        id {id},
        offer_id {int} NOT NULL REFERENCES ticket_offers (id),
        starts_at {int} NOT NULL,
        ends_at {int} NOT NULL,
        stock {int} NOT NULL,
        remaining {int} NOT NULL,
        position {int} NOT NULL,
        CONSTRAINT offer_sessions_end_after_start CHECK (ends_at > starts_at),
        CONSTRAINT offer_sessions_stock_kept CHECK (remaining >= 0 AND remaining <= stock)
    ) {strict}""",
    "CREATE INDEX offer_sessions_offer ON offer_sessions (offer_id, position)",
    """CREATE TABLE attractions (
        id {id},
        offer_id {int} NOT NULL REFERENCES ticket_offers (id),
        name TEXT NOT NULL,
        entries {int},
        position {int} NOT NULL,
        CONSTRAINT attractions_entries_positive CHECK (entries IS NULL OR entries > 0)
    ) {strict}""",
    "CREATE INDEX attractions_offer ON attractions (offer_id, position)",
    # How many tickets a resident holds of an offer: the guarded counter behind the limit.
    """CREATE TABLE offer_holdings (
        id {id},
        offer_id {int} NOT NULL REFERENCES ticket_offers (id),
        resident_id {int} NOT NULL REFERENCES residents (id),
        tickets {int} NOT NULL,
        CONSTRAINT offer_holdings_pair_unique UNIQUE (offer_id, resident_id),
        CONSTRAINT offer_holdings_not_negative CHECK (tickets >= 0)
    ) {strict}""",
    """CREATE TABLE ticket_orders (
        id {id},
        offer_id {int} NOT NULL REFERENCES ticket_offers (id),
        session_id {int} NOT NULL REFERENCES offer_sessions (id),
        resident_id {int} NOT NULL REFERENCES residents (id),
        status TEXT NOT NULL,
        quantity {int} NOT NULL,
        points_spent {int} NOT NULL,
        transfer_id {int} REFERENCES transfers (id),
        refund_transfer_id {int} REFERENCES transfers (id),
        created_by_id {int} NOT NULL REFERENCES residents (id),
        created_at {int} NOT NULL,
        refunded_at {int},
        CONSTRAINT ticket_orders_status_known CHECK (status IN ('PAID', 'REFUNDED')),
        CONSTRAINT ticket_orders_quantity_positive CHECK (quantity > 0),
        CONSTRAINT ticket_orders_paid_once CHECK ((points_spent > 0) = (transfer_id IS NOT NULL)),
        CONSTRAINT ticket_orders_refund_has_time CHECK ((status = 'REFUNDED') = (refunded_at IS NOT NULL))
    ) {strict}""",
    "CREATE INDEX ticket_orders_resident ON ticket_orders (resident_id, id)",
    "CREATE INDEX ticket_orders_session ON ticket_orders (session_id)",
    """CREATE TABLE tickets (
        id {id},
        order_id {int} NOT NULL REFERENCES ticket_orders (id),
        offer_id {int} NOT NULL REFERENCES ticket_offers (id),
        session_id {int} NOT NULL REFERENCES offer_sessions (id),
        resident_id {int} NOT NULL REFERENCES residents (id),
        serial TEXT NOT NULL CONSTRAINT tickets_serial_unique UNIQUE,
        status TEXT NOT NULL,
        CONSTRAINT tickets_status_known CHECK (status IN ('VALID', 'ADMITTED', 'REFUNDED'))
    ) {strict}""",
    "CREATE INDEX tickets_order ON tickets (order_id, id)",
    "CREATE INDEX tickets_resident ON tickets (resident_id, id)",
    "CREATE INDEX tickets_session ON tickets (session_id, status)",
    # How often a ticket was let in at a place: an attraction's id, or 0 for the main gate. The guarded counter of a scan.
    """CREATE TABLE ticket_entries (
        id {id},
        ticket_id {int} NOT NULL REFERENCES tickets (id),
        place_id {int} NOT NULL,
        used {int} NOT NULL,
        CONSTRAINT ticket_entries_pair_unique UNIQUE (ticket_id, place_id),
        CONSTRAINT ticket_entries_not_negative CHECK (used >= 0)
    ) {strict}""",
    """CREATE TABLE admissions (
        id {id},
        ticket_id {int} NOT NULL REFERENCES tickets (id),
        session_id {int} NOT NULL REFERENCES offer_sessions (id),
        attraction_id {int} REFERENCES attractions (id),
        gate TEXT NOT NULL,
        scan_id TEXT NOT NULL,
        scanned_at {int} NOT NULL,
        recorded_at {int} NOT NULL,
        recorded_by_id {int} NOT NULL REFERENCES residents (id),
        conflict {int} NOT NULL DEFAULT 0,
        undone_at {int},
        undone_by_id {int} REFERENCES residents (id),
        undo_reason TEXT,
        CONSTRAINT admissions_scan_once UNIQUE (session_id, gate, scan_id),
        CONSTRAINT admissions_conflict_known CHECK (conflict IN (0, 1)),
        CONSTRAINT admissions_undo_whole CHECK ((undone_at IS NULL) = (undone_by_id IS NULL))
    ) {strict}""",
    "CREATE INDEX admissions_ticket ON admissions (ticket_id, scanned_at)",
    "CREATE INDEX admissions_session ON admissions (session_id, id)",
]


class Migration(TortoiseMigration):
    dependencies = [("xuexi", "0003_volunteering")]
    atomic = False  # storage.migrations holds the transaction
    operations = [run_ddl(TABLES)]
