"""Why points moved, and why so many, in words: for the person whose points they are."""

from __future__ import annotations

import json
from typing import Any

from domain.earning.award import CutBy
from domain.earning.rule import RuleKind
from domain.merging.postings import SOURCE as MERGE
from domain.volunteering.states import AttendanceApproval
from ledger.posting import TransferKind
from schema.reads.arguments import Text
from schema.reads.asking import Asking

COUNTED = {
    RuleKind.PER_ATTENDANCE: Text("到场", "for coming"),
    RuleKind.FIRST_OF_DAY: Text("当天首次参加", "for the first attendance of the day"),
    RuleKind.PER_HOUR: Text("{basis} 小时", "for {basis} whole hours"),
    RuleKind.PER_UNIT: Text("数量 {basis}", "for {basis} units"),
    RuleKind.SCORE_BAND: Text("成绩 {basis} 分", "for a score of {basis}"),
}
CUTS = {
    CutBy.ATTENDANCE_CAP: Text("每次最多 {limit} 分", "at most {limit} for one attendance"),
    CutBy.ACTIVITY_CAP: Text("同一活动最多 {limit} 分", "at most {limit} for one activity"),
    CutBy.DAY_CAP: Text("每天最多 {limit} 分", "at most {limit} a day"),
    CutBy.WEEK_CAP: Text("每周最多 {limit} 分", "at most {limit} a week"),
    CutBy.TOTAL_CAP: Text("累计最多 {limit} 分", "at most {limit} in all"),
    CutBy.GRADE: Text("签到方式不符合计分要求", "recorded too loosely to count"),
    CutBy.SHARE: Text("参加时间不足班次的 {limit}%", "there for less than {limit} % of the shift"),
}
OWN = Text("活动积分（{basis} 小时）", "What the activity gives ({basis} whole hours)")
BY_RULE = Text("“{rule}”（第 {version} 版，{counted}）", "'{rule}' (version {version}, {counted})")
CAPPED_BY = Text("按“{capped_by}”{cut}", "by '{capped_by}' {cut}")
GIVEN = Text("{rule}得 {points} 分", "{rule} gives {points}")
GIVEN_LESS = Text(
    "{rule}应得 {would} 分，{cut}，扣减 {less} 分，得 {points} 分",
    "{rule} would give {would}, but {cut}: {less} cut, {points} given",
)
SUM = Text("{lines}；共 {total} 分。", "{lines}; {total} points in all.")
BETWEEN = Text("；", "; ")
NOTHING = Text("没有获得积分。", "It earned no points.")

NOT_COUNTED: dict[str, Text] = {
    AttendanceApproval.PENDING: Text("待他人审核通过后计分。", "It earns points once somebody else has approved it."),
    AttendanceApproval.REJECTED: Text("审核未通过，不计分。", "It was rejected and earns no points."),
}

MOVED = {
    TransferKind.EARN: Text("获得 {amount} 分：{memo}", "Earned {amount} points: {memo}"),
    TransferKind.REDEEM: Text("兑换支出 {amount} 分：{memo}", "Spent {amount} points on: {memo}"),
    TransferKind.REFUND: Text("退还 {amount} 分：{memo}", "{amount} points given back: {memo}"),
    TransferKind.EXPIRE: Text("{amount} 分已到期失效：{memo}", "{amount} points expired: {memo}"),
    TransferKind.REVERSAL: Text(
        "更正，冲回 {amount} 分，原因：{memo}", "Corrected, {amount} points taken back, because: {memo}"
    ),
}
GIVEN_BY_HAND = Text(
    "管理员补记 {amount} 分，原因：{memo}", "{amount} points added by an administrator, because: {memo}"
)
MERGED = Text("账户合并，转移 {amount} 分：{memo}", "{amount} points moved as two accounts became one: {memo}")
TAKEN_BY_HAND = Text(
    "管理员扣减 {amount} 分，原因：{memo}", "{amount} points taken by an administrator, because: {memo}"
)
OTHERWISE = Text("变动 {amount} 分：{memo}", "{amount} points moved: {memo}")
FOR_ATTENDING = Text("参加“{memo}”：{lines}", "For '{memo}': {lines}")


def explain_transfer(
    kind: str, amount: int, memo: str, debit_kind: str, source_kind: str | None, lines: str | None, asking: Asking
) -> str:
    """Why the points of a transfer moved; for an attendance rule by rule."""
    if kind == TransferKind.EARN and lines:
        return said(FOR_ATTENDING, asking, memo=memo, lines=explain_lines(lines, asking))
    if kind == TransferKind.ADJUST and source_kind == MERGE:
        text = MERGED
    elif kind == TransferKind.ADJUST:
        text = TAKEN_BY_HAND if debit_kind == "WALLET" else GIVEN_BY_HAND
    else:
        text = next((text for moved, text in MOVED.items() if moved == kind), OTHERWISE)
    return said(text, asking, amount=amount, memo=memo)


def explain_attendance(lines: str | None, approval: str, asking: Asking) -> str:
    """What an attendance earned, rule by rule, or that it earned nothing, or nothing yet."""
    if lines is None and approval in NOT_COUNTED:
        return said(NOT_COUNTED[approval], asking)
    return explain_lines(lines or "[]", asking)


def explain_lines(lines: str, asking: Asking) -> str:
    """The lines of an award (domain/earning/awards.py) in words."""
    found = json.loads(lines)
    if not found:
        return said(NOTHING, asking)
    told = said(BETWEEN, asking).join(explain_line(line, asking) for line in found)
    return said(SUM, asking, lines=told, total=sum(line["points"] for line in found))


def explain_line(line: dict[str, Any], asking: Asking) -> str:
    rule = said(OWN, asking, **line)
    if "rule" in line:
        rule = said(BY_RULE, asking, **line, counted=said(COUNTED[RuleKind(line["kind"])], asking, **line))
    if "cut" not in line:
        return said(GIVEN, asking, rule=rule, points=line["points"])
    cut = said(CUTS[CutBy(line["cut"])], asking, **line)
    if "capped_by" in line:
        cut = said(CAPPED_BY, asking, capped_by=line["capped_by"], cut=cut)
    figures = {"would": line["would"], "less": line["would"] - line["points"], "points": line["points"]}
    return said(GIVEN_LESS, asking, rule=rule, cut=cut, **figures)


def said(text: Text, asking: Asking, **values: object) -> str:
    return text.said_in(asking.language).format_map(values)
