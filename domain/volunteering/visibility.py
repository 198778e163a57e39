"""Who may know of activities, shifts, sign-ups and attendances, as SQL over a row's alias and `:viewer`.

An activity and its shifts: everybody, once it was published; before that, and when it is cancelled before that, the host's
organisers. A sign-up: its resident, the
activity's organisers. An attendance: its resident, the activity's organisers, the host's administrators (who may void
it), readers of the book. An alarm: the host's administrators, readers of the book, but nobody whom it is about.
"""

from __future__ import annotations

from domain.people.merged import kept_sql
from domain.people.rights import Role, holds_role_over_organisation, reads_the_book


def organises(t: str) -> str:
    """SQL: `:viewer` is an organiser of the activities row `t`."""
    return holds_role_over_organisation(Role.ORGANISER, f"{t}.host_id")


def administers(t: str) -> str:
    """SQL: `:viewer` is an administrator over the host of the activities row `t`."""
    return holds_role_over_organisation(Role.ADMIN, f"{t}.host_id")


def decides_on_attendances(t: str) -> str:
    """SQL: `:viewer` may approve, reject and void attendances of the activities row `t`, by their role."""
    return f"({organises(t)} OR {administers(t)})"


def of_its_activity(t: str, condition: str) -> str:
    """SQL: the condition holds for `va`, the activity of the row `t`."""
    return f"EXISTS (SELECT 1 FROM activities va WHERE va.id = {t}.activity_id AND {condition})"


def organises_activity_of(t: str) -> str:
    """SQL: `:viewer` is an organiser of the activity of the row `t`."""
    return of_its_activity(t, organises("va"))


def sees_activity(t: str) -> str:
    """SQL: `:viewer` may know of the activities row `t`."""
    return f"({t}.status = 'PUBLISHED' OR {t}.published_at IS NOT NULL OR {organises(t)})"


def sees_part_of_activity(t: str) -> str:
    """SQL: `:viewer` may know of the shifts row `t`."""
    return of_its_activity(t, sees_activity("va"))


def sees_sign_up(t: str) -> str:
    """SQL: `:viewer` may know of the sign_ups row `t`."""
    return f"({t}.resident_id = :viewer OR {organises_activity_of(t)})"


def sees_attendance(t: str) -> str:
    """SQL: `:viewer` may know of the attendances row `t`."""
    staff = of_its_activity(t, decides_on_attendances("va"))
    return f"({t}.resident_id = :viewer OR {staff} OR {reads_the_book()})"


def sees_alarm(t: str) -> str:
    """SQL: `:viewer` may know of the alarms row `t`: a reader of the book or an administrator over the host, never one whom
    it is about."""
    return f"""(({reads_the_book()} OR {of_its_activity(t, administers("va"))}) AND {kept_sql(f"{t}.organiser_id")} <> :viewer
        AND ({t}.resident_id IS NULL OR {t}.resident_id <> :viewer))"""
