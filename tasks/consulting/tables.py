"""Tables of 征求意见: rounds for the office, what it was asked for a unit."""

import django_tables2 as tables

from tasks.models import Consultation, ConsultationReply

NUMBER = {"td": {"class": "num"}, "th": {"class": "num"}}
TIGHT = {"td": {"class": "col-tight"}}


class RoundTable(tables.Table):
    """One row per round."""

    title = tables.Column(verbose_name="工作要点", linkify=("consultations:detail", {"pk": tables.A("pk")}))
    number = tables.TemplateColumn("第{{ record.number }}轮", verbose_name="轮次", attrs=TIGHT)
    state = tables.TemplateColumn(
        "{% load ui %}{% badge record.get_state_display record.tone %}", verbose_name="状态", order_by=("state",)
    )
    sent_at = tables.DateColumn(verbose_name="送出日期", format="Y-m-d", attrs=TIGHT)
    answer_by = tables.TemplateColumn(
        "{% load ui %}{% if record.is_open %}{% due record.answer_by today %}"
        "{% else %}{{ record.answer_by|date:'Y-m-d' }}{% endif %}",
        verbose_name="反馈期限",
        attrs=TIGHT,
    )
    answered = tables.TemplateColumn(
        "{{ record.answered }}/{{ record.asked }}", verbose_name="已反馈单位", attrs=NUMBER
    )
    counters = tables.Column(verbose_name="不同意见", attrs=NUMBER)
    waiting = tables.Column(verbose_name="待处理", attrs=NUMBER)

    class Meta:
        model = Consultation
        fields: tuple[str, ...] = ()
        sequence = ("title", "number", "state", "sent_at", "answer_by", "answered", "counters", "waiting")
        order_by_field = "sort"


class ReplyTable(tables.Table):
    """One row per round a unit was asked in."""

    title = tables.Column(
        verbose_name="工作要点",
        accessor="consultation__title",
        linkify=("consultations:reply", {"pk": tables.A("pk")}),
    )
    number = tables.TemplateColumn(
        "第{{ record.consultation.number }}轮",
        verbose_name="轮次",
        order_by=("consultation__number",),
        attrs=TIGHT,
    )
    unit = tables.Column(verbose_name="单位", accessor="unit__short_name", order_by=("unit__ordering",))
    items = tables.Column(verbose_name="涉及条目", attrs=NUMBER)
    answer_by = tables.TemplateColumn(
        "{% load ui %}{% due record.consultation.answer_by today met=record.sent_at %}",
        verbose_name="反馈期限",
        order_by=("consultation__answer_by",),
        attrs=TIGHT,
    )
    sent_at = tables.TemplateColumn(
        "{% load ui %}{% if record.sent_at %}{% badge '已反馈' 'green' %}{% elif record.consultation.is_open %}"
        "{% badge '未反馈' 'orange' %}{% else %}{% badge '未反馈，已结束' 'grey' %}{% endif %}",
        verbose_name="反馈情况",
    )

    class Meta:
        model = ConsultationReply
        fields: tuple[str, ...] = ()
        sequence = ("title", "number", "unit", "items", "answer_by", "sent_at")
        order_by_field = "sort"
