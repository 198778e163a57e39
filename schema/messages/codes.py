"""Words for each code, where a refusal gives no reason of its own."""

from __future__ import annotations

from schema.codes import ErrorCode
from schema.reads.arguments import Text

CODES: dict[str, Text] = {
    ErrorCode.INVALID_INPUT: Text("填写的内容不符合要求。", "This value is not accepted."),
    ErrorCode.NOT_FOUND: Text(
        "没有找到，可能已不存在或您无权查看。", "Not found: it does not exist, or you may not see it."
    ),
    ErrorCode.UNAUTHENTICATED: Text("请先登录。", "Please sign in first."),
    ErrorCode.ACCOUNT_DISABLED: Text(
        "该账号已被停用，如有疑问请联系所在社区的工作人员。",
        "This account is disabled. Please ask the staff of your community.",
    ),
    ErrorCode.FORBIDDEN: Text("您没有这项操作的权限。", "You are not allowed to do this."),
    ErrorCode.RATE_LIMITED: Text(
        "操作太频繁，请在 {retry_after}后再试。", "Too many requests. Try again in {retry_after}."
    ),
    ErrorCode.CONFLICT: Text("与已有的内容冲突。", "This conflicts with something that already stands."),
    ErrorCode.IDEMPOTENCY_KEY_REUSED: Text(
        "这个请求编号已用于另一次操作，请换一个新的编号。",
        "This key was already used for something else. Use a new one.",
    ),
    ErrorCode.CODE_INCORRECT: Text(
        "验证码不正确。输错 5 次后验证码作废，请重新获取。",
        "The code is not correct. After five wrong tries it is void: then ask for a new one.",
    ),
    ErrorCode.CODE_EXPIRED: Text("验证码已过期，请重新获取。", "The code has expired. Ask for a new one."),
    ErrorCode.NOT_OPEN: Text("现在不在开放时间。", "This is not open now."),
    ErrorCode.ALREADY_SIGNED_UP: Text("您已经报过名了。", "You have already signed up."),
    ErrorCode.FULL: Text(
        "名额已满，候补也已排满（{limit} 人）。", "All places are taken, and the waiting list of {limit} is full."
    ),
    ErrorCode.ALREADY_ATTENDED: Text(
        "这位居民在本班次已有签到记录。", "This person's attendance of this shift is already recorded."
    ),
    ErrorCode.SECOND_PERSON_REQUIRED: Text(
        "须由另一个人办理：不能办理或审核自己录入的、与本人有关的内容。",
        "Somebody else has to do this: not whoever wrote it down, nor whoever gains by it.",
    ),
    ErrorCode.ALREADY_DECIDED: Text("已经审核过了，不能重复审核。", "This was decided before."),
    ErrorCode.NOT_SIGNED_UP: Text("没有有效的报名。", "There is no sign-up that stands."),
    ErrorCode.CANCELLED: Text("活动已取消。", "The activity was cancelled."),
    ErrorCode.INSUFFICIENT_POINTS: Text(
        "积分不足：需要 {required} 分，可用 {available} 分。",
        "Not enough points: {required} needed, {available} available.",
    ),
    ErrorCode.BELOW_MINIMUM_BALANCE: Text(
        "积分余额须达到 {required} 分，您现有 {available} 分。",
        "A balance of at least {required} points is required; you have {available}.",
    ),
    ErrorCode.SOLD_OUT: Text("余票不足。", "Not enough tickets are left."),
    ErrorCode.LIMIT_PER_RESIDENT: Text(
        "每人限兑 {limit} 张，您已有 {used} 张。", "The limit is {limit} tickets per person; you already have {used}."
    ),
    ErrorCode.BUDGET_EXHAUSTED: Text("本项目可发放的积分已用完。", "The programme has no points left to give."),
    ErrorCode.ACCOUNT_NOT_OPEN: Text(
        "积分账户已冻结或注销，暂时不能使用，请联系工作人员。",
        "This wallet is frozen or closed and cannot be used. Please ask the staff.",
    ),
    ErrorCode.ALREADY_REVERSED: Text("已经撤销过了，不能重复撤销。", "This has already been taken back."),
    ErrorCode.ALREADY_CLAIMED: Text(
        "该积分已核验过：上次核验为 {last_figure} 分（{last_seen_on}），没有新增积分。",
        "Nothing to add: {last_figure} points were attested already ({last_seen_on}).",
    ),
    ErrorCode.ALREADY_RESOLVED: Text("这笔预留已经处理过了。", "This reservation has already been dealt with."),
    ErrorCode.TICKET_INVALID: Text("无效门票，请勿放行。", "Not a valid ticket. Do not admit."),
    ErrorCode.TICKET_NOT_YET_VALID: Text("还没到入场时间。", "This ticket is not valid yet."),
    ErrorCode.TICKET_EXPIRED: Text("门票已过期，场次已结束。", "This ticket has expired: its session is over."),
    ErrorCode.TICKET_REFUNDED: Text("门票已退，不能入场。", "This ticket was refunded."),
    ErrorCode.TICKET_ALREADY_ADMITTED: Text(
        "这张票已于 {scanned_at} 在“{gate}”入场，次数已用完。",
        "This ticket has already been used here, first at {scanned_at}, gate '{gate}'.",
    ),
    ErrorCode.NOT_ADMITTED_HERE: Text("这张票不适用于此处。", "This ticket is not for this place."),
}
