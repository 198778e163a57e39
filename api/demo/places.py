"""Rencheng District in Jining: where things are, who manages them, and the bodies that host activities."""

from __future__ import annotations

from dataclasses import dataclass

from domain.places.kinds import AreaLevel, OrganisationKind

DISTRICT = "370811"
HIGH_TECH_ZONE = "RC-GXQ"


@dataclass(frozen=True, slots=True)
class DemoArea:
    """An area; `parent` and `managed_by` are codes."""

    code: str
    name: str
    level: AreaLevel
    parent: str | None = DISTRICT
    managed_by: str | None = None


@dataclass(frozen=True, slots=True)
class DemoOrganisation:
    """A body; `area` is a code. Names are unique here, so activities refer to them."""

    name: str
    kind: OrganisationKind
    area: str = DISTRICT


ROOTS = (
    DemoArea(DISTRICT, "任城区", AreaLevel.DISTRICT, parent=None),
    DemoArea(HIGH_TECH_ZONE, "高新区", AreaLevel.DISTRICT, parent=None),
)

SUBDISTRICTS = {
    "GUHUAI": "古槐街道",
    "ANJU": "安居街道",
    "NANZHANG": "南张街道",
    "XIANYING": "仙营街道",
    "LIYING": "李营街道",
    "FUQIAO": "阜桥街道",
    "YUEHE": "越河街道",
    "JINCHENG": "金城街道",
    "TANGKOU": "唐口街道",
}
TOWNS = {"CHANGGOU": "长沟镇", "YUTUN": "喻屯镇"}

COMMUNITIES = {
    "GUHUAI": {"BEIMEN": "北门社区", "DASHIQIAO": "大石桥社区", "JIXIANG": "吉祥社区"},
    "FUQIAO": {"JINPUJIE": "津浦街社区"},
    "LIYING": {"TAOYUAN": "桃园社区"},
    "YUEHE": {"WUSHENGQIAO": "武胜桥社区"},
    "JINCHENG": {
        "KAITAI": "开泰花园社区",
        "XIHONGMIAO": "西红庙社区",
        "XINGDONG": "兴东社区",
        "TUANYUAN": "团圆社区",
        "SHENGLI": "胜利社区",
        "NIUSHI": "牛市社区",
        "XINNIAN": "新年社区",
        "CHANGAN": "长安社区",
        "XIHE": "洗河花园社区",
    },
    "TANGKOU": {"TANGKOU": "唐口社区"},
}
VILLAGES = {
    "TANGKOU": {"ZHANGZHAI": "张寨新村", "DADIAN": "大店村"},
    "YUTUN": {"CHENGNANZHANG": "城南张村"},
}
GRIDS_OF_TANGKOU = 98


def demo_areas() -> list[DemoArea]:
    """Every area, each after what it lies in and who manages it."""
    return [*ROOTS, *streets_and_towns(), *communities_and_villages(), *grids()]


def streets_and_towns() -> list[DemoArea]:
    areas = [DemoArea(f"RC-{code}", name, AreaLevel.SUBDISTRICT) for code, name in SUBDISTRICTS.items()]
    areas += [DemoArea(f"RC-{code}", name, AreaLevel.TOWN) for code, name in TOWNS.items()]
    # It lies in Rencheng and is run by the High-tech Zone: rights follow management.
    areas.append(DemoArea("RC-LIUHANG", "柳行街道", AreaLevel.SUBDISTRICT, managed_by=HIGH_TECH_ZONE))
    return areas


def communities_and_villages() -> list[DemoArea]:
    return [
        DemoArea(f"RC-{parent}-{code}", name, level, parent=f"RC-{parent}")
        for level, places in ((AreaLevel.COMMUNITY, COMMUNITIES), (AreaLevel.VILLAGE, VILLAGES))
        for parent, children in places.items()
        for code, name in children.items()
    ]


def grids() -> list[DemoArea]:
    return [
        DemoArea(f"RC-TANGKOU-G{number:02}", f"唐口街道第{number}网格", AreaLevel.GRID, parent="RC-TANGKOU")
        for number in range(1, GRIDS_OF_TANGKOU + 1)
    ]


CENTRE = "任城区新时代文明实践中心"
OTHER_BODIES = (
    DemoOrganisation(CENTRE, OrganisationKind.CIVIL_PRACTICE_STATION),
    DemoOrganisation("津浦街社区网格中心", OrganisationKind.COMMUNITY_COMMITTEE, "RC-FUQIAO-JINPUJIE"),
    DemoOrganisation("火车站宿舍红帆驿站", OrganisationKind.OTHER, "RC-FUQIAO-JINPUJIE"),
    DemoOrganisation("贵和苑红帆驿站", OrganisationKind.OTHER),
    DemoOrganisation("同仁堂中医院", OrganisationKind.HOSPITAL),
    DemoOrganisation("和家物业", OrganisationKind.COMPANY),
    DemoOrganisation("大正物业", OrganisationKind.COMPANY),
    DemoOrganisation("联华超市", OrganisationKind.COMPANY),
    DemoOrganisation("恒丰草莓采摘园", OrganisationKind.COMPANY),
    DemoOrganisation("安居街道开发园区", OrganisationKind.OTHER, "RC-ANJU"),
    DemoOrganisation("柳行街道办事处", OrganisationKind.GOVERNMENT, "RC-LIUHANG"),
    DemoOrganisation("仙营街道办事处", OrganisationKind.GOVERNMENT, "RC-XIANYING"),
    DemoOrganisation("长沟镇人民政府", OrganisationKind.GOVERNMENT, "RC-CHANGGOU"),
)


def demo_organisations() -> list[DemoOrganisation]:
    """Every body: a practice station in each community and village, and the others."""
    stations = [
        DemoOrganisation(station_of(area.name), OrganisationKind.CIVIL_PRACTICE_STATION, area.code)
        for area in communities_and_villages()
    ]
    return [*stations, *OTHER_BODIES]


def station_of(place: str) -> str:
    """The name of a community's practice station."""
    return f"{place}新时代文明实践站"
