"""The eleven activities of the page. Days are shifted to lie around the day of filling; what is not on the page says 示例."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time

from api.demo.places import CENTRE, station_of
from domain.volunteering.states import ActivityKind

EXAMPLE = "（示例：日期、时间、名额与积分为演示而设。）"


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoRule:
    """Points for one attendance."""

    programme: str = "xuexi"
    per_attendance: int = 5
    per_hour: int = 1
    cap: int = 8


# What these give, the programme's own rules say (api/demo/rules.py); the activity itself adds nothing.
VOLUNTEER_RULE = DemoRule(programme="volunteer", per_attendance=0, per_hour=0, cap=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoActivity:
    """An activity; `day` is counted from the day of filling, times are those of Shanghai, host and partners are names."""

    title: str
    kind: ActivityKind
    summary: str
    host: str
    partners: tuple[str, ...] = ()
    area: str
    venue: str
    day: int
    starts: time
    ends: time
    capacity: int | None
    rule: DemoRule = DemoRule()
    shifts: tuple[tuple[str, time, time, int | None], ...] = ()
    days: int = 1
    sign_ups: int = 0

    @property
    def over(self) -> bool:
        """Whether it lies behind, so that people have been there."""
        return self.day + self.days - 1 < 0


CLINIC = DemoActivity(
    title="民族团结一家亲，寒冬义诊暖民心",
    kind=ActivityKind.CLINIC,
    summary="中医大夫为居民望舌、把脉，讲解冬季养生常识。",
    host=station_of("津浦街社区"),
    partners=("津浦街社区网格中心", "同仁堂中医院"),
    area="RC-FUQIAO-JINPUJIE",
    venue="火车站宿舍红帆驿站",
    day=3,
    starts=time(9),
    ends=time(11, 30),
    capacity=60,
    shifts=(("登记引导", time(9), time(11, 30), 10), ("就诊与陪同", time(9), time(11, 30), None)),
    sign_ups=24,
)
ANTI_FRAUD = DemoActivity(
    title="学习强国+反诈宣传：守好居民钱袋子",
    kind=ActivityKind.ANTI_FRAUD,
    summary="走进商超和小区，发放宣传单、讲解真实案例，介绍“学习强国”反诈专区。",
    host="柳行街道办事处",
    area="RC-LIUHANG",
    venue="辖区商超与小区",
    day=5,
    starts=time(14),
    ends=time(16),
    capacity=40,
    sign_ups=12,
)
CLEANUP = DemoActivity(
    title="“共建美好社区”环境卫生整治",
    kind=ActivityKind.CLEANUP,
    summary="清理杂草和陈年垃圾，居民带上扫帚、铁锹一起动手。",
    host=station_of("城南张村"),
    area="RC-YUTUN-CHENGNANZHANG",
    venue="城南张村村委会门前集合",
    day=-4,
    starts=time(8, 30),
    ends=time(10, 30),
    capacity=50,
    rule=VOLUNTEER_RULE,
    sign_ups=30,
)
EARTHQUAKE = DemoActivity(
    title="防震减灾宣传进园区",
    kind=ActivityKind.DISASTER_PREPAREDNESS,
    summary="网格员和物业人员张贴海报、发放手册，讲解自救互救知识。",
    host="安居街道开发园区",
    partners=("和家物业",),
    area="RC-ANJU",
    venue="安居街道开发园区",
    day=-2,
    starts=time(9),
    ends=time(11),
    capacity=30,
    sign_ups=20,
)
WATER = DemoActivity(
    title="“饮水安全 过平安年”饮水安全排查",
    kind=ActivityKind.SAFETY_INSPECTION,
    summary="逐台查看小区饮水机的许可证和检测报告，联系责任人整改。",
    host=station_of("桃园社区"),
    area="RC-LIYING-TAOYUAN",
    venue="桃园社区各小区饮水机",
    day=-6,
    starts=time(9),
    ends=time(10, 30),
    capacity=20,
    sign_ups=15,
)
MARKET = DemoActivity(
    title="“学习强国”爱心助农",
    kind=ActivityKind.FARM_AID,
    summary="举着二维码展板在大集上流动宣传，帮农户推介产品。",
    host="长沟镇人民政府",
    area="RC-CHANGGOU",
    venue="长沟大集",
    day=-9,
    starts=time(8),
    ends=time(11),
    capacity=None,
    sign_ups=25,
)
READING = DemoActivity(
    title="“学习强国”线下阅读空间读书分享会",
    kind=ActivityKind.READING,
    summary="围坐读书、知识问答、分享心得。",
    host=station_of("武胜桥社区"),
    partners=(CENTRE,),
    area="RC-YUEHE-WUSHENGQIAO",
    venue="武胜桥社区“学习强国”线下阅读空间",
    day=1,
    starts=time(19),
    ends=time(20, 30),
    capacity=20,
    sign_ups=23,  # three on the waiting list
)
COUPLETS = DemoActivity(
    title="新春幸福集：写春联",
    kind=ActivityKind.FESTIVAL,
    summary="书法爱好者现场挥毫，为居民写春联、送福字。",
    host=station_of("开泰花园社区"),
    area="RC-JINCHENG-KAITAI",
    venue="开泰花园社区广场",
    day=7,
    starts=time(9),
    ends=time(11),
    capacity=80,
    sign_ups=18,
)
DUMPLINGS = DemoActivity(
    title="中国好水饺巧手争霸赛",
    kind=ActivityKind.FESTIVAL,
    summary="一家人一起和面、调馅、包水饺，比一比谁的手更巧。",
    host=station_of("西红庙社区"),
    partners=("联华超市",),
    area="RC-JINCHENG-XIHONGMIAO",
    venue="西红庙社区活动室",
    day=9,
    starts=time(14),
    ends=time(16, 30),
    capacity=36,
    sign_ups=14,
)
PAPER_CUTTING = DemoActivity(
    title="非遗剪纸",
    kind=ActivityKind.CULTURE,
    summary="老师一步一步教，折、画、剪，带一幅窗花回家。",
    host=station_of("兴东社区"),
    area="RC-JINCHENG-XINGDONG",
    venue="兴东社区文化活动室",
    day=4,
    starts=time(15),
    ends=time(17),
    capacity=25,
    sign_ups=10,
)
CENSUS = DemoActivity(
    title="五经普数据日调度",
    kind=ActivityKind.CENSUS,
    summary="每日审核当天的普查数据，集中解答疑难问题。",
    host="仙营街道办事处",
    area="RC-XIANYING",
    venue="仙营街道办事处会议室",
    day=1,
    starts=time(16),
    ends=time(17, 30),
    capacity=None,
    rule=VOLUNTEER_RULE,
    days=5,
    sign_ups=6,
)

DEMO_ACTIVITIES = (
    CLINIC,
    ANTI_FRAUD,
    CLEANUP,
    EARTHQUAKE,
    WATER,
    MARKET,
    READING,
    COUPLETS,
    DUMPLINGS,
    PAPER_CUTTING,
    CENSUS,
)
