"""Words for the reasons that the room redemption gives."""

from __future__ import annotations

from schema.reads.arguments import Text

REDEMPTION: dict[str, Text] = {
    "sales_close_before_open": Text("兑换截止时间必须晚于开始时间。", "Redeeming must close after it opens."),
    "refund_ends_before_sales_open": Text(
        "退票截止时间必须晚于兑换开始时间。", "The last moment for refunds must be after redeeming opens."
    ),
    "session_too_long": Text("单个场次最长 {days} 天。", "A session lasts at most {days} days."),
    "session_ends_before_sales_open": Text(
        "场次在兑换开始之前就已结束。", "The session would be over before redeeming opens."
    ),
    "attraction_named_twice": Text("游玩项目“{name}”重复了。", "The attraction '{name}' is listed twice."),
    "scanned_in_future": Text(
        "扫码时间比当前时间晚了 5 分钟以上，请校准设备时钟。",
        "The scan is dated in the future. Set the device's clock.",
    ),
    "scanned_too_long_ago": Text(
        "扫码时间与当前时间相差超过 {minutes} 分钟：离线扫的码请用 syncAdmissions 补传，否则请校准设备时钟。",
        "The scan is more than {minutes} minutes old. Send scans made offline with syncAdmissions, or set the device's clock.",
    ),
    "offer_draft": Text("该兑换项目尚未发布。", "This offer is not published yet."),
    "offer_paused": Text("该兑换项目已暂停兑换。", "This offer is paused."),
    "offer_closed": Text("该兑换项目已关闭。", "This offer is closed."),
    "offer_not_on_sale": Text("该兑换项目目前不可兑换。", "This offer is not on sale."),
    "sales_not_open_yet": Text("兑换还没有开始。", "Redeeming has not opened yet."),
    "sales_closed": Text("兑换已经截止。", "Redeeming has closed."),
    "session_over": Text("该场次已经结束。", "This session is over."),
    "reservation_stands": Text(
        "您在该场次已有一笔待支付的预留，请先支付或取消。",
        "You already have a reservation for this session. Pay or cancel it first.",
    ),
    "reservation_paid": Text("这笔预留已经支付，门票已出。", "This reservation was paid; it has its tickets."),
    "reservation_cancelled": Text("这笔预留已经取消。", "This reservation was cancelled."),
    "reservation_expired": Text(
        "这笔预留已超过保留时间，积分和名额已退回，请重新兑换。",
        "This reservation is out of time; points and tickets were given back. Please redeem anew.",
    ),
    "not_refundable": Text("该兑换项目的门票不支持退票。", "Tickets of this offer cannot be refunded."),
    "refund_closed": Text("已过退票截止时间。", "The time for refunds is over."),
    "order_refunded": Text("该订单已退票。", "This order was refunded already."),
    "tickets_used": Text(
        "门票已于 {scanned_at} 在“{gate}”入场，不能退票。",
        "A ticket of it was used at {scanned_at}, gate '{gate}': it cannot be refunded.",
    ),
    "undo_closed": Text(
        "入场记录已超过 15 分钟，不能再撤销。", "The admission is more than 15 minutes old and can no longer be undone."
    ),
}
