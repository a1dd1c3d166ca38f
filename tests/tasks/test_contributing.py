"""配合单位: asked for its part, gives it to the lead unit, and agrees with what the lead unit hands in, or not."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import User
from audit.models import Entry
from core import clock
from evidence.selectors import files_of
from notifications.models import Notification
from responsibility.models import Role
from tasks.models import Contribution, ProgressReport, SupportOpinion, Task
from tasks.services.contributing import save_contribution, set_support_role
from tasks.services.moves import sign_task
from tests.county import AsPerson, County, client_of, make_task, make_user
from tests.tasks.test_flow import PDF, report

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_may")]
ROLE = "组织辖区企业参加演练"


@pytest.fixture
def helper(county: County, task: Task) -> User:
    """The editor of 河口镇, which supports the task; the task is under way and the town's matter is clear."""
    person = make_user("town", "河小镇", county.units["Z1"], Role.EDITOR)
    sign_task(actor=county.editor, task_id=task.pk)
    set_support_role(actor=county.office, task_id=task.pk, unit_id=county.units["Z1"].pk, role=ROLE)
    return person


def form_of(task: Task) -> str:
    return reverse("tasks:contribute", args=[task.pk])


def give(client: Client, task: Task, **typed: object) -> Contribution:
    answer = client.post(form_of(task), {"version": "", "text": "组织企业演练6场", **typed})
    assert answer.status_code == 302, answer.content.decode()
    return Contribution.objects.latest("pk")


def queues(person: User) -> set[str]:
    return {queue.key for queue in client_of(person).get(reverse("tasks:work")).context["queues"]}


# --- the matter ---


def test_office_says_what_a_unit_is_to_do(as_person: AsPerson, county: County, task: Task, helper: User) -> None:
    task.refresh_from_db()
    unit = county.units["Z1"]
    data = {"version": task.version, "unit": unit.pk, "role": "提供企业名单"}
    answer = as_person("office").post(reverse("tasks:support_role", args=[task.pk]), data)
    assert answer.status_code == 302
    assert task.supports.get(unit=unit).role == "提供企业名单"
    entry = Entry.objects.filter(action="task.support_role").latest("pk")
    assert entry.actor == county.office
    assert Notification.objects.filter(recipient=helper, body="提供企业名单").count() == 1
    stale = as_person("second_office").post(reverse("tasks:support_role", args=[task.pk]), data | {"role": "另一句"})
    assert stale.status_code == 409
    assert "另一句" in stale.content.decode()
    assert task.supports.get(unit=unit).role == "提供企业名单"


@pytest.mark.parametrize(("person", "status"), [("editor", 403), ("leader", 403), ("other_editor", 404)])
def test_nobody_else_says_it(as_person: AsPerson, task: Task, helper: User, person: str, status: int) -> None:
    address = reverse("tasks:support_role", args=[task.pk])
    task.refresh_from_db()
    data = {"version": task.version, "unit": task.supports.get().unit_id, "role": "x"}
    assert as_person(person).post(address, data).status_code == status
    assert task.supports.get().role == ROLE


# --- giving ---


def test_it_waits_in_my_work_until_it_is_given(task: Task, helper: User) -> None:
    assert "contribute" in queues(helper)
    client = client_of(helper)
    listed = client.get(reverse("tasks:list") + "?queue=contribute")
    assert [row.pk for row in listed.context["table"].data] == [task.pk]
    give(client, task)
    assert "contribute" not in queues(helper)
    with time_machine.travel(clock.now() + timedelta(days=60)):
        assert "contribute" in queues(helper), "another period"


def test_without_a_matter_nobody_is_pressed(county: County, task: Task, helper: User) -> None:
    set_support_role(actor=county.office, task_id=task.pk, unit_id=county.units["Z1"].pk, role="")
    assert "contribute" not in queues(helper)
    give(client_of(helper), task)


def test_lead_unit_sees_text_figures_and_evidence(
    as_person: AsPerson, county: County, task: Task, helper: User
) -> None:
    value = f"value_{task.targets.get().pk}"
    upload = SimpleUploadedFile("签到表.pdf", PDF)
    row = give(client_of(helper), task, **{value: "6", "files": [upload]})
    assert (row.unit, row.period_label, row.saved_by) == (county.units["Z1"], "2026年第二季度", helper)
    assert row.values.get().value == 6
    page = as_person("editor").get(reverse("tasks:report", args=[task.pk])).content.decode()
    for words in ("组织企业演练6场", ROLE, "签到表.pdf", "并入河口镇的情况"):
        assert words in page, words
    assert Notification.objects.filter(recipient=county.editor, title__contains="已提供配合情况").count() == 1
    assert "组织企业演练6场" in as_person("office").get(reverse("tasks:detail", args=[task.pk])).content.decode()


def test_another_supporting_unit_does_not_read_it(county: County, task: Task, helper: User) -> None:
    task.supports.create(unit=county.units["ZJ"])
    row = give(client_of(helper), task, files=[SimpleUploadedFile("签到表.pdf", PDF)])
    other = client_of(county.other_editor)
    assert "组织企业演练6场" not in other.get(reverse("tasks:detail", args=[task.pk])).content.decode()
    assert other.get(reverse("evidence:download", args=[files_of(row).get().uid])).status_code == 404


def test_two_colleagues_see_both_texts(county: County, task: Task, helper: User) -> None:
    colleague = make_user("town2", "河二镇", county.units["Z1"], Role.EDITOR)
    give(client_of(helper), task)
    answer = client_of(colleague).post(form_of(task), {"version": "", "text": "另写一段"})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "另写一段" in page
    assert "组织企业演练6场" in page
    assert Contribution.objects.get().text == "组织企业演练6场"


@pytest.mark.parametrize(
    "typed", [{"text": ""}, {"text": "长" * 5001}, {"text": "坏\x00字"}, {"text": "好", "value": "-1"}]
)
def test_what_cannot_be_kept_comes_back(task: Task, helper: User, typed: dict[str, str]) -> None:
    data = {"version": ""} | typed
    if "value" in data:
        data[f"value_{task.targets.get().pk}"] = data.pop("value")
    answer = client_of(helper).post(form_of(task), data)
    assert answer.status_code == 409
    assert not Contribution.objects.exists() or typed.get("value")
    assert typed["text"].replace("\x00", "") in answer.content.decode().replace("\x00", "")


def test_only_a_supporting_units_editor_gives(as_person: AsPerson, county: County, task: Task, helper: User) -> None:
    for person, status in (("editor", 403), ("office", 403), ("leader", 403), ("other_editor", 404)):
        assert as_person(person).get(form_of(task)).status_code == status, person
        assert as_person(person).post(form_of(task), {"text": "x"}).status_code == status, person
    assert not Contribution.objects.exists()


def test_not_once_the_lead_unit_has_reported(county: County, task: Task, helper: User) -> None:
    report(county, task, "30")
    client = client_of(helper)
    assert client.get(form_of(task)).status_code == 302
    answer = client.post(form_of(task), {"version": "", "text": "晚了一步"})
    assert answer.status_code == 409
    assert "晚了一步" in answer.content.decode()
    assert not Contribution.objects.exists()


def test_it_saves_itself(task: Task, helper: User) -> None:
    client = client_of(helper)
    answer = client.post(form_of(task), {"version": "", "text": "写着"}, headers={"X-Autosave": "1"})
    assert answer.json()["version"] == 1
    answer = client.post(form_of(task), {"version": "0", "text": "另一页"}, headers={"X-Autosave": "1"})
    assert (answer.status_code, answer.json()["theirs"]) == (409, [["本期配合情况", "写着"]])


# --- 并入 ---


def test_merging_inserts_text_and_evidence_once(as_person: AsPerson, task: Task, helper: User) -> None:
    row = give(client_of(helper), task, files=[SimpleUploadedFile("签到表.pdf", PDF)])
    address = reverse("tasks:report", args=[task.pk])
    client = as_person("editor")
    page = client.get(address).content.decode()
    assert re.search(rf'<button[^>]*form="report-form"[^>]*name="merge"[^>]*value="{row.pk}"', page)
    client.post(address, {"version": "", "actions_taken": "牵头单位的话", "merge": row.pk})
    draft = ProgressReport.objects.get()
    assert draft.actions_taken == "牵头单位的话\n河口镇：组织企业演练6场"
    assert [file.name for file in files_of(draft)] == ["签到表.pdf"]
    client.post(address, {"version": draft.version, "actions_taken": draft.actions_taken, "merge": row.pk})
    draft.refresh_from_db()
    assert draft.actions_taken.count("组织企业演练6场") == 1
    assert files_of(draft).count() == 1


def test_what_another_task_got_is_not_merged(as_person: AsPerson, county: County, task: Task, helper: User) -> None:
    other = make_task(task.plan, county.units["YJ"], 2, supports=(county.units["Z1"],), state=Task.State.ACTIVE)
    row = save_contribution(actor=helper, task_id=other.pk, text="别的任务")
    address = reverse("tasks:report", args=[task.pk])
    for pressed in (str(row.pk), "x", "9" * 30):
        version = ProgressReport.objects.values_list("version", flat=True).first()
        as_person("editor").post(address, {"version": version or "", "actions_taken": "自己的", "merge": pressed})
        assert ProgressReport.objects.get().actions_taken == "自己的"


# --- agreeing ---


def say(person: User, task: Task, verdict: str, note: str = "", **changes: object) -> int:
    waiting = ProgressReport.objects.filter(state=ProgressReport.State.SUBMITTED).first()
    data = {"report": waiting.pk if waiting else 1, "verdict": verdict, "note": note, **changes}
    return client_of(person).post(reverse("tasks:opinion", args=[task.pk]), data).status_code


def test_reviewer_sees_what_the_units_say_and_may_pass(
    as_person: AsPerson, county: County, task: Task, helper: User
) -> None:
    report(county, task, "30")
    assert "confirm" in queues(helper)
    reviews = reverse("tasks:reviews")
    assert "尚未确认" in as_person("office").get(reviews).content.decode()
    assert say(helper, task, "objects", "镇里是5场") == 302
    assert "confirm" not in queues(helper)
    page = as_person("office").get(reviews).content.decode()
    assert "有异议" in page
    assert "镇里是5场" in page
    assert Notification.objects.filter(recipient=county.editor, body="镇里是5场").count() == 1
    assert say(helper, task, "agrees") == 302
    assert SupportOpinion.objects.get().verdict == "agrees"
    task.refresh_from_db()
    answer = as_person("office").post(
        reverse("tasks:review_act", args=[task.pk, "pass"]), {"version": task.version, "reason": ""}
    )
    assert answer.status_code == 302
    task.refresh_from_db()
    assert task.verified_percent == Decimal("7.5")


def test_an_objection_says_why(county: County, task: Task, helper: User) -> None:
    report(county, task, "30")
    assert say(helper, task, "objects", "  ") == 409
    assert say(helper, task, "agree") == 409
    assert say(helper, task, "agrees", report=10**6) == 409
    assert not SupportOpinion.objects.exists()


def test_nothing_to_agree_with(task: Task, helper: User) -> None:
    assert say(helper, task, "agrees") == 409
    assert not SupportOpinion.objects.exists()


def test_units_that_say_nothing_do_not_fill_the_page(
    as_person: AsPerson, county: County, task: Task, helper: User
) -> None:
    task.supports.create(unit=county.units["XF"])
    for address in (reverse("tasks:detail", args=[task.pk]), reverse("tasks:report", args=[task.pk])):
        page = as_person("editor").get(address)
        assert [row.support.unit.code for row in page.context["silent_supports"]] == ["XF"]
        assert "其余 1 个配合单位" in page.content.decode()


def test_only_supporting_units_have_a_say(as_person: AsPerson, county: County, task: Task, helper: User) -> None:
    report(county, task, "30")
    for person in (county.editor, county.office, county.leader):
        assert say(person, task, "agrees") == 403
    assert say(county.other_editor, task, "agrees") == 404
    assert not SupportOpinion.objects.exists()
