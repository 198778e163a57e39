"""What the room earning must have kept: what was paid is the sum of its awards, and counters are the sums of those that stand."""

from __future__ import annotations

from ledger.audit import Check

# "points in all, by the transfer that the attendance names"; 0 is no transfer. An attendance without a line earned nothing, or
# was recorded before there were awards.
AWARD_SUMS = """SELECT n.id AS row_id, n.added AS expected, n.kept AS found FROM (
        SELECT d.id, d.points_earned || ' by ' || COALESCE(d.transfer_id, 0) AS kept,
            CAST(SUM(w.points) AS BIGINT) || ' by ' || MAX(COALESCE(w.transfer_id, 0)) AS added
        FROM awards w JOIN attendances d ON d.id = w.attendance_id GROUP BY d.id, d.points_earned, d.transfer_id) AS n
    WHERE n.added <> n.kept"""

# Positions 0, 1, 2 ...: no line is missing.
AWARD_POSITIONS = """SELECT w.attendance_id AS row_id, COUNT(*) AS expected, MAX(w.position) + 1 AS found FROM awards w
    GROUP BY w.attendance_id HAVING COUNT(*) <> MAX(w.position) + 1"""


def day_number(day: str) -> str:
    """SQL: an ISO day as a number that grows by one from day to day, from 1901 to 2099."""
    year, month, of_month = (
        f"CAST(substr({day}, {at}, {length}) AS BIGINT)" for at, length in ((1, 4), (6, 2), (9, 2))
    )
    return f"(367 * {year} - 7 * ({year} + ({month} + 9) / 12) / 4 + 275 * {month} / 9 + {of_month})"


# The rule held on the day, and is of the programme that paid. It may be ended by yesterday when today's awards are there, and by
# the day before that where a clock was set back over midnight.
AWARD_RULES = f"""SELECT w.id AS row_id, r.valid_from || '/' || COALESCE(r.valid_until, '') AS expected, w.local_day AS found
    FROM awards w JOIN earning_rules r ON r.id = w.rule_id JOIN attendances d ON d.id = w.attendance_id
    JOIN activities t ON t.id = d.activity_id JOIN programmes p ON p.code = t.points_programme
    WHERE w.local_day < r.valid_from OR p.id <> r.programme_id
    OR {day_number("w.local_day")} - {day_number("r.valid_until")} > 2"""

# Two versions of one code never hold on one day.
RULE_DAYS = """SELECT r.id AS row_id, r.version AS expected, o.version AS found FROM earning_rules r JOIN earning_rules o
    ON o.programme_id = r.programme_id AND o.code = r.code AND o.version > r.version
    WHERE r.valid_from <= COALESCE(o.valid_until, '9999') AND o.valid_from <= COALESCE(r.valid_until, '9999')
    AND r.valid_from <= COALESCE(r.valid_until, '9999') AND o.valid_from <= COALESCE(o.valid_until, '9999')"""

PERIODS = {
    "cap_per_activity": "'A:' || s.activity_id",
    "cap_per_day": "'D:' || s.local_day",
    "cap_per_week": "'W:' || s.week",
    "cap_total": "'T'",
}
# The lines of attendances that stand.
STANDING = """SELECT p.id AS programme_id, r.code, r.kind, w.cut_by, d.resident_id, d.activity_id, w.local_day, w.week, w.points
    FROM awards w JOIN attendances d ON d.id = w.attendance_id JOIN activities t ON t.id = d.activity_id
    JOIN programmes p ON p.code = t.points_programme LEFT JOIN earning_rules r ON r.id = w.rule_id WHERE d.voided_at IS NULL"""


def counted(column: str, period: str) -> str:
    """SQL: what the counters of one period must hold, for every code that caps it: its own lines, of a CAP all lines."""
    return f"""SELECT c.programme_id, c.code, s.resident_id, {period} AS period, SUM(s.points) AS points
        FROM (SELECT programme_id, code, MAX(kind) AS kind FROM earning_rules WHERE {column} IS NOT NULL
            GROUP BY programme_id, code) AS c
        JOIN standing s ON s.programme_id = c.programme_id AND (c.kind = 'CAP' OR s.code = c.code)
        WHERE s.points > 0 GROUP BY c.programme_id, c.code, s.resident_id, 4"""


FIRSTS = """SELECT s.programme_id, s.code, s.resident_id, 'F:' || s.local_day AS period, COUNT(*) AS points FROM standing s
    WHERE s.kind = 'FIRST_OF_DAY' AND COALESCE(s.cut_by, '') NOT IN ('GRADE', 'SHARE')
    GROUP BY s.programme_id, s.code, s.resident_id, s.local_day"""
ALL_COUNTED = " UNION ALL ".join([*(counted(column, period) for column, period in PERIODS.items()), FIRSTS])

# The row is the resident: a counter has no id. One that is missing counts as 0.
COUNTERS = f"""SELECT n.resident_id AS row_id, n.code || ' ' || n.period || ' ' || n.added AS expected,
        n.code || ' ' || n.period || ' ' || n.used AS found
    FROM (WITH standing AS ({STANDING}), counted AS ({ALL_COUNTED})
        SELECT b.resident_id, b.code, b.period, CAST(SUM(b.added) AS BIGINT) AS added, CAST(SUM(b.used) AS BIGINT) AS used
        FROM (SELECT programme_id, code, resident_id, period, points AS added, 0 AS used FROM counted
            UNION ALL SELECT programme_id, code, resident_id, period, 0, used FROM award_counters) AS b
        GROUP BY b.programme_id, b.code, b.resident_id, b.period) AS n
    WHERE n.added <> n.used"""

RULE_CAPS = " UNION ALL ".join(
    f"SELECT programme_id, code, kind, '{period}' AS period, {cap} AS cap FROM earning_rules"
    for period, cap in {"F": "1", **{period[1]: column for column, period in PERIODS.items()}}.items()
)
# A cap that no version of the rule has; more than any of them allows, where all have one, and nobody was merged with another.
AWARD_CAPS = f"""SELECT c.resident_id AS row_id, c.code || ' ' || c.period || ' of a cap' AS expected,
        c.code || ' ' || c.period || ' of ' || c.cap AS found
    FROM award_counters c LEFT JOIN (SELECT DISTINCT programme_id, code, period, cap FROM ({RULE_CAPS}) AS r) AS k
        ON k.programme_id = c.programme_id AND k.code = c.code AND k.period = substr(c.period, 1, 1) AND k.cap = c.cap
    WHERE c.cap IS NOT NULL AND k.cap IS NULL
    UNION ALL
    SELECT c.resident_id, c.code || ' ' || c.period || ' ' || m.most, c.code || ' ' || c.period || ' ' || c.used
    FROM award_counters c JOIN (SELECT r.programme_id, r.code, r.period, MAX(r.cap) AS most FROM ({RULE_CAPS}) AS r
        GROUP BY r.programme_id, r.code, r.period HAVING COUNT(*) = COUNT(r.cap) AND MAX(r.kind) <> 'CAP') AS m
        ON m.programme_id = c.programme_id AND m.code = c.code AND m.period = substr(c.period, 1, 1)
    WHERE c.used > m.most AND NOT EXISTS (SELECT 1 FROM residents g WHERE g.merged_into_id = c.resident_id)"""

CHECKS = (
    Check("award_sums", AWARD_SUMS),
    Check("award_positions", AWARD_POSITIONS),
    Check("award_rules", AWARD_RULES),
    Check("rule_days", RULE_DAYS),
    Check("award_counters", COUNTERS),
    Check("award_caps", AWARD_CAPS),
)
