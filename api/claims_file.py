"""Taking over a file of statements from the command line, on behalf of somebody of the host's staff."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from api.clock import system_clock
from api.commands import DONE, NOT_AS_IT_SHOULD_BE, opened_and_migrated
from api.settings import Settings
from domain.claims.import_claims import ImportClaimsWish, import_claims, try_import
from domain.claims.imported_row import ImportedRow
from domain.claims.statement_csv import MOST_BYTES, decode_statements
from domain.claims.states import RowOutcome
from domain.people.caller import Caller
from domain.people.find_resident import find_resident_by_phone
from domain.people.phone import parse_phone
from domain.places.find_organisation import find_organisation
from schema.messages.imported_rows import said_of_row
from storage import Reader, read

OUTCOMES = {
    RowOutcome.PAID: "入账 · paid",
    RowOutcome.PENDING: "待复核 · waiting for a second person",
    RowOutcome.ALREADY_CLAIMED: "已核验过 · already attested",
    RowOutcome.REFUSED: "未处理 · refused",
}


@dataclass(frozen=True, slots=True)
class FileWish:
    """Which file, for which host (by the code of its area and its name), by whom (by their phone); `dry_run` writes nothing."""

    path: str
    host_area: str
    host: str
    staff: str
    programme: str
    dry_run: bool


async def import_file(settings: Settings, wish: FileWish) -> int:
    """The good rows of the file are claims, or would be; each row's answer is printed. Raises Refusal."""
    try:
        content = content_of(Path(wish.path))
    except OSError as error:
        print(f"无法读取文件 · the file cannot be read: {error.strerror}")
        return NOT_AS_IT_SHOULD_BE
    csv, phone = decode_statements(content), parse_phone(wish.staff, "as")

    async def find(reader: Reader) -> tuple[int, int]:
        host_id = await find_organisation(reader, wish.host_area, wish.host, "host")
        return host_id, await find_resident_by_phone(reader, phone, "as")

    async with opened_and_migrated(settings):
        host_id, staff_id = await read(find)
        asked = ImportClaimsWish(
            host_id=host_id, programme=wish.programme, csv=csv, idempotency_key=f"import-claims-{secrets.token_hex(16)}"
        )
        act = try_import if wish.dry_run else import_claims
        rows = await act(Caller(staff_id), asked, system_clock())
    print("\n".join(report_of(rows, wish)))
    return NOT_AS_IT_SHOULD_BE if any(row.outcome is RowOutcome.REFUSED for row in rows) else DONE


def content_of(path: Path) -> bytes:
    """The file's bytes, or so many of them that it is refused for its length. Raises OSError."""
    with path.open("rb") as file:
        return file.read(MOST_BYTES + 1)


def report_of(rows: Sequence[ImportedRow], wish: FileWish) -> list[str]:
    """A line for each row, and how many of each kind. Nothing of the file is repeated: it holds phone numbers."""
    counted = Counter(row.outcome for row in rows)
    lines = [f"{row.number}: {said_of_row(row, 'zh-CN')} · {said_of_row(row, 'en')}" for row in rows]
    sums = [f"{OUTCOMES[outcome]}: {counted[outcome]}" for outcome in RowOutcome]
    trial = ["试算，未写入任何内容 · a dry run: nothing was written"] if wish.dry_run else []
    return [*lines, "", *sums, *trial]
