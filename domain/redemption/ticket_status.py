"""A ticket's status as people see it. That it is out of date is never stored: it follows from the session's end."""

from __future__ import annotations

from datetime import timedelta

# Families come early and queue; helpers let them through the outer gate while the show is still being set up. It is
# also how early a helper may check in to a shift, so that one figure holds for a whole fairground.
GATES_OPEN_BEFORE = timedelta(hours=2)

# VALID, ADMITTED, REFUNDED or EXPIRED, of the tickets row {t} at :now (microseconds).
STATUS_AT = """CASE WHEN {t}.status = 'VALID' AND
    (SELECT ts.ends_at FROM offer_sessions ts WHERE ts.id = {t}.session_id) <= :now THEN 'EXPIRED' ELSE {t}.status END"""

# Tickets of the offer_sessions row {t} that were let in and are not refunded.
ADMITTED_COUNT = "(SELECT COUNT(*) FROM tickets ak WHERE ak.session_id = {t}.id AND ak.status = 'ADMITTED')"
