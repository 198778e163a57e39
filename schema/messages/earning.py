"""Words for the reasons that the room earning gives."""

from __future__ import annotations

from schema.reads.arguments import Text

EARNING: dict[str, Text] = {
    "rule_code_malformed": Text(
        "规则代码只能由小写字母、数字和“-”组成，且不超过 32 个字符。",
        "A rule's code consists of lower-case letters, digits and '-', at most 32 of them.",
    ),
    "rule_begins_in_the_past": Text(
        "规则最早从今天（{today}）起生效，不能改变已过去的日子。",
        "A rule begins today ({today}) or later: days that are over stay as they were.",
    ),
    "rule_ends_before_start": Text("失效日期不能早于生效日期。", "The last day cannot lie before the first."),
    "rule_ends_in_the_past": Text(
        "最早只能从今天起停用，已过去的日子不受影响。",
        "It can end yesterday or later: days that are over stay as they were.",
    ),
    "rule_ends_earlier": Text("该规则在 {last_day} 就已失效。", "This rule already ends on {last_day}."),
    "rule_kind_differs": Text(
        "同一代码的规则不能改变类型，请换一个代码。",
        "A code keeps its kind. Publish a rule of another kind under another code.",
    ),
    "cap_gives_nothing": Text("总上限规则只填写上限。", "A CAP has caps and nothing else."),
    "cap_without_caps": Text("总上限规则至少要填写一个上限。", "A CAP needs one cap at least."),
    "bands_are_for_scores": Text("只有按成绩计分的规则才有分数段。", "Only SCORE_BAND rules have bands."),
    "scores_have_bands": Text(
        "按成绩计分的规则请填写分数段，不填单一分值。", "A SCORE_BAND rule has bands and no points of its own."
    ),
    "days_end_before_start": Text("结束日期不能早于开始日期。", "The last day cannot lie before the first."),
    "too_many_days": Text("一次最多试算 {limit} 天。", "Try at most {limit} days at once."),
    "too_many_attendances": Text(
        "这段时间的签到记录超过 {limit} 条，请缩短日期范围。",
        "More than {limit} attendances lie in these days. Try fewer days.",
    ),
    "band_named_twice": Text("这个起始成绩重复了。", "Another band begins at this score."),
}
