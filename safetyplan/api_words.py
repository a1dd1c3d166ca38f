"""What the description of the programming interface begins with; docs/api.md says more, with examples."""

DESCRIPTION = """\
供市平台、部门系统和脚本读取数据、办理业务。权限与网页完全相同：看不到的记录回答 404，看得到但无权办理的回答 403。

- **身份**：请求头 `Authorization: Bearer 令牌`。令牌由本人在“接口令牌”页面建立，权限等于本人当天的任职。
- **分页**：`page`、`page_size`（最多 100）；`next`、`previous` 是相对本站的地址。
- **筛选和排序**：与网页的筛选相同；不认识的参数回答 400，不会被忽略。
- **版本**：读取对象得到 `ETag`；`If-None-Match` 相符回答 304；修改须带 `If-Match`，缺少回答 428，已被他人修改回答 412。
- **幂等**：每个 POST 都可带 `Idempotency-Key`，24 小时内同键同内容只执行一次。
- **错误**：一律为 `application/problem+json`（RFC 9457），`detail` 是给人看的原因和改法。
"""

# The headings in the order of the work: the loop first, then the ledgers, then what they rest on.
TAGS = (
    "总览", "本人", "工作要点", "工作要点条目", "征求意见", "任务分解报批", "交办事项", "任务", "进展填报",
    "节点与期次", "调整和延期申请", "受阻事项", "督办函件", "隐患", "应急演练", "责任清单", "职责事项",
    "签收承诺", "履职记录", "佐证材料", "指标", "季度报告", "单位", "岗位", "行业领域", "生产经营单位",
)  # fmt: skip
