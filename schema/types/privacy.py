"""What is kept about people, and what they agreed to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import strawberry

from domain.people.rights import reads_the_book
from domain.privacy import models
from domain.privacy.export_my_data import MEDIA_TYPE
from schema.enums import ConsentPurpose
from schema.reads.declare import column, row_type, sql, to_one
from schema.reads.sources import Condition, condition
from schema.types.people import Resident


def purpose_where(purpose: ConsentPurpose | None) -> Iterator[Condition]:
    if purpose is not None:
        yield condition("{other}.purpose = :purpose", purpose=purpose)


@row_type(models.ConsentText)
class ConsentText:
    """What people are asked to agree to. For everybody; never changed."""

    purpose: ConsentPurpose = column("What it is for.")
    version: int = column("1, 2, 3 and so on, for each purpose.")
    text: str = column("What people read.")
    published_at: datetime = column("Since when it is the one to agree to.")


@row_type(models.Consent, visible="{t}.resident_id = :viewer")
class Consent:
    """The person agreed to a text."""

    text: ConsentText = to_one("What they agreed to.", "text_id")
    current: bool = sql(
        "Whether it stands and there is no newer text to agree to.",
        """CASE WHEN {t}.withdrawn_at IS NULL AND NOT EXISTS (SELECT 1 FROM consent_texts ct JOIN consent_texts cn
            ON cn.purpose = ct.purpose AND cn.version > ct.version WHERE ct.id = {t}.text_id) THEN 1 ELSE 0 END""",
        as_=bool,
    )
    given_at: datetime = column("When they agreed.")
    withdrawn_at: datetime | None = column("When they took it back; null while it stands.")


@row_type(models.PhoneReading, visible=f"({{t}}.resident_id = :viewer OR {reads_the_book()})")
class PhoneReading:
    """Somebody of the staff was shown the whole phone number. For the resident, and for auditors and administrators of a whole
    district."""

    resident: Resident = to_one("Whose number.")
    reader: Resident = to_one("Who saw it.")
    reason: str = column("What it was needed for, in the reader's words.")
    read_at: datetime = column("When.")


@strawberry.type(description="All that is kept about the signed-in person, as a file for them.")
class MyData:
    """Answered from a TextFile."""

    file_name: str = strawberry.field(description="What to call it.")
    text: str = strawberry.field(
        description="JSON: the person's numbers, and a list of rows for each table, with the names of the columns."
    )
    sha256: str = strawberry.field(description="SHA-256 of the text in UTF-8, in hex.")
    media_type: str = strawberry.field(default=MEDIA_TYPE, description="What kind of file it is.")
