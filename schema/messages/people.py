"""Words for the reasons that the rooms places, people and points give."""

from __future__ import annotations

from schema.reads.arguments import Text

PEOPLE: dict[str, Text] = {
    "phone_not_mainland_mobile": Text("请输入正确的大陆手机号码。", "Enter a valid mainland China mobile number."),
    "phone_taken": Text("该手机号码已经注册。", "This phone number is already registered."),
    "member_code_invalid": Text(
        "会员码无效，请让对方刷新后再扫。", "This member code is not valid. Ask them to refresh it and scan again."
    ),
    "member_code_expired": Text(
        "会员码已过期，请让对方刷新后再扫。", "This member code is out of date. Ask them to refresh it and scan again."
    ),
    "member_code_kept_too_long": Text(
        "扫码时间太久，会员码已失效，请改用手机号登记。",
        "This member code was scanned too long ago. Record them by their phone number.",
    ),
    "area_code_malformed": Text(
        "区域代码只能由字母、数字和“-”“_”“.”组成，且不超过 64 个字符。",
        "An area code consists of letters, digits, '-', '_' and '.', at most 64 of them.",
    ),
    "area_without_parent_is_a_district": Text(
        "没有上级区域的只能是区（县）。", "Only a district lies in no other area."
    ),
    "area_level_above_parent": Text(
        "区域的级别不能高于上级区域。", "An area's level cannot be above that of the area it lies in."
    ),
    "area_code_taken": Text("该区域代码已被使用。", "This area code is already taken."),
    "organisation_name_taken": Text("该区域内已有同名单位。", "This area already has an organisation of that name."),
    "role_over_one": Text(
        "角色须授予一个区域或一个单位，两者只能选一个。",
        "A role is held over one area or over one organisation, not both.",
    ),
    "unknown_programme": Text("没有名为“{programme}”的积分项目。", "There is no programme '{programme}'."),
    "programme_code_malformed": Text(
        "积分项目代码只能由小写字母、数字和“-”组成，且不超过 32 个字符。",
        "A programme's code consists of lower-case letters, digits and '-', at most 32 of them.",
    ),
    "programme_code_taken": Text("该积分项目代码已被使用。", "This programme code is already taken."),
    "unknown_zone": Text(
        "没有这个时区，请填写 IANA 时区名，例如 Asia/Shanghai。",
        "There is no such time zone. Give an IANA name, such as Asia/Shanghai.",
    ),
    "budget_below_issued": Text(
        "发放上限不能低于已发放的 {issued} 分。", "The budget cannot be below the {issued} points already issued."
    ),
    "expiry_months_only_with_months": Text(
        "按月到期必须填写月数，其他方式不要填写月数。",
        "MONTHS needs the number of months, and nothing else takes one.",
    ),
    "expiry_needs_notice": Text(
        "设定积分有效期时必须填写最早到期日；长期有效则不用填写。",
        "Say from which day on points may expire; leave it out where they never do.",
    ),
    "expiry_notice_too_short": Text(
        "最早到期日须在 {days} 天之后，即不早于 {day}，让大家有时间使用积分。",
        "The first day on which points may expire is {days} days from now, {day}, so that everybody can still spend them.",
    ),
    "reversal_not_reversed": Text(
        "冲正和退票不能再冲正，请用积分调整更正。",
        "What takes something back is not taken back itself. Use adjustPoints.",
    ),
    "reverse_by_void_attendance": Text(
        "这笔积分来自签到，请作废签到记录（voidAttendance）。",
        "These points are for an attendance. Void it (voidAttendance).",
    ),
    "reverse_by_refund_order": Text(
        "这笔积分用于兑换，请办理退票（refundOrder）。", "These points paid for an order. Refund it (refundOrder)."
    ),
    "reverse_by_void_claim": Text(
        "这笔积分来自积分核验，请作废核验记录（voidClaim）。", "These points are for a claim. Void it (voidClaim)."
    ),
    "transfer_no_correction": Text(
        "只有积分调整可以冲正，请用积分调整更正（adjustPoints）。",
        "Only corrections are reversed. Mend this by a correction (adjustPoints).",
    ),
    "reversal_waits": Text("这笔冲正已提交，正在等待复核。", "Its reversal waits for a second administrator already."),
    "wallet_closed": Text("该积分账户已注销。", "This wallet is closed."),
    "wallet_frozen": Text("该积分账户已经冻结。", "This wallet is frozen already."),
    "wallet_not_frozen": Text("该积分账户没有冻结。", "This wallet is not frozen."),
    "wallet_not_empty": Text(
        "积分账户清零后才能注销：现有余额 {balance} 分，其中预留 {held} 分。",
        "Only an empty wallet can be closed: it holds {balance} points, {held} of them set aside.",
    ),
    "wallet_full": Text("积分账户最多可存 {limit} 积分。", "A wallet holds at most {limit} points."),
    "adjustment_zero": Text("调整的积分不能为 0。", "The adjustment must not be zero."),
    "adjustment_too_large": Text("单次最多调整 {limit} 积分。", "One adjustment moves at most {limit} points."),
}
