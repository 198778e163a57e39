"""Alarms: what somebody should look into."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from domain.volunteering import models
from domain.volunteering.states import AlarmKind
from domain.volunteering.visibility import sees_alarm
from schema.messages.alarms import ALARMS, CREATED_LATE
from schema.reads.asking import Asking
from schema.reads.declare import Node, column, computed, row_type, to_one
from schema.types.people import Resident
from schema.types.volunteering import Activity, Attendance, Shift

MICROS_OF_A_MINUTE = 60_000_000
OTHER_TITLE = """(SELECT oa.title FROM attendances od JOIN activities oa ON oa.id = od.activity_id
    WHERE od.id = {t}.other_attendance_id)"""


def message(kind: str, created_at: int, starts_at: int, asking: Asking, **figures: Any) -> str:
    """The alarm in a sentence, in the language of whoever asks."""
    is_late = kind == AlarmKind.RECORDED_AFTER_CREATION and created_at > starts_at
    words = ALARMS[CREATED_LATE if is_late else kind].said_in(asking.language)
    return words.format(late=(created_at - starts_at) // MICROS_OF_A_MINUTE, **figures)


@row_type(models.Alarm, visible=sees_alarm("{t}"))
class Alarm(Node):
    """Something about how attendances were recorded that somebody should look into. It kept nothing from happening.

    Seen by auditors and administrators of a district and by administrators over the host, but never by whom it is about.
    """

    kind: AlarmKind = column("What looks wrong.")
    message: str = computed(
        "The same in a sentence, in the language of Accept-Language.",
        needs={
            "kind": "kind",
            "people": "people",
            "minutes": "minutes",
            "title": "activity.title",
            "other_title": OTHER_TITLE,
            "created_at": "activity.created_at",
            "starts_at": "shift.starts_at",
        },
        by=message,
    )
    activity: Activity = to_one("The activity whose list raised it.")
    shift: Shift = to_one("The shift whose list raised it.")
    organiser: Resident = to_one("Who recorded it: whom the alarm is about.", "organiser_id")
    resident: Resident | None = to_one("TWO_PLACES: who is said to have been in both.")
    attendance: Attendance | None = to_one("TWO_PLACES: the attendance that was recorded later.")
    other_attendance: Attendance | None = to_one("TWO_PLACES: the one that was there already.", "other_attendance_id")
    people: int = column(
        "MANY_ENTRIES: how many were entered within `minutes`, more while it goes on. RECORDED_AFTER_CREATION: how many were "
        "on the first list. TWO_PLACES: 1."
    )
    minutes: int = column(
        "MANY_ENTRIES: the time that is looked at. TWO_PLACES: how long both have in common. RECORDED_AFTER_CREATION: from the "
        "activity's creation to the recording."
    )
    raised_at: datetime = column("When it was raised.")
    settled_at: datetime | None = column("When somebody settled it; null while nobody did.")
    settled_by: Resident | None = to_one("Who settled it.", "settled_by_id")
    note: str | None = column("What they found.")
