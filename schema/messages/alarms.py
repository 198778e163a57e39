"""The sentence that an alarm says to whoever looks into it."""

from __future__ import annotations

from domain.volunteering.states import AlarmKind
from schema.reads.arguments import Text

CREATED_LATE = "CREATED_LATE"
ALARMS: dict[str, Text] = {
    AlarmKind.MANY_ENTRIES: Text(
        "“{title}”等活动：同一组织者在 {minutes} 分钟内录入 {people} 人，均未扫码。",
        "'{title}' and others: one organiser entered {people} within {minutes} min, none of them scanned.",
    ),
    AlarmKind.TWO_PLACES: Text(
        "同一居民同时出现在“{title}”和“{other_title}”，重叠 {minutes} 分钟。",
        "The same resident was at '{title}' and at '{other_title}' at the same time, for {minutes} min.",
    ),
    AlarmKind.RECORDED_AFTER_CREATION: Text(
        "“{title}”创建仅 {minutes} 分钟，就登记了 {people} 人的服务时长。",
        "'{title}' was created only {minutes} min before hours were recorded (people on the list: {people}).",
    ),
    CREATED_LATE: Text(
        "“{title}”在班次开始 {late} 分钟后才创建，随后登记了 {people} 人的服务时长。",
        "'{title}' was created {late} min after the shift had begun; then hours were recorded (people on the list: {people}).",
    ),
}
