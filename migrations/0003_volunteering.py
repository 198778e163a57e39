"""Activities, partners, shifts, sign-ups and attendances, and the index that finds two Chinese characters."""

from tortoise.migrations.migration import Migration as TortoiseMigration

from storage.ddl import run_ddl

TABLES = [
    """CREATE TABLE activities (
        id {id},
        kind TEXT NOT NULL,
        title TEXT NOT NULL,
        summary TEXT NOT NULL,
        status TEXT NOT NULL,
        host_id {int} NOT NULL REFERENCES organisations (id),
        area_id {int} NOT NULL REFERENCES areas (id),
        venue TEXT NOT NULL,
        latitude {float},
        longitude {float},
        starts_at {int} NOT NULL,
        ends_at {int} NOT NULL,
        sign_up_closes_at {int},
        capacity {int},
        waitlist_limit {int} NOT NULL DEFAULT 500,
        confirmed_count {int} NOT NULL DEFAULT 0,
        waitlist_count {int} NOT NULL DEFAULT 0,
        attendance_count {int} NOT NULL DEFAULT 0,
        arrivals {int} NOT NULL DEFAULT 0,
        points_programme TEXT NOT NULL REFERENCES programmes (code),
        points_per_attendance {int} NOT NULL,
        points_per_hour {int} NOT NULL,
        points_cap {int} NOT NULL,
        search_text TEXT NOT NULL,
        created_by_id {int} NOT NULL REFERENCES residents (id),
        created_at {int} NOT NULL,
        published_at {int},
        cancelled_at {int},
        cancel_reason TEXT,
        CONSTRAINT activities_kind_known CHECK (kind IN ('CLINIC', 'ANTI_FRAUD', 'CLEANUP', 'DISASTER_PREPAREDNESS',
            'SAFETY_INSPECTION', 'STUDY_PROMOTION', 'READING', 'CULTURE', 'FESTIVAL', 'FARM_AID', 'CENSUS',
            'COMMUNITY_SERVICE', 'OTHER')),
        CONSTRAINT activities_status_known CHECK (status IN ('DRAFT', 'PUBLISHED', 'CANCELLED', 'COMPLETED')),
        CONSTRAINT activities_end_after_start CHECK (ends_at > starts_at),
        CONSTRAINT activities_places_kept CHECK (confirmed_count >= 0 AND waitlist_count >= 0 AND attendance_count >= 0
            AND (capacity IS NULL OR confirmed_count <= capacity)),
        CONSTRAINT activities_points_not_negative CHECK (points_per_attendance >= 0 AND points_per_hour >= 0 AND points_cap >= 0),
        CONSTRAINT activities_cancel_has_reason CHECK ((status = 'CANCELLED') = (cancel_reason IS NOT NULL))
    ) {strict}""",
    "CREATE INDEX activities_start ON activities (starts_at, id)",
    "CREATE INDEX activities_host ON activities (host_id)",
    "CREATE INDEX activities_area ON activities (area_id)",
    """CREATE TABLE activity_partners (
        id {id},
        activity_id {int} NOT NULL REFERENCES activities (id),
        organisation_id {int} NOT NULL REFERENCES organisations (id),
        position {int} NOT NULL,
        CONSTRAINT activity_partners_once UNIQUE (activity_id, organisation_id)
    ) {strict}""",
    # Which texts hold which two neighbouring characters (docs/decisions/0003).
    """CREATE TABLE activity_grams (
        gram TEXT NOT NULL,
        activity_id {int} NOT NULL REFERENCES activities (id),
        CONSTRAINT activity_grams_pkey PRIMARY KEY (gram, activity_id)
    ) {strict}""",
    """CREATE TABLE shifts (
        id {id},
        activity_id {int} NOT NULL REFERENCES activities (id),
        name TEXT NOT NULL,
        starts_at {int} NOT NULL,
        ends_at {int} NOT NULL,
        capacity {int},
        confirmed_count {int} NOT NULL DEFAULT 0,
        waitlist_count {int} NOT NULL DEFAULT 0,
        position {int} NOT NULL,
        CONSTRAINT shifts_end_after_start CHECK (ends_at > starts_at),
        CONSTRAINT shifts_places_kept CHECK (confirmed_count >= 0 AND waitlist_count >= 0
            AND (capacity IS NULL OR confirmed_count <= capacity))
    ) {strict}""",
    "CREATE INDEX shifts_activity ON shifts (activity_id, position)",
    """CREATE TABLE sign_ups (
        id {id},
        activity_id {int} NOT NULL REFERENCES activities (id),
        shift_id {int} NOT NULL REFERENCES shifts (id),
        resident_id {int} NOT NULL REFERENCES residents (id),
        status TEXT NOT NULL,
        arrival {int} NOT NULL,
        created_at {int} NOT NULL,
        confirmed_at {int},
        cancelled_at {int},
        CONSTRAINT sign_ups_status_known CHECK (status IN ('CONFIRMED', 'WAITLISTED', 'CANCELLED')),
        CONSTRAINT sign_ups_arrival_once UNIQUE (activity_id, arrival)
    ) {strict}""",
    "CREATE UNIQUE INDEX sign_ups_standing_once ON sign_ups (shift_id, resident_id) WHERE status <> 'CANCELLED'",
    "CREATE INDEX sign_ups_resident ON sign_ups (resident_id, activity_id)",
    "CREATE INDEX sign_ups_waiting ON sign_ups (activity_id, arrival) WHERE status = 'WAITLISTED'",
    """CREATE TABLE attendances (
        id {id},
        activity_id {int} NOT NULL REFERENCES activities (id),
        shift_id {int} NOT NULL REFERENCES shifts (id),
        resident_id {int} NOT NULL REFERENCES residents (id),
        checked_in_at {int} NOT NULL,
        checked_out_at {int} NOT NULL,
        served_seconds {int} NOT NULL,
        method TEXT NOT NULL,
        recorded_by_id {int} NOT NULL REFERENCES residents (id),
        recorded_at {int} NOT NULL,
        points_earned {int} NOT NULL,
        transfer_id {int} REFERENCES transfers (id),
        voided_at {int},
        void_reason TEXT,
        voided_by_id {int} REFERENCES residents (id),
        CONSTRAINT attendances_method_known CHECK (method IN ('ORGANISER', 'MEMBER_CODE', 'SELF_CHECK_IN', 'IMPORT')),
        CONSTRAINT attendances_out_after_in CHECK (checked_out_at > checked_in_at AND served_seconds >= 0),
        CONSTRAINT attendances_paid_once CHECK ((points_earned > 0) = (transfer_id IS NOT NULL)),
        CONSTRAINT attendances_void_has_reason CHECK ((voided_at IS NULL) = (void_reason IS NULL))
    ) {strict}""",
    "CREATE UNIQUE INDEX attendances_standing_once ON attendances (shift_id, resident_id) WHERE voided_at IS NULL",
    "CREATE INDEX attendances_activity ON attendances (activity_id, id)",
    "CREATE INDEX attendances_resident ON attendances (resident_id, id)",
]


class Migration(TortoiseMigration):
    dependencies = [("xuexi", "0002_ledger")]
    atomic = False  # storage.migrations holds the transaction
    operations = [run_ddl(TABLES)]
