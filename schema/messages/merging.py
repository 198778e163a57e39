"""Words for the reasons that the room merging gives."""

from __future__ import annotations

from schema.reads.arguments import Text

MERGING: dict[str, Text] = {
    "merge_with_oneself": Text("不能与自己合并。", "These are the same resident already."),
    "merge_into_merged": Text(
        "保留的账户已经并入别的账户，请选择合并后的账户。",
        "Whoever should go on was merged into somebody else. Choose the one they went on as.",
    ),
    "merged_already": Text("该账户已经合并过了。", "This resident was merged already."),
    "merge_roles_held": Text(
        "要并入的账户还有 {roles} 个工作角色。请保留这个账户，或先由系统管理员收回角色。",
        "The resident to be merged holds {roles} roles. Keep this one, or have the operator take the roles back first.",
    ),
    "merge_claims_wait": Text(
        "两个账户还有 {claims} 笔积分核验等待复核，请先处理。",
        "{claims} claims of the two wait for a second person. Have them decided first.",
    ),
    "merge_reservations_stand": Text(
        "要并入的账户有 {reservations} 笔未支付的预留，请先支付或取消，或等到 {until} 到期后再合并。",
        "The resident to be merged has {reservations} reservations that stand. "
        "Have them paid or cancelled, or wait until {until}.",
    ),
}
