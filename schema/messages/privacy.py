"""Words for the reasons that the room privacy gives."""

from __future__ import annotations

from schema.reads.arguments import Text

PRIVACY: dict[str, Text] = {
    "no_phone": Text("没有登记手机号码。", "There is no phone number on record."),
    "consent_version_taken": Text(
        "该版本号不可用，下一个版本号是 {next}。", "This version cannot be published; the next one is {next}."
    ),
    "erase_roles_held": Text(
        "您还有 {roles} 个工作角色，请先由系统管理员收回角色，再注销账号。",
        "You hold {roles} roles. Have the operator take them back first, then erase your account.",
    ),
}
