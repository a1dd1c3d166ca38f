"""任务: what one lead unit must deliver by a date, its lamp, and the dated rows of everything that changed."""

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from core import clock
from core.models import VersionedModel
from core.periods import period_of
from responsibility.authority import authority_of
from responsibility.models import Unit
from tasks.models.directive import Directive
from tasks.models.origin import Charge, Source
from tasks.models.plan import Operator, Plan, PlanItem, PlanSection
from tasks.models.recurrence import Recurring, recurrence_checked
from tasks.progress import Points, planned_of

if TYPE_CHECKING:
    from accounts.models import User


class TaskQuerySet(models.QuerySet["Task"]):
    """Reads of tasks."""

    def visible_to(self, user: "User | Any") -> Self:
        """Everything for office, leaders, auditors; for a unit's people what it leads (with children) or supports."""
        authority = authority_of(user)
        if authority.reads_county:
            return self
        units = authority.units
        if not units:
            return self.none()
        supported = TaskSupport.objects.filter(unit_id__in=units).values("task_id")
        # Who leads a task sees what stands below it.
        below = Task.objects.filter(parent__lead_id__in=units).values("pk")
        return self.filter(Q(lead_id__in=units) | Q(pk__in=supported) | Q(pk__in=below))

    def open(self) -> Self:
        """Keep what is not closed."""
        return self.exclude(state=Task.State.CLOSED)

    def led_by(self, units: frozenset[int]) -> Self:
        """Keep the tasks these units lead."""
        return self.filter(lead_id__in=units)

    def unfinished(self) -> Self:
        """Keep open tasks whose work is not done: neither verified complete nor waiting to be closed."""
        return self.open().exclude(state=Task.State.CLOSING).filter(completed_on__isnull=True)

    def asked(self, what: str) -> Self:
        """Keep tasks whose unit waits for the office: an open `adjust` or `extend` request, or `blocked`."""
        if what == "blocked":
            return self.filter(obstacles__solved_at__isnull=True, obstacles__isnull=False)
        return self.filter(requests__state="open", requests__kind=what)

    def not_reported_on(self, day: date) -> Self:
        """Unfinished tasks under way that nobody has reported on in the reporting period `day` lies in."""
        silent = Q()
        for every in Plan.Every.values:
            start = period_of(day, every).start
            silent |= Q(plan__report_every=every) & (Q(submitted_on__isnull=True) | Q(submitted_on__lt=start))
        return self.unfinished().exclude(state=Task.State.REPORTED).filter(silent, starts_on__lte=day)

    def overdue_on(self, day: date) -> Self:
        """Open tasks whose deadline has passed, except what was reported in time and waits for the office."""
        waiting_in_time = Q(
            state__in=[Task.State.REPORTED, Task.State.CLOSING],
            submitted_on__isnull=False,
            submitted_on__lte=models.F("due_on"),
        )
        return self.open().filter(due_on__lt=day).exclude(waiting_in_time).exclude(completed_on__isnull=False)


class Task(Charge, Recurring, VersionedModel):
    """One task of the year."""

    class State(models.TextChoices):
        """Where the task stands; the moves between them are `tasks.transitions.TASK_TRANSITIONS`."""

        ASSIGNED = "assigned", "待签收"
        ADJUSTING = "adjusting", "提出调整待定"
        ACTIVE = "active", "进行中"
        ENDORSING = "endorsing", "待负责人审签"
        REPORTED = "reported", "已上报待审"
        RETURNED = "returned", "退回待改"
        CLOSING = "closing", "申请销号"
        CLOSED = "closed", "已销号"

    class Lamp(models.TextChoices):
        """Colour of the task; words stand beside it everywhere."""

        RED = "red", "红"
        YELLOW = "yellow", "黄"
        GREEN = "green", "绿"
        GREY = "grey", "灰"
        BLUE = "blue", "蓝"

    class Curve(models.TextChoices):
        """How progress is planned between start and deadline."""

        STRAIGHT = "straight", "按时间均匀推进"
        MILESTONES = "milestones", "按节点推进"

    plan = models.ForeignKey(Plan, verbose_name="工作要点", on_delete=models.PROTECT, related_name="tasks")
    item = models.ForeignKey(
        PlanItem, verbose_name="条目", on_delete=models.PROTECT, related_name="tasks", null=True, blank=True
    )
    # What it was opened for, where it comes from no item of the plan.
    directive = models.ForeignKey(
        Directive, verbose_name="交办事项", on_delete=models.PROTECT, related_name="tasks", null=True, blank=True
    )
    # 上级任务, one level only; a child has neither item nor directive of its own.
    parent = models.ForeignKey(
        "self", verbose_name="上级任务", on_delete=models.PROTECT, related_name="children", null=True, blank=True
    )
    # Day it was added to the published plan; None for what publishing made.
    opened_on = models.DateField("立项日期", null=True, blank=True)
    section = models.ForeignKey(
        PlanSection, verbose_name="章节", on_delete=models.PROTECT, related_name="tasks", null=True, blank=True
    )
    code = models.CharField("任务编号", max_length=20, unique=True)
    title = models.CharField("任务名称", max_length=200)
    source_text = models.TextField("原文")
    source = models.CharField("来源", max_length=12, choices=Source, default=Source.PLAN)
    lead = models.ForeignKey(Unit, verbose_name="牵头单位", on_delete=models.PROTECT, related_name="led_tasks")
    starts_on = models.DateField("开始日期")
    due_on = models.DateField("完成时限")
    original_due_on = models.DateField("原定时限")
    curve = models.CharField("计划进度", max_length=12, choices=Curve, default=Curve.STRAIGHT)
    # [["2026-06-30", "40"]]: the milestones' days and shares, written with them by `tasks.services.nodes`, so that
    # the planned progress of any number of tasks is told without reading their nodes (docs/adr).
    curve_points: models.JSONField[Any, Any] = models.JSONField("节点计划", default=list, blank=True)
    state = models.CharField("状态", max_length=12, choices=State, default=State.ASSIGNED)
    # Progress in percent: as passed by the office, and as last reported.
    verified_percent = models.DecimalField("审定进度（%）", max_digits=5, decimal_places=1, default=Decimal(0))
    reported_percent = models.DecimalField("上报进度（%）", max_digits=5, decimal_places=1, default=Decimal(0))
    # Day of the report that now waits for the office, or of the last one it passed.
    submitted_on = models.DateField("最近上报日期", null=True, blank=True)
    # Day of the report that brought the task to 100 % and was passed.
    completed_on = models.DateField("完成日期", null=True, blank=True)
    close_requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="申请销号人",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    close_request = models.TextField("销号申请", blank=True)
    closed_on = models.DateField("销号日期", null=True, blank=True)
    lamp = models.CharField("亮灯", max_length=8, choices=Lamp, default=Lamp.GREY)
    lamp_reason = models.CharField("亮灯说明", max_length=300, blank=True)
    lamp_on = models.DateField("亮灯计算日期", null=True, blank=True)
    # 人工改判: while it lasts it stands in place of what the rules say.
    forced_lamp = models.CharField("改判亮灯", max_length=8, choices=Lamp, blank=True)
    forced_reason = models.CharField("改判理由", max_length=200, blank=True)
    forced_until = models.DateField("改判有效期至", null=True, blank=True)
    forced_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="改判人",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )

    objects = TaskQuerySet.as_manager()

    class Meta:
        verbose_name = "任务"
        verbose_name_plural = "任务"
        ordering = ["code"]
        indexes = [
            models.Index(fields=["plan", "state", "due_on"], name="task_plan_state_due"),
            models.Index(fields=["lead", "state"], name="task_lead_state"),
            models.Index(fields=["lamp"], name="task_lamp"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(starts_on__lte=models.F("due_on")), name="task_starts_before_due"),
            models.CheckConstraint(condition=Q(weight__gt=0), name="task_weight_positive"),
            models.CheckConstraint(
                condition=Q(item__isnull=False, directive__isnull=True, parent__isnull=True)
                | Q(item__isnull=True, directive__isnull=False, parent__isnull=True)
                | Q(item__isnull=True, directive__isnull=True, parent__isnull=False),
                name="task_from_item_directive_or_parent",
            ),
            models.CheckConstraint(
                condition=Q(verified_percent__gte=0, verified_percent__lte=100)
                & Q(reported_percent__gte=0, reported_percent__lte=100),
                name="task_percent_range",
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_on__isnull=False) | (~Q(state="closed") & Q(closed_on__isnull=True)),
                name="task_closed_dated",
            ),
            models.CheckConstraint(
                condition=Q(forced_lamp="")
                | (~Q(forced_reason="") & Q(forced_until__isnull=False, forced_by__isnull=False)),
                name="task_forced_lamp_explained",
            ),
            recurrence_checked("task_months_named"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    @property
    def waits_for_office(self) -> bool:
        """The unit has done its part; the office is to act."""
        return self.state in (self.State.REPORTED, self.State.CLOSING)

    @property
    def is_met(self) -> bool:
        """Nothing is counted against the deadline any more: closed, complete, or reported in time and waiting."""
        in_time = self.submitted_on is not None and self.submitted_on <= self.due_on
        return self.state == self.State.CLOSED or self.completed_on is not None or (self.waits_for_office and in_time)

    @property
    def shown_percent(self) -> Decimal:
        """Progress in percent that counts now: the reported figure while it waits for review, else the verified one."""
        return self.reported_percent if self.waits_for_office else self.verified_percent

    @property
    def planned_today(self) -> Decimal | None:
        """Planned progress in percent today; None once the task is closed."""
        if self.state == self.State.CLOSED:
            return None
        return self.planned_on(clock.today())

    def planned_on(self, day: date) -> Decimal:
        """Return the planned progress in percent at the end of `day`, by the task's curve."""
        return planned_of(self, day)

    @property
    def points(self) -> Points:
        """Days and shares of the milestones the plan follows; empty while it is a straight line."""
        if self.curve == self.Curve.STRAIGHT:
            return []
        return [(date.fromisoformat(day), Decimal(share)) for day, share in self.curve_points]


class TaskSupport(models.Model):
    """配合单位 of a task."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="supports")
    unit = models.ForeignKey(Unit, verbose_name="配合单位", on_delete=models.PROTECT, related_name="supported_tasks")
    # What the unit is to do; with it, the unit is asked for its part in every period.
    role = models.CharField("配合事项", max_length=300, blank=True)

    class Meta:
        verbose_name = "配合单位"
        verbose_name_plural = "配合单位"
        ordering = ["task", "unit__ordering"]
        constraints = [models.UniqueConstraint(fields=["task", "unit"], name="support_once")]

    def __str__(self) -> str:
        return str(self.unit)


class TaskTarget(models.Model):
    """量化指标 of a task with the value reported and the value the office has passed."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="targets")
    phrase = models.CharField("原文", max_length=200)
    metric = models.CharField("指标名称", max_length=120)
    operator = models.CharField("要求", max_length=2, choices=Operator)
    value = models.DecimalField("目标值", max_digits=16, decimal_places=2)
    unit = models.CharField("计量单位", max_length=20, blank=True)
    period = models.CharField("周期", max_length=12, blank=True)
    reported_value = models.DecimalField("上报值", max_digits=16, decimal_places=2, null=True, blank=True)
    verified_value = models.DecimalField("审定值", max_digits=16, decimal_places=2, null=True, blank=True)
    # Key of the metric in `core.metrics` that feeds it; empty where people fill in the figure.
    ledger = models.CharField("取数台账", max_length=60, blank=True)

    class Meta:
        verbose_name = "量化指标"
        verbose_name_plural = "量化指标"
        ordering = ["task", "id"]

    def __str__(self) -> str:
        return self.metric


class TaskChange(models.Model):
    """A dated row for every change of state, lead, deadline, target, value, progress or colour of a task.

    With them the county can be shown as it stood on any past day.
    """

    class Field(models.TextChoices):
        """What changed."""

        STATE = "state", "状态"
        LEAD = "lead", "牵头单位"
        DUE = "due_on", "完成时限"
        TARGET = "target", "指标"
        VALUE = "value", "指标值"
        PROGRESS = "progress", "进度"
        LAMP = "lamp", "亮灯"
        NODE = "node", "节点、期次"
        RECURRENCE = "recurrence", "期次频次"
        CURVE = "curve", "计划进度"
        SOURCE = "source", "来源"
        LEADER = "leader", "牵头领导"
        WEIGHT = "weight", "权重"
        SECTOR = "sector", "行业领域"
        CHILD = "child", "子任务"

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="changes")
    target = models.ForeignKey(TaskTarget, on_delete=models.CASCADE, null=True, blank=True, related_name="changes")
    node = models.ForeignKey("tasks.TaskNode", on_delete=models.CASCADE, null=True, blank=True, related_name="changes")
    field = models.CharField("项目", max_length=12, choices=Field)
    old = models.CharField("原值", max_length=300, blank=True)
    new = models.CharField("新值", max_length=300, blank=True)
    at = models.DateTimeField("时间", default=clock.now, db_index=True)
    on = models.DateField("日期", default=clock.today)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    reason = models.CharField("理由", max_length=300, blank=True)

    class Meta:
        verbose_name = "任务变更"
        verbose_name_plural = "任务变更"
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["task", "field", "-on"], name="change_task_field_on")]

    def __str__(self) -> str:
        return f"{self.get_field_display()}：{self.old} → {self.new}"


# Conditions of the lamp table that mean nothing without a figure.
WITH_THRESHOLD = ["gap_over", "missed_period", "due_within", "early", "quarter_node", "node_missed", "node_late"]


class LampRule(models.Model):
    """One row of the lamp table; the rows are tried in their order and the first that fits gives the colour."""

    class Condition(models.TextChoices):
        """What the row looks at; `threshold` is points, days or periods as said."""

        CLOSED = "closed", "已销号"
        LIMIT_BROKEN = "limit_broken", "上限类、清零类指标被突破"
        DONE_IN_TIME = "done_in_time", "按期完成，待销号"
        DONE_LATE = "done_late", "逾期完成，待销号"
        OVERDUE = "overdue", "超过完成时限"
        NOT_STARTED = "not_started", "未到开始日期"
        GAP_OVER = "gap_over", "落后计划进度超过（百分点）"
        MISSED_PERIOD = "missed_period", "连续未报送的期数达到（期）"
        QUARTER_NODE = "quarter_node", "有按季及以上的期次到期未完成达到（个）"
        NODE_MISSED = "node_missed", "有节点、期次到期未完成达到（个）"
        NODE_LATE = "node_late", "有节点、期次逾期未完成达到（天）"
        DUE_WITHIN = "due_within", "距完成时限不足（天）"
        EARLY = "early", "计划进度不足（百分点）且尚未报送"
        OTHERWISE = "otherwise", "其他情形"

    order = models.PositiveSmallIntegerField("次序", unique=True)
    condition = models.CharField("情形", max_length=20, choices=Condition)
    threshold = models.DecimalField("阈值", max_digits=6, decimal_places=1, null=True, blank=True)
    colour = models.CharField("亮灯", max_length=8, choices=Task.Lamp)
    active = models.BooleanField("启用", default=True)

    class Meta:
        verbose_name = "亮灯规则"
        verbose_name_plural = "亮灯规则"
        ordering = ["order"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(condition__in=WITH_THRESHOLD) | Q(threshold__isnull=False),
                name="lamp_rule_threshold_given",
            )
        ]

    def __str__(self) -> str:
        return f"{self.order}. {self.get_condition_display()} → {self.get_colour_display()}"
