"""Areas, organisations, residents and their role grants, sign-in codes, sessions and tokens."""

from tortoise.migrations.migration import Migration as TortoiseMigration

from storage.ddl import run_ddl

PLACES = [
    """CREATE TABLE areas (
        id {id},
        code TEXT NOT NULL CONSTRAINT areas_code_unique UNIQUE,
        name TEXT NOT NULL,
        level TEXT NOT NULL,
        parent_id {int} REFERENCES areas (id),
        managed_by_id {int} REFERENCES areas (id),
        CONSTRAINT areas_level_known CHECK (level IN ('DISTRICT', 'SUBDISTRICT', 'TOWN', 'COMMUNITY', 'VILLAGE', 'GRID'))
    ) {strict}""",
    "CREATE INDEX areas_parent ON areas (parent_id, code)",
    # Both closures hold every area with itself at distance 0.
    """CREATE TABLE area_within (
        id {id},
        area_id {int} NOT NULL REFERENCES areas (id),
        ancestor_id {int} NOT NULL REFERENCES areas (id),
        distance {int} NOT NULL,
        CONSTRAINT area_within_pair_unique UNIQUE (area_id, ancestor_id)
    ) {strict}""",
    "CREATE INDEX area_within_ancestor ON area_within (ancestor_id, area_id)",
    """CREATE TABLE area_management (
        id {id},
        area_id {int} NOT NULL REFERENCES areas (id),
        manager_id {int} NOT NULL REFERENCES areas (id),
        distance {int} NOT NULL,
        CONSTRAINT area_management_pair_unique UNIQUE (area_id, manager_id)
    ) {strict}""",
    "CREATE INDEX area_management_manager ON area_management (manager_id, area_id)",
    """CREATE TABLE organisations (
        id {id},
        name TEXT NOT NULL,
        kind TEXT NOT NULL,
        area_id {int} NOT NULL REFERENCES areas (id),
        CONSTRAINT organisations_name_unique UNIQUE (area_id, name),
        CONSTRAINT organisations_kind_known CHECK (kind IN ('COMMUNITY_COMMITTEE', 'CIVIL_PRACTICE_STATION', 'GOVERNMENT',
            'HOSPITAL', 'COMPANY', 'SCHOOL', 'ASSOCIATION', 'OTHER'))
    ) {strict}""",
]

PEOPLE = [
    """CREATE TABLE residents (
        id {id},
        display_name TEXT NOT NULL,
        phone_sealed {bytes},
        phone_digest TEXT CONSTRAINT residents_phone_unique UNIQUE,
        area_id {int} REFERENCES areas (id),
        sign_up_version {int} NOT NULL DEFAULT 0,
        created_at {int} NOT NULL,
        CONSTRAINT residents_phone_whole CHECK ((phone_sealed IS NULL) = (phone_digest IS NULL))
    ) {strict}""",
    """CREATE TABLE role_grants (
        id {id},
        resident_id {int} NOT NULL REFERENCES residents (id),
        role TEXT NOT NULL,
        area_id {int} REFERENCES areas (id),
        organisation_id {int} REFERENCES organisations (id),
        granted_at {int} NOT NULL,
        granted_by_id {int} REFERENCES residents (id),
        revoked_at {int},
        revoked_by_id {int} REFERENCES residents (id),
        CONSTRAINT role_grants_role_known CHECK (role IN ('ORGANISER', 'GATE_STAFF', 'AUDITOR', 'ADMIN')),
        CONSTRAINT role_grants_over_one CHECK ((area_id IS NULL) <> (organisation_id IS NULL))
    ) {strict}""",
    """CREATE UNIQUE INDEX role_grants_area_once ON role_grants (resident_id, role, area_id)
        WHERE revoked_at IS NULL AND area_id IS NOT NULL""",
    """CREATE UNIQUE INDEX role_grants_organisation_once ON role_grants (resident_id, role, organisation_id)
        WHERE revoked_at IS NULL AND organisation_id IS NOT NULL""",
    # Every right is asked for by who holds it, over areas and organisations at once: neither index above serves that.
    "CREATE INDEX role_grants_resident ON role_grants (resident_id, role) WHERE revoked_at IS NULL",
    """CREATE TABLE sign_in_codes (
        id {id},
        phone_digest TEXT NOT NULL,
        code_digest TEXT NOT NULL,
        created_at {int} NOT NULL,
        expires_at {int} NOT NULL,
        tries_left {int} NOT NULL,
        used_at {int},
        CONSTRAINT sign_in_codes_tries CHECK (tries_left >= 0)
    ) {strict}""",
    "CREATE INDEX sign_in_codes_phone ON sign_in_codes (phone_digest, created_at)",
    # One row for each phone that asked for a code: the guarded counter behind RATE_LIMITED.
    """CREATE TABLE sign_in_limits (
        id {id},
        phone_digest TEXT NOT NULL CONSTRAINT sign_in_limits_phone_unique UNIQUE,
        last_sent_at {int} NOT NULL,
        day_began_at {int} NOT NULL,
        sent_that_day {int} NOT NULL
    ) {strict}""",
    """CREATE TABLE sessions (
        id {id},
        resident_id {int} NOT NULL REFERENCES residents (id),
        created_at {int} NOT NULL,
        expires_at {int} NOT NULL,
        refreshed_at {int},
        device_name TEXT,
        ended_at {int},
        end_reason TEXT,
        CONSTRAINT sessions_end_reason_known CHECK (end_reason IN ('SIGNED_OUT', 'ENDED', 'TOKEN_REUSED', 'MERGED',
            'DISABLED', 'ERASED')),
        CONSTRAINT sessions_end_has_reason CHECK ((ended_at IS NULL) = (end_reason IS NULL))
    ) {strict}""",
    "CREATE INDEX sessions_resident ON sessions (resident_id)",
    # A token itself is never stored, only its SHA-256.
    """CREATE TABLE session_tokens (
        id {id},
        digest TEXT NOT NULL CONSTRAINT session_tokens_digest_unique UNIQUE,
        session_id {int} NOT NULL REFERENCES sessions (id),
        kind TEXT NOT NULL,
        expires_at {int} NOT NULL,
        used_at {int},
        CONSTRAINT session_tokens_kind_known CHECK (kind IN ('ACCESS', 'REFRESH'))
    ) {strict}""",
    "CREATE INDEX session_tokens_session ON session_tokens (session_id)",
]


class Migration(TortoiseMigration):
    initial = True
    atomic = False  # storage.migrations holds the transaction
    operations = [run_ddl(PLACES), run_ddl(PEOPLE)]
