"""The task pages through the client: the right person, others, wrong states, what is stored and what is kept."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from evidence.models import File
from tasks.models import Plan, ProgressReport, Task
from tasks.services.moves import sign_task
from tests.county import AsPerson, County, make_task
from tests.enterprises import join_enterprise, make_enterprise
from tests.tasks.test_flow import PDF, report

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_may")]
STATUS = {"office": 200, "leader": 200, "auditor": 200, "editor": 200, "head": 200}


def test_every_page_sends_strangers_to_the_login(task: Task) -> None:
    for path in (reverse("tasks:work"), reverse("tasks:list"), reverse("tasks:detail", args=[task.pk])):
        response = Client().get(path)
        assert response.status_code == 302
        assert response["Location"].startswith("/accounts/login/")


def test_task_page_is_shown_to_those_concerned_and_to_nobody_else(
    as_person: AsPerson, county: County, task: Task
) -> None:
    path = reverse("tasks:detail", args=[task.pk])
    for name in county.people:
        assert as_person(name).get(path).status_code == STATUS.get(name, 404 if name != "second_office" else 200) or (
            name == "second_editor"
        ), name


@pytest.mark.parametrize(
    ("name", "words", "next_page"),
    [
        ("auditor", "新的任务、退回的进展和督促函会出现在这里", "tasks:list"),
        ("enterprise", "交由本企业整改的隐患、到期应组织的演练", "hazards:list"),
        ("administrator", "不承办业务", "responsibility:people"),
        ("stranger", "您的账号还没有岗位", ""),
    ],
)
def test_whom_no_work_waits_for_is_told_what_will_and_shown_a_page_that_opens(
    as_person: AsPerson, county: County, name: str, words: str, next_page: str
) -> None:
    join_enterprise(county.enterprise, make_enterprise(county))
    client = as_person(name)
    answer = client.get(reverse("tasks:work"))
    (_, _, shown) = answer.content.decode().partition('class="empty-state')
    assert answer.context["queues"] == []
    assert words in shown
    if next_page:
        assert f'href="{reverse(next_page)}"' in shown
        assert client.get(reverse(next_page)).status_code == 200
    else:
        assert 'class="btn' not in shown


def test_list_shows_each_unit_its_own_tasks_only(as_person: AsPerson, county: County, plan: Plan, task: Task) -> None:
    other = make_task(plan, county.units["ZJ"], 2, title="燃气管道更新")
    own = as_person("editor").get(reverse("tasks:list")).content.decode()
    assert task.title in own
    assert other.title not in own
    everything = as_person("office").get(reverse("tasks:list")).content.decode()
    assert task.title in everything
    assert other.title in everything


def test_list_filters_by_search_lamp_overdue_and_unreported(
    as_person: AsPerson, county: County, plan: Plan, task: Task
) -> None:
    late = make_task(plan, county.units["YJ"], 2, title="汛前检查", due_on=date(2026, 4, 30), state=Task.State.ACTIVE)
    client = as_person("office")

    def found(query: str) -> list[int]:
        table = client.get(reverse("tasks:list") + query).context["table"]
        return [row.record.pk for row in table.rows]

    assert found("?q=汛前") == [late.pk]
    assert found("?q=yjj") == []
    assert found("?overdue=1") == [late.pk]
    assert found("?lamp=red") == [task.pk, late.pk]
    assert found("?unreported=1&due_to=2026-04-30") == [late.pk]
    assert found("?lead=999999&state=nonsense&page=1e9&sort=%00") is not None


@pytest.mark.parametrize("number", [3, 30])
def test_list_and_work_page_cost_a_fixed_number_of_queries(
    as_person: AsPerson, county: County, plan: Plan, number: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for index in range(number):
        make_task(plan, county.units["YJ"], index + 1)
    for name, path, most in (
        ("office", reverse("tasks:list"), 12),
        ("editor", reverse("tasks:list"), 12),
        ("editor", reverse("tasks:work"), 20),
        ("office", reverse("dashboards:overview"), 20),
        ("editor", reverse("dashboards:overview"), 20),
    ):
        client = as_person(name)
        with django_assert_max_num_queries(most):
            assert client.get(path).status_code == 200


def test_sign_then_report_then_submit_on_the_pages(as_person: AsPerson, county: County, task: Task) -> None:
    client = as_person("editor")
    detail = client.get(reverse("tasks:detail", args=[task.pk]))
    assert "签收任务" in detail.content.decode()
    act = reverse("tasks:act", args=[task.pk, "sign"])
    response = client.post(act, {"version": task.version, "then_report": "1"})
    form = reverse("tasks:report", args=[task.pk])
    assert response["Location"] == form
    value = f"value_{task.targets.get().pk}"
    files = [SimpleUploadedFile("演练.pdf", PDF), SimpleUploadedFile("照片.pdf", PDF + b"2")]
    response = client.post(
        form, {"version": "", value: "200", "actions_taken": "组织演练", "files": files, "submit": "1"}
    )
    assert response["Location"] == reverse("tasks:detail", args=[task.pk])
    task.refresh_from_db()
    assert (task.state, task.reported_percent) == (Task.State.REPORTED, 50)
    assert File.objects.count() == 2


def test_report_form_keeps_everything_when_something_is_wrong(as_person: AsPerson, county: County, task: Task) -> None:
    sign_task(actor=county.editor, task_id=task.pk)
    client, form = as_person("editor"), reverse("tasks:report", args=[task.pk])
    value = f"value_{task.targets.get().pk}"
    bad = SimpleUploadedFile("照片.jpg", b"<script>alert(1)</script>")
    response = client.post(
        form, {"version": "", value: "不少于一百", "actions_taken": "做了很多", "files": [bad], "submit": "1"}
    )
    page = response.content.decode()
    assert response.status_code == 409
    assert "不少于一百" in page
    assert "做了很多" in page
    assert "不是可以接收的佐证材料" in page
    assert ProgressReport.objects.get().actions_taken == "做了很多"
    task.refresh_from_db()
    assert task.state == Task.State.ACTIVE


def test_conflicting_drafts_show_both_texts(as_person: AsPerson, county: County, task: Task) -> None:
    sign_task(actor=county.editor, task_id=task.pk)
    form = reverse("tasks:report", args=[task.pk])
    as_person("editor").post(form, {"version": "0", "actions_taken": "甲写的", "save": "1"})
    response = as_person("second_editor").post(form, {"version": "0", "actions_taken": "乙写的", "save": "1"})
    page = response.content.decode()
    assert response.status_code == 409
    assert "甲写的" in page
    assert "乙写的" in page
    assert ProgressReport.objects.get().actions_taken == "甲写的"
    version = response.context["form"].data["version"]
    as_person("second_editor").post(form, {"version": version, "actions_taken": "甲乙合写", "save": "1"})
    assert ProgressReport.objects.get().actions_taken == "甲乙合写"


def test_others_cannot_open_or_post_the_report_form(as_person: AsPerson, county: County, task: Task) -> None:
    sign_task(actor=county.editor, task_id=task.pk)
    form = reverse("tasks:report", args=[task.pk])
    expected = {"office": 403, "leader": 403, "head": 403, "other_editor": 404, "stranger": 404, "enterprise": 404}
    for name, status in expected.items():
        client = as_person(name)
        assert client.get(form).status_code == status, name
        assert client.post(form, {"actions_taken": "x"}).status_code == status, name
    assert not ProgressReport.objects.exists()


def test_review_page_passes_and_goes_on(as_person: AsPerson, county: County, plan: Plan, task: Task) -> None:
    second = make_task(plan, county.units["YJ"], 2)
    report(county, task, "100")
    report(county, second, "200")
    client = as_person("office")
    page = client.get(reverse("tasks:reviews"))
    assert page.context["task"].pk == task.pk
    assert "低于计划进度" in page.content.decode() or "达到计划" in page.content.decode()
    task.refresh_from_db()
    response = client.post(reverse("tasks:review_act", args=[task.pk, "pass"]), {"version": task.version})
    assert response["Location"] == reverse("tasks:reviews")
    assert client.get(reverse("tasks:reviews")).context["task"].pk == second.pk
    task.refresh_from_db()
    assert task.verified_percent == Decimal("25.0")


def test_refused_review_keeps_the_typed_reason(as_person: AsPerson, county: County, task: Task) -> None:
    report(county, task)
    client = as_person("office")
    response = client.post(reverse("tasks:review_act", args=[task.pk, "return"]), {"version": 1, "reason": "材料不足"})
    assert response.status_code == 409
    assert "材料不足" in response.content.decode()
    task.refresh_from_db()
    assert task.state == Task.State.REPORTED


@pytest.mark.parametrize("name", ["editor", "leader", "auditor", "head", "stranger", "administrator"])
def test_only_the_office_reviews(as_person: AsPerson, county: County, task: Task, name: str) -> None:
    report(county, task)
    task.refresh_from_db()
    client = as_person(name)
    assert client.get(reverse("tasks:reviews")).status_code == 403
    path = reverse("tasks:review_act", args=[task.pk, "pass"])
    assert client.post(path, {"version": task.version}).status_code == 403
    task.refresh_from_db()
    assert task.state == Task.State.REPORTED


def test_moves_refuse_get_unknown_actions_and_missing_versions(as_person: AsPerson, task: Task) -> None:
    client = as_person("editor")
    path = reverse("tasks:act", args=[task.pk, "sign"])
    assert client.get(path).status_code == 405
    assert client.post(reverse("tasks:act", args=[task.pk, "explode"]), {"version": 1}).status_code == 404
    assert client.post(path, {}).status_code == 409
    task.refresh_from_db()
    assert task.state == Task.State.ASSIGNED


def test_evidence_is_served_to_those_concerned_only(as_person: AsPerson, county: County, task: Task) -> None:
    report(county, task)
    path = reverse("evidence:download", args=[File.objects.get().uid])
    for name in ("editor", "office", "leader", "auditor", "head"):
        response = as_person(name).get(path)
        assert response.status_code == 200, name
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response.getvalue().startswith(b"%PDF")
    for name in ("other_editor", "stranger", "enterprise", "administrator"):
        assert as_person(name).get(path).status_code == 404, name
    assert Client().get(path).status_code == 302


def test_draft_evidence_is_the_units_own_until_submitted(as_person: AsPerson, county: County, task: Task) -> None:
    sign_task(actor=county.editor, task_id=task.pk)
    client, form = as_person("editor"), reverse("tasks:report", args=[task.pk])
    client.post(form, {"version": "", "actions_taken": "x", "files": [SimpleUploadedFile("a.pdf", PDF)], "save": "1"})
    uid = File.objects.get().uid
    path = reverse("evidence:download", args=[uid])
    shown = client.get(path)
    assert shown.getvalue() == PDF
    assert as_person("office").get(path).status_code == 404
    version = ProgressReport.objects.get().version
    client.post(form, {"version": version, "actions_taken": "x", "remove": str(uid)})
    assert client.get(path).status_code == 404
    assert File.objects.get().removed_at is not None


def test_dashboard_figures_lead_to_exactly_the_rows_they_count(
    as_person: AsPerson, county: County, plan: Plan, task: Task
) -> None:
    make_task(plan, county.units["ZJ"], 2, due_on=date(2026, 4, 30))
    make_task(plan, county.units["ZJ"], 3, starts_on=date(2026, 8, 1))
    for name in ("office", "editor", "other_editor"):
        client = as_person(name)
        page = client.get(reverse("dashboards:overview"))
        for figure in page.context["figures"]:
            assert client.get(figure.path).context["count"] == figure.value, (name, figure.label)
        for row in page.context["matrix"]:
            for cell in [*filter(None, row.cells), row.total]:
                assert client.get(cell.path).context["count"] == cell.count
        for title, _, count, path, _ in page.context["lists"]:
            assert client.get(path).context["count"] == count, title


def test_work_page_puts_each_task_in_its_queue(as_person: AsPerson, county: County, plan: Plan, task: Task) -> None:
    make_task(plan, county.units["YJ"], 2, due_on=date(2026, 4, 30), state=Task.State.ACTIVE)
    make_task(plan, county.units["YJ"], 3, due_on=date(2026, 5, 15), state=Task.State.ACTIVE)
    reported = make_task(plan, county.units["YJ"], 4)
    report(county, reported)
    queues = as_person("editor").get(reverse("tasks:work")).context["queues"]
    assert [(queue.key, queue.count) for queue in queues] == [
        ("overdue", 1),
        ("soon", 1),
        ("assigned", 1),
        ("waiting", 1),
    ]
    office = as_person("office").get(reverse("tasks:work")).context["queues"]
    assert [(queue.key, queue.count) for queue in office] == [("review", 1)]
