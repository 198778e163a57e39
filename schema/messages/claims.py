"""Words for the reasons that the room claims gives."""

from __future__ import annotations

from schema.reads.arguments import Text

CLAIMS: dict[str, Text] = {
    "account_not_masked": Text(
        "账号须打码显示，如 138****5678；请勿填写完整手机号码。",
        "Enter the account masked, such as 138****5678, and never a whole phone number.",
    ),
    "account_formula": Text("账号不能以“=”“+”“-”“@”开头。", "An account must not begin with '=', '+', '-' or '@'."),
    "photo_not_sha256": Text(
        "照片校验值须为 64 位十六进制的 SHA-256。", "Give the photo's SHA-256 as 64 hexadecimal digits."
    ),
    "photo_used": Text("这张照片已用于另一笔申领。", "This photo was already used for another claim."),
    "seen_in_the_future": Text("核验日期不能晚于今天。", "The day must not be later than today."),
    "seen_too_long_ago": Text("核验日期不能早于 {days} 天前。", "The day must not be more than {days} days ago."),
    "seen_before_last": Text(
        "核验日期早于上次核验：{day} 已核验为 {figure} 分，请核对日期和积分。",
        "The day is before the last one: {figure} points were attested for {day}. Check the day and the figure.",
    ),
    "claim_earlier_waits": Text(
        "这位居民还有一笔更早的申领（{day}，{figure} 分）待复核，请先处理那一笔。",
        "An earlier claim of this resident ({figure} points, {day}) still waits. Decide on that one first.",
    ),
    "claim_not_paid": Text(
        "这笔申领没有入账，不需要作废。", "This claim was never paid, so there is nothing to take back."
    ),
    "claim_later_paid": Text(
        "之后还有一笔已入账的申领（{day}，{figure} 分），请先作废那一笔。",
        "A later claim ({figure} points, {day}) was paid on top of it. Void that one first.",
    ),
    "csv_too_long": Text("文件不能超过 {limit} KB。", "The file must not be longer than {limit} KiB."),
    "csv_empty": Text("文件是空的。", "The file is empty."),
    "csv_malformed": Text(
        "第 {row} 行不是有效的 CSV 格式，请检查引号。", "Row {row} is not valid CSV. Check its quotation marks."
    ),
    "csv_column_missing": Text("表头缺少“{column}”（{name}）列。", "The header has no column '{name}' ({column})."),
    "csv_column_twice": Text("表头中“{column}”列重复了。", "The header has the column '{column}' twice."),
    "csv_encoding": Text("文件编码须为 UTF-8 或 GB18030。", "The file must be in UTF-8 or GB18030."),
    "csv_figure": Text("积分须为整数，如 1500。", "The figure must be a whole number, such as 1500."),
    "csv_date": Text(
        "日期须真实存在，如 2024-01-12 或 2024/1/12。", "Give a real day, such as 2024-01-12 or 2024/1/12."
    ),
}
