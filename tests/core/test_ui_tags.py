"""The components of the screens: what they draw, what they refuse, and that people's text stays text."""

import re
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import django_filters
import django_tables2
import pytest
from django import forms
from django.contrib.auth.models import Group
from django.core.paginator import Paginator
from django.template import Context, Template, TemplateSyntaxError
from django.test import RequestFactory
from django_filters.filterset import FilterSet

from core.icons import ICONS
from core.ui import MissingArgument, TickColumn, page_of

TODAY = date(2026, 11, 22)
EVIL = '<script>alert("x")</script>'


def draw(source: str, **context: Any) -> str:
    """Return the component drawn, white space made single."""
    return re.sub(r"\s+", " ", Template("{% load ui %}" + source).render(Context(context)))


def draw_at(address: str, source: str, **context: Any) -> str:
    return draw(source, request=RequestFactory().get(address), **context)


@pytest.mark.parametrize(
    ("colour", "reason", "mark", "words"),
    [
        ("red", "已逾期3天（期限2026-11-19），进度62%。", "●", "红 逾期"),
        ("red", "计划进度80%，实际41%，落后39个百分点。", "●", "红 滞后"),
        ("yellow", "离期限还有 5 天。", "▲", "黄 预警"),
        ("green", "按计划推进。", "■", "绿 正常"),
        ("grey", "尚未开始。", "○", "灰 未到期"),
        ("blue", "10月8日已销号。", "✓", "蓝 已销号"),
    ],
)
def test_lamp_says_its_colour_in_mark_and_words_with_the_reason(
    colour: str, reason: str, mark: str, words: str
) -> None:
    html = draw("{% lamp colour reason %}", colour=colour, reason=reason)
    assert mark in html
    assert words in html
    assert f'title="{reason}"' in html
    assert html.count(reason) == 2  # on hover and, for screen readers and paper, in the text


def test_progress_draws_the_planned_mark_and_says_both_figures() -> None:
    html = draw("{% progress percent planned %}", percent=Decimal("62.50"), planned=80)
    assert 'width="62.5"' in html
    assert 'x1="80.0"' in html
    assert "62.5%" in html
    assert "应达 80%" in html
    assert "is-behind" in html


def test_progress_beyond_the_plan_fills_the_bar_but_tells_the_true_figure() -> None:
    html = draw("{% progress 130 80 %}")
    assert 'width="100.0"' in html
    assert "130%" in html
    assert "is-behind" not in html


def test_progress_not_reported_is_not_zero() -> None:
    html = draw("{% progress None None %}")
    assert "未填报" in html
    assert "0%" not in html


def test_progress_of_zero_is_reported() -> None:
    assert "未填报" not in draw("{% progress 0 0 %}")


@pytest.mark.parametrize(
    ("due_on", "text", "css"),
    [
        (date(2026, 11, 28), "还剩 6 天（11月28日）", "due-soon"),
        (date(2026, 12, 31), "还剩 39 天（12月31日）", "due-plain"),
        (date(2027, 1, 31), "还剩 70 天（2027年1月31日）", "due-plain"),
        (date(2026, 11, 22), "今天到期（11月22日）", "due-today"),
        (date(2026, 11, 19), "逾期 3 天（11月19日）", "due-late"),
        (None, "未定时限", "due-plain"),
    ],
)
def test_due_counts_days(due_on: date | None, text: str, css: str) -> None:
    html = draw("{% due due_on today %}", due_on=due_on, today=TODAY)
    assert text in html
    assert css in html


def test_due_of_met_work_counts_nothing() -> None:
    html = draw("{% due due_on today met=True %}", due_on=date(2026, 11, 1), today=TODAY)
    assert "逾期" not in html
    assert "11月1日" in html


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("1200.00"), "1,200"),
        (Decimal("0.50"), "0.5"),
        (Decimal("-1234567.80"), "-1,234,567.8"),
        (100, "100"),
        (Decimal("1E+3"), "1,000"),
        (0, "0"),
        (None, "—"),
    ],
)
def test_number_is_grouped_and_trimmed(value: Decimal | int | None, text: str) -> None:
    assert draw("{% number value %}", value=value) == text


def test_number_carries_its_unit() -> None:
    assert draw("{% number 1200 '处' %}") == "1,200 处"


def test_stat_is_a_link_to_its_rows() -> None:
    html = draw("{% stat '逾期' 1205 '/tasks/?lamp=red' 'red' '较上月 -1' %}")
    assert 'href="/tasks/?lamp=red"' in html
    assert "1,205" in html
    assert "较上月 -1" in html


def test_empty_state_offers_the_next_step() -> None:
    html = draw("{% empty_state '还没有任务' '发布工作要点后出现在这里。' '/plans/' '导入工作要点' %}")
    assert "还没有任务" in html
    assert '<a class="btn btn-primary" href="/plans/">导入工作要点</a>' in html


def test_timeline_shows_who_did_what_and_why() -> None:
    entry = SimpleNamespace(
        at=datetime(2026, 11, 20, 9, 30),  # noqa: DTZ001 - shown as given
        actor_name="张伟",
        summary="退回进展填报",
        reason="缺少盖章页",
        changes=[("状态", "已上报", "退回"), ("说明", "", "补交")],
    )
    html = draw("{% timeline entries %}", entries=[entry])
    for part in ("2026-11-20 09:30", "张伟", "退回进展填报", "理由：缺少盖章页", "<del>已上报</del>", "（空）"):
        assert part in html
    assert "还没有记录" in draw("{% timeline entries %}", entries=[])


@pytest.mark.parametrize(
    "source",
    [
        "{% lamp colour missing %}",
        "{% lamp 'pink' 'x' %}",
        "{% lamp missing 'x' %}",
        "{% progress missing 10 %}",
        "{% progress 10 missing %}",
        "{% icon 'no-such-icon' %}",
        "{% icon missing %}",
        "{% empty_state '' 'x' %}",
        "{% empty_state 'x' missing %}",
        "{% empty_state 'x' 'y' '/z' %}",
        "{% badge missing 'blue' %}",
        "{% badge 'x' 'pink' %}",
        "{% field missing %}",
        "{% form_fields missing %}",
        "{% form_errors missing %}",
        "{% due missing today %}",
        "{% due None missing %}",
        "{% number missing %}",
        "{% pages missing %}",
        "{% stat missing 1 '/x' 'blue' '' %}",
        "{% stat 'x' missing '/x' 'blue' '' %}",
        "{% stat 'x' 1 missing 'blue' '' %}",
        "{% stat 'x' 1 '/x' 'pink' '' %}",
        "{% chips missing %}",
        "{% filter_bar missing %}",
        "{% timeline missing %}",
    ],
)
def test_a_component_refuses_what_is_missing_or_unknown(source: str) -> None:
    with pytest.raises(MissingArgument):
        draw_at("/", source, colour="red", today=TODAY)


@pytest.mark.parametrize("source", ["{% lamp 'red' %}", "{% progress 1 %}", "{% badge 'x' %}", "{% stat 'x' 1 '/x' %}"])
def test_a_component_left_short_does_not_compile(source: str) -> None:
    with pytest.raises(TemplateSyntaxError):
        draw(source)


def test_pages_and_chips_say_that_they_need_the_request() -> None:
    with pytest.raises(MissingArgument, match="request"):
        draw("{% pages page %}", page=Paginator(range(3), 2).page(1))


def test_every_icon_has_a_name_of_the_set() -> None:
    assert 'href="/static/vendor/icons.svg#bell"' in draw("{% icon 'bell' %}")
    assert all(re.fullmatch(r"[a-z0-9-]+", name) for name in ICONS)


def test_what_people_typed_is_escaped_everywhere() -> None:
    entry = SimpleNamespace(
        at=datetime(2026, 11, 20),  # noqa: DTZ001 - shown as given
        actor_name=EVIL,
        summary=EVIL,
        reason=EVIL,
        changes=[(EVIL, EVIL, EVIL)],
    )
    html = draw(
        "{% lamp 'red' evil %}{% badge evil 'blue' %}{% empty_state evil evil evil evil %}"
        "{% stat evil 1 evil 'blue' evil %}{% timeline entries %}{% number 1 evil %}",
        evil=EVIL,
        entries=[entry],
    )
    assert "<script" not in html
    assert html.count("&lt;script&gt;") == 17


# --- forms ---


class ReportForm(forms.Form):
    """A form with each kind of control."""

    value = forms.DecimalField(label="累计值", help_text="单位：处。")
    done_on = forms.DateField(label="完成日期", required=False)
    text = forms.CharField(label="进展", widget=forms.Textarea, required=False)
    kind = forms.ChoiceField(label="类型", choices=[("a", "进展"), ("b", "困难")], widget=forms.RadioSelect)
    unit = forms.MultipleChoiceField(label="配合单位", choices=[("1", "县水利局")], required=False)
    file = forms.FileField(label="佐证材料", required=False)
    signed = forms.BooleanField(label="已审签")
    token = forms.CharField(widget=forms.HiddenInput, initial="t")

    def clean(self) -> dict[str, Any]:
        self.add_error(None, "累计值小于上期。")
        return self.cleaned_data


def test_a_field_ties_label_help_and_control_together() -> None:
    html = draw("{% field form.value %}", form=ReportForm())
    assert '<label class="form-label" for="id_value">累计值' in html
    assert "（必填）" in html
    assert 'aria-describedby="id_value_helptext"' in html
    assert 'id="id_value_helptext"' in html
    assert 'class="form-control"' in html
    assert "required" in html


def test_a_refused_form_lists_its_errors_with_links_and_keeps_what_was_typed() -> None:
    form = ReportForm({"value": "十", "text": EVIL, "token": "t"})
    html = draw("{% form_fields form %}", form=form)
    assert "已填内容都还在" in html
    assert "累计值小于上期。" in html
    assert '<a href="#id_value">累计值</a>' in html
    assert 'id="id_value_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'value="十"' in html
    assert "&lt;script&gt;" in html
    assert "<script" not in html
    assert 'type="hidden" name="token"' in html


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("done_on", 'type="date"'),
        ("kind", "<fieldset"),
        ("unit", "data-enhance"),
        ("file", "data-dropzone"),
        ("signed", 'class="form-check-input"'),
    ],
)
def test_each_kind_of_control_gets_its_layout(name: str, expected: str) -> None:
    assert expected in draw("{% field field %}", field=ReportForm()[name])


def test_a_date_comes_back_as_the_browser_wants_it() -> None:
    form = ReportForm(initial={"done_on": date(2026, 11, 5)})
    assert 'value="2026-11-05"' in draw("{% field form.done_on %}", form=form)


# --- pages, filters, tables ---


def test_the_pager_keeps_the_rest_of_the_address() -> None:
    page = Paginator(range(57), 20).page(2)
    html = draw_at("/tasks/?lamp=red&lamp=yellow&page=2", "{% pages page %}", page=page)
    assert "共 <b>57</b> 条，第 2 / 3 页" in html
    assert 'href="?lamp=red&amp;lamp=yellow&amp;page=3"' in html
    assert 'href="?lamp=red&amp;lamp=yellow&amp;per_page=50"' in html  # a new size starts at the first page


@pytest.mark.parametrize(
    ("query", "size", "number"),
    [("", 20, 1), ("per_page=50&page=2", 50, 2), ("per_page=9999", 20, 1), ("page=99", 20, 5), ("page=x", 20, 1)],
)
def test_page_of_takes_only_sizes_on_offer(query: str, size: int, number: int) -> None:
    page = page_of(RequestFactory().get(f"/?{query}"), list(range(99)))
    assert page.paginator.per_page == size
    assert page.number == number


class TaskFilter(FilterSet):
    """Filters as a list page has them."""

    primary = ("q", "lamp")
    q = django_filters.CharFilter(label="搜索", method="untouched")
    lamp = django_filters.MultipleChoiceFilter(
        label="亮灯", choices=[("red", "红"), ("yellow", "黄")], method="untouched"
    )
    due = django_filters.DateFromToRangeFilter(label="时限", method="untouched")

    def untouched(self, rows: Any, name: str, value: Any) -> Any:
        return rows


def task_filter(query: str) -> TaskFilter:
    params = RequestFactory().get(f"/tasks/?{query}").GET
    return TaskFilter(params, queryset=Group.objects.none())  # type: ignore[no-untyped-call]


def test_chips_name_each_active_filter_and_take_away_just_that_one() -> None:
    query = "q=%E6%B6%88%E9%98%B2&lamp=red&lamp=yellow&due_after=2026-11-01&sort=-due&page=3"
    html = draw_at(f"/tasks/?{query}", "{% chips filters %}", filters=task_filter(query))
    assert "搜索：消防" in html
    assert "亮灯：红" in html
    assert "时限：2026-11-01 至 不限" in html
    assert 'href="?q=%E6%B6%88%E9%98%B2&amp;lamp=yellow&amp;due_after=2026-11-01&amp;sort=-due"' in html
    assert 'href="?q=%E6%B6%88%E9%98%B2&amp;lamp=red&amp;lamp=yellow&amp;sort=-due"' in html


def test_chips_survive_a_value_that_is_no_choice() -> None:
    query = "lamp=%3Cscript%3E"
    html = draw_at(f"/tasks/?{query}", "{% chips filters %}", filters=task_filter(query))
    assert "亮灯：&lt;script&gt;" in html


def test_the_filter_bar_keeps_order_and_opens_more_only_when_used() -> None:
    query = "q=a&sort=-due&per_page=50"
    html = draw_at(f"/tasks/?{query}", "{% filter_bar filters 1234 %}", filters=task_filter(query))
    assert '<input type="hidden" name="sort" value="-due">' in html
    assert '<input type="hidden" name="per_page" value="50">' in html
    assert "找到 <b>1,234</b> 条" in html
    assert '<details class="filter-more">' in html
    query = "due_before=2026-12-31"
    html = draw_at(f"/tasks/?{query}", "{% filter_bar filters %}", filters=task_filter(query))
    assert '<details class="filter-more" open>' in html
    assert html.count('type="date"') == 2


class TaskTable(django_tables2.Table):
    """A list as the pages have them."""

    caption = "任务台账"
    empty_title = "还没有任务"
    tick = TickColumn()
    title = django_tables2.Column(verbose_name="任务")
    due = django_tables2.Column(verbose_name="时限")


def draw_table(rows: Iterable[dict[str, Any]], address: str = "/tasks/?lamp=red&sort=-due") -> str:
    request = RequestFactory().get(address)
    table = TaskTable(list(rows), empty_text="发布工作要点后，任务出现在这里。")  # type: ignore[no-untyped-call]
    django_tables2.RequestConfig(request, paginate={"per_page": 2}).configure(table)
    source = Template("{% load django_tables2 %}{% render_table table %}")
    return re.sub(r"\s+", " ", source.render(Context({"table": table, "request": request})))


def test_a_table_marks_its_order_and_labels_cells_for_narrow_screens() -> None:
    html = draw_table({"pk": n, "tick": n, "title": f"{EVIL}{n}", "due": n} for n in range(5))
    assert 'aria-sort="descending"' in html
    assert 'data-label="任务"' in html
    assert "共 <b>5</b> 条" in html
    assert 'href="?lamp=red&amp;sort=-due&amp;page=2"' in html
    assert "<script" not in html
    assert 'aria-label="全选本页"' in html
    assert html.count('aria-label="选择此行"') == 2


def test_an_empty_table_says_why() -> None:
    html = draw_table([])
    assert "还没有任务" in html
    assert "发布工作要点后，任务出现在这里。" in html
    assert "<table" not in html
