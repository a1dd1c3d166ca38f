"""Pages of plans through the browser's door: list, import, head, publish, detail; wrong people, methods and states."""

from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from docx import Document
from pytest_django import DjangoAssertNumQueries

from audit.trail import history_of
from core import clock
from tasks.models import Plan, Task
from tasks.services.importing import withdraw_plan
from tasks.services.item_editing import check_items, resolve_flag
from tasks.services.publishing import publish_plan
from tests.county import County
from tests.plan_drafts import TEXT, assigned_draft, draft

pytestmark = pytest.mark.django_db
OWN = (
    "2026年全县安全生产工作要点\n一、压实责任\n1.印发清单。6月底前印发责任清单。\n2.开展演练。全年演练不少于20场次。\n"
)


@pytest.fixture
def office(county: County, client: Client) -> Client:
    client.force_login(county.office)
    return client


def text_of(response: Any) -> str:
    return str(response.content.decode())


def names(plan: Plan, item_id: int) -> dict[str, str]:
    """Every address of a draft and the method that changes something there."""
    root = f"/plans/{plan.pk}/"
    return {
        "/plans/import/": "post",
        f"{root}check/": "get",
        f"{root}edit/": "post",
        f"{root}withdraw/": "post",
        f"{root}publish/": "post",
        f"{root}accept/": "post",
        f"{root}suggest/": "post",
        f"{root}flags/": "post",
        f"{root}items/{item_id}/": "post",
        f"{root}items/{item_id}/drop/": "post",
        f"{root}items/{item_id}/restore/": "post",
    }


def test_others_reach_no_page_of_a_draft(county: County, client: Client) -> None:
    plan = assigned_draft(county.office, county.units["ZJ"])
    addresses = names(plan, plan.items.all()[0].pk)
    for person in county.people.values():
        if person in (county.office, county.second_office):
            continue
        client.force_login(person)
        colleague = person not in (county.stranger, county.enterprise, county.administrator)
        for address, method in addresses.items():
            wanted = 403 if colleague and address == "/plans/import/" else 404
            assert getattr(client, method)(address).status_code == wanted, (person, address)
        assert client.get("/plans/").status_code == (200 if colleague else 404), person
    plan.refresh_from_db()
    assert (plan.state, Plan.objects.count(), Task.objects.count()) == (Plan.State.DRAFT, 1, 0)


def test_leader_reads_a_published_plan_but_changes_nothing(county: County, client: Client) -> None:
    plan = assigned_draft(county.office, county.units["ZJ"])
    item = plan.items.all()[0]
    publish_plan(actor=county.office, plan_id=plan.pk)
    client.force_login(county.leader)
    assert client.get(f"/plans/{plan.pk}/").status_code == 200
    for address, method in names(plan, item.pk).items():
        assert getattr(client, method)(address).status_code == 403, address


def test_wrong_methods_are_refused(county: County, office: Client) -> None:
    plan = draft(county.office)
    for address, method in names(plan, plan.items.all()[0].pk).items():
        wrong = office.put(address) if address.endswith(("import/", "edit/", "publish/")) else None
        wrong = wrong or (office.get(address) if method == "post" else office.post(address))
        assert wrong.status_code == 405, address
    assert office.post("/plans/").status_code == 405


def test_pages_of_a_draft_lead_away_once_it_is_published(county: County, office: Client) -> None:
    plan = assigned_draft(county.office, county.units["ZJ"])
    item = plan.items.all()[0]
    publish_plan(actor=county.office, plan_id=plan.pk)
    good = {"version": "1", "reason": "x", "drop-version": "1", "drop-reason": "x", "title": "x", "tick": str(item.pk)}
    good |= {"withdraw-version": "1", "withdraw-reason": "x", "resolve": str(plan.flags.all()[0].pk)}
    good |= {"target-TOTAL_FORMS": "0", "target-INITIAL_FORMS": "0"}
    for address, method in names(plan, item.pk).items():
        if address != "/plans/import/":
            answer = getattr(office, method)(address, good)
            assert (answer.status_code, answer.headers.get("Location")) == (302, f"/plans/{plan.pk}/"), address
    item.refresh_from_db()
    assert (item.title, item.dropped) == ("健全责任清单", False)


def test_list_is_searched_filtered_and_paged(county: County, office: Client) -> None:
    kept = draft(county.office)
    gone = draft(county.office, title="旧稿")
    withdraw_plan(actor=county.office, plan_id=gone.pk, reason="重来")
    page = text_of(office.get("/plans/"))
    assert f'href="/plans/{kept.pk}/check/"' in page
    assert f'href="/plans/{gone.pk}/"' in page
    assert "旧稿" not in text_of(office.get("/plans/?state=draft"))
    assert "旧稿" in text_of(office.get("/plans/?q=2026 旧"))
    empty = text_of(office.get("/plans/?q=2031年"))
    assert "没有符合条件的工作要点" in empty
    for number in range(25):
        Plan.objects.create(year=2000 + number, title=f"第{number}份", source_text="x")
    assert "第0份" in text_of(office.get("/plans/?page=2"))


WORDS = "已核对 1/总数 3，未覆盖 1 句，存疑 1 处"


def begun(county: County) -> Plan:
    """A draft with one item checked, one doubt settled and one sentence left over."""
    plan = draft(county.office, text=TEXT + "各单位要加强领导。\n")
    check_items(actor=county.office, plan_id=plan.pk, item_ids=[plan.items.all()[1].pk])
    resolve_flag(actor=county.office, flag_id=plan.flags.all()[0].pk)
    return plan


def test_list_says_how_far_the_check_of_a_draft_is(county: County, office: Client) -> None:
    plan = begun(county)
    page = text_of(office.get("/plans/"))
    assert f'{WORDS}<div><a href="/plans/{plan.pk}/check/">继续核对</a>' in page
    withdraw_plan(actor=county.office, plan_id=plan.pk, reason="重来")
    assert "继续核对" not in text_of(office.get("/plans/"))


def test_every_clerk_goes_on_with_a_draft_from_my_work(county: County, office: Client, client: Client) -> None:
    plan = begun(county)
    third = plan.items.all()[2]
    office.get(f"/plans/{plan.pk}/check/?item={third.pk}")
    page = text_of(office.get("/tasks/work/"))
    for words in ("工作要点待核对", "我导入", WORDS, f'href="/plans/{plan.pk}/check/"', "继续核对"):
        assert words in page
    # Opens where this person left it.
    assert f'name="item" value="{third.pk}"' in text_of(office.get(f"/plans/{plan.pk}/check/"))
    client.force_login(county.second_office)
    colleague = text_of(client.get("/tasks/work/"))
    assert "安小委导入" in colleague
    assert WORDS in colleague
    for person in (county.leader, county.editor, county.head, county.auditor, county.stranger):
        client.force_login(person)
        assert "工作要点待核对" not in text_of(client.get("/tasks/work/"))


@pytest.mark.parametrize("count", [3, 30])
def test_list_asks_the_database_as_often_for_many_as_for_few(
    county: County, office: Client, count: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(count):
        Plan.objects.create(year=2026, title=f"第{number}份", source_text="x", created_by=county.office)
    draft(county.office)
    with django_assert_max_num_queries(12):
        assert office.get("/plans/?per_page=50").status_code == 200


def test_department_sees_published_plans_only(county: County, client: Client) -> None:
    shown, hidden = assigned_draft(county.office, county.units["ZJ"]), draft(county.office, title="未发布的稿子")
    publish_plan(actor=county.office, plan_id=shown.pk)
    gone = draft(county.office, title="作废的稿子")
    withdraw_plan(actor=county.office, plan_id=gone.pk, reason="重来")
    client.force_login(county.editor)
    page = text_of(client.get("/plans/"))
    assert shown.title in page
    for plan in (hidden, gone):
        assert plan.title not in page
        assert client.get(f"/plans/{plan.pk}/").status_code == 404
    assert "导入工作要点" not in page


def test_pasted_text_becomes_a_draft(office: Client) -> None:
    answer = office.post("/plans/import/", {"year": "2026", "text": OWN}, follow=True)
    plan = Plan.objects.get()
    assert answer.redirect_chain == [(f"/plans/{plan.pk}/check/", 302)]
    assert [item.title for item in plan.items.all()] == ["印发清单", "开展演练"]
    assert plan.source_name == "粘贴文本"
    assert "已读入2条" in text_of(answer)
    again = office.post("/plans/import/", {"year": "2026", "text": OWN}, follow=True)
    assert "同样的内容" in text_of(again)


def test_word_document_becomes_a_draft(office: Client) -> None:
    document, stream = Document(), BytesIO()
    for line in OWN.splitlines():
        document.add_paragraph(line)
    document.save(stream)
    office.post("/plans/import/", {"year": "2026", "file": SimpleUploadedFile("要点.docx", stream.getvalue())})
    plan = Plan.objects.get()
    assert ([item.title for item in plan.items.all()], plan.source_name) == (["印发清单", "开展演练"], "要点.docx")


def test_uploaded_file_becomes_a_draft_and_another_year_is_pointed_out(office: Client) -> None:
    upload = SimpleUploadedFile("../2026 要点.txt", OWN.encode())
    answer = office.post("/plans/import/", {"year": "2027", "file": upload}, follow=True)
    plan = Plan.objects.get()
    assert (plan.year, plan.source_name, len(plan.source_sha256)) == (2027, "2026 要点.txt", 64)
    assert "原文写的是2026年，已按您填写的2027年读取" in text_of(answer)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"year": "2026"}, "请选择一个文件，或者粘贴全文"),
        ({"year": "", "text": OWN}, "此项必填，请填写或选择后再提交。"),
        ({"year": "26", "text": OWN}, "2000"),
        ({"year": "2026", "text": "一" * 500_001}, "超过 50 万字"),
        ({"year": "2026", "text": OWN, "file": ("要点.txt", OWN.encode())}, "只能用一种"),
        ({"year": "2026", "file": ("空.txt", b"")}, "空文件"),
        ({"year": "2026", "file": ("图.docx", b"\x89PNG\r\n\x1a\n" + bytes(300))}, "。"),
        ({"year": "2026", "file": ("乱.txt", bytes(range(256)) * 20)}, "。"),
        ({"year": "2026", "file": ("旧.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))}, "docx"),
    ],
)
def test_what_cannot_be_read_is_said_and_nothing_lost(office: Client, data: dict[str, Any], words: str) -> None:
    if "file" in data:
        data = data | {"file": SimpleUploadedFile(*data["file"])}
    answer = office.post("/plans/import/", data)
    assert answer.status_code == 400
    assert words in text_of(answer)
    assert answer.context["form"].errors
    assert answer.context["form"]["text"].value() in (data.get("text"), None, "")
    assert not Plan.objects.exists()


def test_upload_over_the_limit_is_refused(office: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tasks.forms.plans.MAX_BYTES", 50)
    answer = office.post("/plans/import/", {"year": "2026", "file": SimpleUploadedFile("大.txt", OWN.encode())})
    assert "文件超过" in text_of(answer)
    assert not Plan.objects.exists()


def test_form_opens_with_this_year(office: Client) -> None:
    assert f'value="{clock.today().year}"' in text_of(office.get("/plans/import/"))


def head(plan: Plan, **changes: str) -> dict[str, str]:
    return {"version": str(plan.version), "title": plan.title, "report_every": "quarter"} | changes


def test_head_is_saved_and_a_stale_form_shows_both(county: County, office: Client) -> None:
    plan = draft(county.office)
    address = f"/plans/{plan.pk}/edit/"
    assert office.get(address).status_code == 200
    assert office.post(address, head(plan, issued_on="2026-01-20", doc_number="甲1号")).status_code == 302
    answer = office.post(address, head(plan, issued_on="2026-01-20", doc_number="乙2号"))
    assert answer.status_code == 409
    assert "甲1号" in text_of(answer)
    assert "乙2号" in text_of(answer)
    assert answer.context["form"]["version"].value() == "2"
    assert office.post(address, head(plan, title="")).status_code == 400
    plan.refresh_from_db()
    assert (plan.doc_number, plan.version) == ("甲1号", 2)


def test_withdrawing_keeps_the_draft_readable(county: County, office: Client) -> None:
    plan = draft(county.office)
    address = f"/plans/{plan.pk}/withdraw/"
    refused = office.post(address, {"withdraw-version": "1", "withdraw-reason": " "})
    assert refused.status_code == 409
    stale = office.post(address, {"withdraw-version": "9", "withdraw-reason": "传错了"})
    assert "传错了" in text_of(stale)
    assert office.post(address, {"withdraw-version": "1", "withdraw-reason": "传错了"}).status_code == 302
    plan.refresh_from_db()
    assert plan.state == Plan.State.WITHDRAWN
    assert "已作废" in text_of(office.get(f"/plans/{plan.pk}/"))


def test_publish_page_names_problems_and_publishes_when_there_are_none(county: County, office: Client) -> None:
    plan = draft(county.office)
    address = f"/plans/{plan.pk}/publish/"
    page = text_of(office.get(address))
    first = plan.items.all()[0]
    assert f'<a href="/plans/{plan.pk}/check/?item={first.pk}">“1.健全责任清单”未定牵头单位</a>' in page
    assert "发布并通知各单位" not in page
    refused = office.post(address, {"version": "1", "contents": "0"})
    assert refused.status_code == 409
    assert "不能发布" in text_of(refused)
    plan.items.update(lead=county.units["YJ"])
    data = {"version": "1", "contents": str(Plan.objects.get(pk=plan.pk).changes), "knowing": "on"}
    answer = office.post(address, data, follow=True)
    assert "已发布，生成3项任务" in text_of(answer)
    assert Task.objects.filter(plan=plan).count() == 3


def test_an_unfinished_check_is_published_only_by_an_express_tick(county: County, office: Client) -> None:
    plan = assigned_draft(county.office, county.units["ZJ"])
    address = f"/plans/{plan.pk}/publish/"
    page = text_of(office.get(address))
    for words in (
        "3 条没有与原文核对",
        "2 处存疑没有核对",
        'name="knowing" required',
        "?show=unchecked",
        "?show=flags",
    ):
        assert words in page
    seen = {"version": "1", "contents": str(Plan.objects.get(pk=plan.pk).changes)}
    refused = office.post(address, seen)
    assert refused.status_code == 409
    assert "还有未核对3条、存疑2处。请先核对完，或勾选“仍然发布”后再发布。" in text_of(refused)
    plan.refresh_from_db()
    assert (plan.state, Task.objects.count()) == (Plan.State.DRAFT, 0)
    office.post(address, seen | {"knowing": "on"})
    plan.refresh_from_db()
    assert (plan.state, Task.objects.count()) == (Plan.State.PUBLISHED, 3)
    assert history_of(plan)[0].summary == "发布工作要点，生成任务3项（发布时未核对3条、存疑2处）"


def test_a_finished_check_needs_no_tick(county: County, office: Client) -> None:
    plan = assigned_draft(county.office, county.units["ZJ"])
    check_items(actor=county.office, plan_id=plan.pk, item_ids=plan.items.values_list("pk", flat=True))
    for flag in plan.flags.all():
        resolve_flag(actor=county.office, flag_id=flag.pk)
    address = f"/plans/{plan.pk}/publish/"
    assert "knowing" not in text_of(office.get(address))
    seen = {"version": "1", "contents": str(Plan.objects.get(pk=plan.pk).changes)}
    assert office.post(address, seen).status_code == 302
    assert (Task.objects.count(), history_of(plan)[0].summary) == (3, "发布工作要点，生成任务3项")


def test_confirming_what_a_colleague_has_changed_is_stopped(county: County, office: Client) -> None:
    plan = assigned_draft(county.office, county.units["ZJ"])
    old = Plan.objects.get(pk=plan.pk).changes - 1
    answer = office.post(f"/plans/{plan.pk}/publish/", {"version": "1", "contents": str(old)})
    assert answer.status_code == 409
    assert "其他人修改了条目" in text_of(answer)
    broken = office.post(f"/plans/{plan.pk}/publish/", {})
    assert (broken.status_code, Task.objects.count()) == (400, 0)


def test_published_plan_shows_tasks_text_and_history(county: County, office: Client) -> None:
    plan = assigned_draft(county.office, county.units["ZJ"])
    task = publish_plan(actor=county.office, plan_id=plan.pk)[0]
    page = text_of(office.get(f"/plans/{plan.pk}/"))
    assert f'href="/tasks/{task.pk}/"' in page
    assert "2026-01" in page
    assert "压实责任" in page
    assert "mark-target" in text_of(office.get(f"/plans/{plan.pk}/?tab=source"))
    assert "发布工作要点，生成任务3项" in text_of(office.get(f"/plans/{plan.pk}/?tab=history"))


def test_department_finds_links_to_its_own_tasks_only(county: County, client: Client) -> None:
    plan = assigned_draft(county.office, county.units["ZJ"])
    own, other, _ = publish_plan(actor=county.office, plan_id=plan.pk)
    client.force_login(county.editor)
    page = text_of(client.get(f"/plans/{plan.pk}/"))
    assert f'href="/tasks/{own.pk}/"' in page
    assert f'href="/tasks/{other.pk}/"' not in page
    assert other.title in page
    source = text_of(client.get(f"/plans/{plan.pk}/?tab=source"))
    assert "mark-flag" not in source
    assert "400场次" in source
    assert "发布工作要点，生成任务" not in text_of(client.get(f"/plans/{plan.pk}/?tab=history"))


@pytest.mark.parametrize("tab", ["items", "source", "history"])
def test_plan_pages_stay_within_their_queries(
    county: County, office: Client, tab: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    plan = assigned_draft(county.office, county.units["ZJ"])
    publish_plan(actor=county.office, plan_id=plan.pk)
    with django_assert_max_num_queries(20):
        assert office.get(f"/plans/{plan.pk}/?tab={tab}").status_code == 200
    other = draft(county.office, text=TEXT)
    with django_assert_max_num_queries(20):
        assert office.get(f"/plans/{other.pk}/publish/").status_code == 200
