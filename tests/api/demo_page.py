"""What the newspaper page tells, as rows."""

from __future__ import annotations

from api.demo.activities import DEMO_ACTIVITIES
from domain.audit import audit_everything
from storage import fetch, read


async def counted(table: str, condition: str = "1 = 1", *params: object) -> int:
    [[count]] = await fetch(f"SELECT COUNT(*) FROM {table} WHERE {condition}", *params)
    assert isinstance(count, int)
    return count


async def check_the_whole_page() -> None:
    titles = {title for (title,) in await fetch("SELECT title FROM activities")}
    assert titles == {activity.title for activity in DEMO_ACTIVITIES}
    assert len(titles) == 11
    assert await counted("ticket_offers") == 3
    assert await counted("attractions", "name IN ('恐龙乐园', '萌宠乐园', '文艺演出', '马戏团表演', '斗羊表演')") == 7
    assert await counted("residents", "display_name LIKE '示例居民%'") == 200
    assert await counted("role_grants") == 25
    assert await counted("sign_ups", "status = 'WAITLISTED'") == 3
    assert await counted("sign_ups") == 197
    assert await counted("attendances") == 84
    assert await counted("ticket_orders") == 33
    assert await counted("attendances", "approval = 'PENDING' AND reason LIKE '%示例%'") >= 1
    assert await counted("earning_rules", "name LIKE '%示例%'") == 3
    assert await counted("awards", "points = 2 AND rule_id IS NOT NULL") > 15, "two hours were scanned"
    assert await counted("awards", "cut_by = 'GRADE'") > 4, "those who were not scanned earn nothing, and read why"
    assert await counted("tickets", "status = 'ADMITTED'") == 16
    assert await counted("claims", "masked_account LIKE '%示例%'") == 5
    assert await counted("claims", "status = 'PENDING'") == 2
    assert await read(audit_everything) == []
