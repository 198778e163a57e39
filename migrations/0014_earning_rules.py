"""Dated earning rules, what each gave for an attendance, and the counters that their caps are kept by."""

from tortoise.migrations.migration import Migration as TortoiseMigration

from storage.ddl import run_ddl

GRADES = "'SCANNED_IN_AND_OUT', 'SCANNED_ONCE', 'ORGANISER_LIST', 'ENTERED_AFTERWARDS'"
CUTS = "'ATTENDANCE_CAP', 'ACTIVITY_CAP', 'DAY_CAP', 'WEEK_CAP', 'TOTAL_CAP', 'GRADE', 'SHARE'"

TABLES = [
    # Days are the programme's own, as 2026-11-25. A version that was replaced before it began ends before it begins.
    f"""CREATE TABLE earning_rules (
        id {{id}},
        programme_id {{int}} NOT NULL REFERENCES programmes (id),
        code TEXT NOT NULL,
        version {{int}} NOT NULL,
        name TEXT NOT NULL,
        kind TEXT NOT NULL,
        points {{int}} NOT NULL,
        valid_from TEXT NOT NULL,
        valid_until TEXT,
        cap_per_activity {{int}},
        cap_per_day {{int}},
        cap_per_week {{int}},
        cap_total {{int}},
        lowest_grade TEXT NOT NULL,
        least_share {{int}} NOT NULL,
        activity_kinds TEXT NOT NULL,
        published_at {{int}} NOT NULL,
        published_by_id {{int}} NOT NULL REFERENCES residents (id),
        CONSTRAINT earning_rules_version_once UNIQUE (programme_id, code, version),
        CONSTRAINT earning_rules_kind_known CHECK (kind IN ('PER_ATTENDANCE', 'PER_HOUR', 'FIRST_OF_DAY', 'PER_UNIT',
            'SCORE_BAND', 'CAP')),
        CONSTRAINT earning_rules_grade_known CHECK (lowest_grade IN ({GRADES})),
        CONSTRAINT earning_rules_figures_in_range CHECK (version >= 1 AND points >= 0 AND least_share BETWEEN 0 AND 100
            AND COALESCE(cap_per_activity, 0) >= 0 AND COALESCE(cap_per_day, 0) >= 0 AND COALESCE(cap_per_week, 0) >= 0
            AND COALESCE(cap_total, 0) >= 0)
    ) {{strict}}""",
    "CREATE UNIQUE INDEX earning_rules_open_once ON earning_rules (programme_id, code) WHERE valid_until IS NULL",
    """CREATE TABLE earning_rule_bands (
        id {id},
        rule_id {int} NOT NULL REFERENCES earning_rules (id),
        from_score {int} NOT NULL,
        points {int} NOT NULL,
        CONSTRAINT earning_rule_bands_once UNIQUE (rule_id, from_score),
        CONSTRAINT earning_rule_bands_not_negative CHECK (from_score >= 0 AND points >= 0)
    ) {strict}""",
    # A line of what an attendance earned; without a rule it is the activity's own. `week` is local_day's, as 2026-W48.
    f"""CREATE TABLE awards (
        id {{id}},
        attendance_id {{int}} NOT NULL REFERENCES attendances (id),
        position {{int}} NOT NULL,
        transfer_id {{int}} REFERENCES transfers (id),
        rule_id {{int}} REFERENCES earning_rules (id),
        local_day TEXT NOT NULL,
        week TEXT NOT NULL,
        basis {{int}} NOT NULL,
        would_have_given {{int}} NOT NULL,
        points {{int}} NOT NULL,
        cut_by TEXT,
        cut_rule_id {{int}} REFERENCES earning_rules (id),
        cut_limit {{int}},
        CONSTRAINT awards_position_once UNIQUE (attendance_id, position),
        CONSTRAINT awards_points_within CHECK (would_have_given > 0 AND points BETWEEN 0 AND would_have_given),
        CONSTRAINT awards_cut_has_reason CHECK ((points < would_have_given) = (cut_by IS NOT NULL)),
        CONSTRAINT awards_cut_known CHECK (cut_by IS NULL OR cut_by IN ({CUTS})),
        CONSTRAINT awards_paid_by_transfer CHECK (points = 0 OR transfer_id IS NOT NULL)
    ) {{strict}}""",
    # What a resident had by a code in an activity, day, week or ever (domain/earning/slots.py); the cap kept when it last grew.
    """CREATE TABLE award_counters (
        programme_id {int} NOT NULL REFERENCES programmes (id),
        code TEXT NOT NULL,
        resident_id {int} NOT NULL REFERENCES residents (id),
        period TEXT NOT NULL,
        used {int} NOT NULL,
        cap {int},
        CONSTRAINT award_counters_pkey PRIMARY KEY (programme_id, code, resident_id, period),
        CONSTRAINT award_counters_within_cap CHECK (used >= 0 AND (cap IS NULL OR used <= cap))
    ) {strict}""",
    """ALTER TABLE attendances ADD COLUMN units {int} CONSTRAINT attendances_units_not_negative CHECK (units >= 0)""",
    """ALTER TABLE attendances ADD COLUMN score {int} CONSTRAINT attendances_score_not_negative CHECK (score >= 0)""",
    # The lines again, as JSON, so that words can be made of them without reading rows (schema/explaining.py).
    """ALTER TABLE attendances ADD COLUMN award_lines TEXT""",
]

FIXED = """id, programme_id, code, version, name, kind, points, valid_from, cap_per_activity, cap_per_day, cap_per_week,
    cap_total, lowest_grade, least_share, activity_kinds, published_at, published_by_id"""
NEVER = ("earning_rule_bands", "awards")

# (name, event and table, condition): a published rule may only end, and only earlier than it would have.
REFUSED = [
    ("earning_rules_no_update", f"UPDATE OF {FIXED} ON earning_rules", ""),
    (
        "earning_rules_no_longer",
        "UPDATE OF valid_until ON earning_rules",
        "WHEN (NEW.valid_until IS NULL OR NEW.valid_until > OLD.valid_until)",
    ),
    ("earning_rules_no_delete", "DELETE ON earning_rules", ""),
    *((f"{table}_no_{act.lower()}", f"{act} ON {table}", "") for table in NEVER for act in ("UPDATE", "DELETE")),
]
SQLITE_TRIGGERS = [
    f"""CREATE TRIGGER {name} BEFORE {event} {condition}
        BEGIN SELECT RAISE(ABORT, '{event.split()[-1]} are never changed'); END"""
    for name, event, condition in REFUSED
]
POSTGRES_TRIGGERS = [
    *(
        f"CREATE TRIGGER {name} BEFORE {event} FOR EACH ROW {condition} EXECUTE FUNCTION refuse_change()"
        for name, event, condition in REFUSED
    ),
    *(
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} EXECUTE FUNCTION refuse_change()"
        for table in ("earning_rules", *NEVER)
    ),
]


class Migration(TortoiseMigration):
    dependencies = [("xuexi", "0013_account_changes")]
    atomic = False  # storage.migrations holds the transaction
    operations = [run_ddl(TABLES), run_ddl(SQLITE_TRIGGERS, only="sqlite"), run_ddl(POSTGRES_TRIGGERS, only="postgres")]
