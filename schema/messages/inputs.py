"""Words for reasons that any input may meet: texts, numbers, lists, ids, scalars, searching."""

from __future__ import annotations

from schema.reads.arguments import Text

INPUTS: dict[str, Text] = {
    "datetime_format": Text(
        "时间须真实存在并带有时区偏移，例如 2024-01-12T09:30:00+08:00。",
        "A time must exist and carry its offset, such as 2024-01-12T09:30:00+08:00.",
    ),
    "date_format": Text("日期须真实存在，例如 2024-01-12。", "A date must exist, such as 2024-01-12."),
    "year_out_of_range": Text("年份须在 {first} 到 {last} 之间。", "The year must be from {first} to {last}."),
    "points_range": Text(
        "积分须为整数，且不能超出允许范围。", "Points must be a whole number within the allowed range."
    ),
    "malformed_id": Text("编号格式不正确。", "This is not a valid id."),
    "text_control_characters": Text("不能包含控制字符。", "Control characters are not allowed."),
    "text_empty": Text("不能为空。", "This must not be empty."),
    "text_piled_marks": Text(
        "一个字上的附加符号不能超过 {limit} 个。", "A character must not carry more than {limit} marks."
    ),
    "text_too_long": Text("不能超过 {limit} 个字。", "This must not be longer than {limit} characters."),
    "quantity_too_small": Text("数量至少为 1。", "The quantity must be at least 1."),
    "number_out_of_range": Text(
        "请填写 {least} 到 {most} 之间的整数。", "Enter a whole number from {least} to {most}."
    ),
    "degrees_out_of_range": Text("请填写 {least} 到 {most} 之间的度数。", "Enter degrees from {least} to {most}."),
    "list_length_out_of_range": Text("请提供 {least} 到 {most} 项。", "Give {least} to {most} items."),
    "statement_too_long": Text(
        "这段时间的记录太多（一份账单最多 {limit} 条），请缩短时间范围。",
        "There is too much in this period: a statement holds {limit} entries at most. Choose a shorter one.",
    ),
    "too_many_records_together": Text(
        "一次提交的签到记录合计不能超过 {limit} 条。", "Together the operations log {limit} attendances at most."
    ),
    "ends_before_start": Text("结束时间必须晚于开始时间。", "The end must be after the start."),
    "idempotency_key_length": Text(
        "请求编号（idempotencyKey）须为 1 到 {limit} 个字符。", "An idempotency key has 1 to {limit} characters."
    ),
    "idempotency_key_characters": Text(
        "请求编号（idempotencyKey）只能使用可见字符。", "An idempotency key holds visible characters only."
    ),
    "operation_unnamed": Text(
        "文档中有多个操作，请用 operationName 指定。", "The document has several operations: name one by operationName."
    ),
    "limit_tokens": Text("查询文本太长，最多 {allowed} 个词。", "The query is too long: {allowed} tokens at most."),
    "limit_depth": Text(
        "查询嵌套太深，最多 {allowed} 层。", "The query is nested too deeply: {allowed} levels at most."
    ),
    "limit_aliases": Text(
        "查询中的别名太多，最多 {allowed} 个。", "The query has too many aliases: {allowed} at most."
    ),
    "limit_directives": Text(
        "查询中的指令太多，最多 {allowed} 个。", "The query has too many directives: {allowed} at most."
    ),
    "limit_repeats": Text(
        "查询中重复的字段太多，最多 {allowed} 个。", "The query repeats too many fields: {allowed} at most."
    ),
    "limit_selections": Text(
        "查询的字段太多，最多 {allowed} 个。", "The query selects too many fields: {allowed} at most."
    ),
    "limit_cost": Text(
        "查询的内容太多（{requested}，上限 {allowed}），请减少字段或每页条数。",
        "The query costs too much ({requested} of {allowed}). Ask for fewer fields or smaller pages.",
    ),
    "limit_joins": Text(
        "查询一次关联的对象太多，最多 {allowed} 个，请拆成几次查询。",
        "The query follows too many single objects at once, {allowed} at most. Ask for them in several queries.",
    ),
    "introspection_off": Text(
        "此服务不提供结构查询（__schema、__type），请使用随版本发布的 schema 文件。",
        "This service does not answer __schema and __type. Use the schema file that comes with the release.",
    ),
    "search_too_short": Text("请至少输入 {least} 个字。", "Search for at least {least} characters."),
}
