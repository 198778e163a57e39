"""Words for the reasons that the room volunteering gives."""

from __future__ import annotations

from schema.reads.arguments import Text

VOLUNTEERING: dict[str, Text] = {
    "position_half": Text("经度和纬度须同时填写。", "Latitude and longitude go together."),
    "activity_too_long": Text("单个活动最长 {days} 天。", "An activity lasts at most {days} days."),
    "ends_in_the_past": Text("结束时间已过，不能再发起该活动。", "The activity would be over already."),
    "sign_up_closes_after_end": Text(
        "报名截止时间不能晚于活动结束时间。", "Sign-up cannot close after the activity ends."
    ),
    "partner_is_host": Text("主办单位不必再列为协办单位。", "The host cannot be its own partner."),
    "partner_named_twice": Text("该协办单位已经列出。", "This partner is listed twice."),
    "shift_outside_activity": Text("班次时间须在活动时间之内。", "A shift must lie within the times of its activity."),
    "activity_draft": Text("该活动尚未发布。", "This activity is not published yet."),
    "activity_published": Text("该活动已经发布过了。", "This activity is already published."),
    "activity_over": Text("该活动已经结束。", "This activity is over."),
    "sign_up_closed": Text("报名已经截止。", "Sign-up has closed."),
    "shift_started": Text("该班次已经开始。", "This shift has already started."),
    "shifts_overlap": Text(
        "与您已报名的“{title}”时间冲突。", "It is at the same time as '{title}', which you signed up for."
    ),
    "checked_in_in_the_future": Text(
        "签到时间晚于当前时间，请校准设备时钟。", "The check-in is in the future. Set the device's clock."
    ),
    "checked_in_outside_shift": Text(
        "签到时间须在班次开始前 2 小时至班次结束之间。",
        "A check-in lies between two hours before the shift and its end.",
    ),
    "checked_out_before_check_in": Text("签退时间必须晚于签到时间。", "The check-out must be after the check-in."),
    "checked_out_before_shift": Text("签退时间早于班次开始时间，不能计入。", "They left before the shift began."),
    "check_out_code_without_time": Text(
        "扫了签退码，就须填写签退时间。", "A code that was scanned at the check-out needs the time of the check-out."
    ),
    "check_out_code_of_another": Text(
        "签退时扫的是另一个人的会员码。", "The code scanned at the check-out is somebody else's."
    ),
    "afterwards_before_shift": Text(
        "事后补录的签到时间不能早于班次开始时间。",
        "What is entered afterwards cannot have begun before the shift did.",
    ),
    "afterwards_without_check_out": Text(
        "事后补录须填写签退时间。", "What is entered afterwards needs the time of the check-out."
    ),
    "afterwards_after_shift": Text(
        "事后补录的签退时间不能晚于班次结束时间。",
        "What is entered afterwards cannot have lasted longer than the shift.",
    ),
    "afterwards_without_reason": Text(
        "班次结束已超过 24 小时，属于事后补录，须说明原因。",
        "The shift ended more than 24 hours ago: say why this is entered so late.",
    ),
    "approval_not_needed": Text(
        "这条签到记录不是事后补录，无需审核。", "This attendance was not entered afterwards and needs no approval."
    ),
    "checked_out_in_the_future": Text(
        "签退时间晚于当前时间，请在人离开时或班次结束后再登记。",
        "The check-out is in the future. Record people when they leave, or when the shift is over.",
    ),
    "not_checked_out_yet": Text(
        "班次还没有结束，请填写签退时间；还没离开的人等班次结束后再登记。",
        "The shift is not over: give the time of the check-out, or record those who are still there when it is over.",
    ),
}
