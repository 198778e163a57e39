"""The New Year fair of the page, and two examples beside it that show the other rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time

from api.demo.places import CENTRE

FAIR_TITLE = "少康湖新年游乐汇·学习强国积分兑门票"
FAIR_VENUE = "少康湖"
FAIR_ATTRACTIONS = ("恐龙乐园", "萌宠乐园", "文艺演出", "马戏团表演", "斗羊表演")


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoOffer:
    """An offer; `days` are counted from the day of filling, times are those of Shanghai, the host is a name."""

    title: str
    summary: str
    host: str
    venue: str
    cost: int = 0
    minimum_balance: int = 0
    limit: int = 2
    days: tuple[int, ...]
    starts: time
    ends: time
    stock: int
    attractions: tuple[str, ...] = ()


FAIR = DemoOffer(
    title=FAIR_TITLE,
    summary="在入口出示学习积分页面，即可领取 2 张门票，游览恐龙乐园、萌宠乐园，观看文艺演出、马戏团表演和斗羊表演。"
    "（示例：日期、时间与票数为演示而设。）",
    host=CENTRE,
    venue=FAIR_VENUE,
    days=(-1, 0, 1, 2, 3, 4, 5, 6, 7),
    starts=time(9),
    ends=time(17),
    stock=500,
    attractions=FAIR_ATTRACTIONS,
)
FAIR_FOR_LEARNERS = DemoOffer(
    title="少康湖新年游乐汇·学习达人专场（示例）",
    summary="示例：积分余额达到 8 分即可兑换，只看余额，不扣积分。",
    host=CENTRE,
    venue=FAIR_VENUE,
    minimum_balance=8,
    limit=1,
    days=(6, 7),
    starts=time(18),
    ends=time(20),
    stock=100,
    attractions=FAIR_ATTRACTIONS[:2],
)
STRAWBERRIES = DemoOffer(
    title="恒丰草莓采摘园·采摘券（示例）",
    summary="示例：5 积分兑换 1 张采摘券。采摘园有 10 个大棚，元旦期间每天接待 500 人。",
    host="恒丰草莓采摘园",
    venue="恒丰草莓采摘园",
    cost=5,
    limit=4,
    days=(0, 1, 2, 3, 4),
    starts=time(9),
    ends=time(17),
    stock=500,
)
DEMO_OFFERS = (FAIR, FAIR_FOR_LEARNERS, STRAWBERRIES)
