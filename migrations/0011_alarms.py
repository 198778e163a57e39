"""What somebody should look into: alarms about how attendances were recorded."""

from tortoise.migrations.migration import Migration as TortoiseMigration

from storage.ddl import run_ddl

TABLES = [
    """CREATE TABLE alarms (
        id {id},
        kind TEXT NOT NULL,
        activity_id {int} NOT NULL REFERENCES activities (id),
        shift_id {int} NOT NULL REFERENCES shifts (id),
        organiser_id {int} NOT NULL REFERENCES residents (id),
        resident_id {int} REFERENCES residents (id),
        attendance_id {int} REFERENCES attendances (id),
        other_attendance_id {int} REFERENCES attendances (id),
        people {int} NOT NULL,
        minutes {int} NOT NULL,
        raised_at {int} NOT NULL,
        settled_at {int},
        settled_by_id {int} REFERENCES residents (id),
        note TEXT,
        CONSTRAINT alarms_kind_known CHECK (kind IN ('MANY_ENTRIES', 'TWO_PLACES', 'RECORDED_AFTER_CREATION')),
        CONSTRAINT alarms_two_places_whole CHECK ((kind = 'TWO_PLACES') = (resident_id IS NOT NULL)
            AND (kind = 'TWO_PLACES') = (attendance_id IS NOT NULL)
            AND (kind = 'TWO_PLACES') = (other_attendance_id IS NOT NULL)),
        CONSTRAINT alarms_figures_not_negative CHECK (people > 0 AND minutes >= 0),
        CONSTRAINT alarms_settled_whole CHECK ((settled_at IS NULL) = (settled_by_id IS NULL)
            AND (settled_at IS NULL) = (note IS NULL)),
        CONSTRAINT alarms_settled_by_another CHECK (settled_by_id <> organiser_id)
    ) {strict}""",
    "CREATE INDEX alarms_raised ON alarms (raised_at, id)",
    "CREATE INDEX alarms_open ON alarms (raised_at, id) WHERE settled_at IS NULL",
    "CREATE INDEX alarms_organiser ON alarms (organiser_id, kind, raised_at)",
    "CREATE UNIQUE INDEX alarms_two_places_once ON alarms (attendance_id, other_attendance_id) WHERE kind = 'TWO_PLACES'",
    "CREATE UNIQUE INDEX alarms_creation_once ON alarms (shift_id, organiser_id) WHERE kind = 'RECORDED_AFTER_CREATION'",
    # What the three questions of a recording are answered by: whom did this organiser enter lately, and where else is this
    # resident said to be.
    """CREATE INDEX attendances_unscanned ON attendances (recorded_by_id, recorded_at)
        WHERE grade IN ('ORGANISER_LIST', 'ENTERED_AFTERWARDS')""",
    "CREATE INDEX attendances_presence ON attendances (resident_id, checked_out_at) WHERE voided_at IS NULL",
]


class Migration(TortoiseMigration):
    dependencies = [("xuexi", "0010_claims")]
    atomic = False  # storage.migrations holds the transaction
    operations = [run_ddl(TABLES)]
