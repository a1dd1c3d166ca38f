"""履职记录: what was done for a duty, with evidence, counted by period; the unit's and the county readers' to see."""

from datetime import date
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from audit.models import Entry
from core import clock
from evidence.models import File
from responsibility.frequencies import progress_of
from responsibility.models import DutyItem, DutyList, Fulfilment
from responsibility.services.duty_lists import revise_list
from responsibility.services.duty_moves import publish_list, submit_list
from responsibility.services.fulfilment import FulfilmentDraft, add_fulfilment
from tests.county import AsPerson, County
from tests.meta.scene import PDF
from tests.responsibility.duties import list_in

pytestmark = pytest.mark.usefixtures("in_may")
S = DutyList.State


@pytest.fixture
def duty(county: County) -> DutyItem:
    """A duty of the unit, to be done every quarter, of this year's list in force."""
    return list_in(S.PUBLISHED, county).items.get(layer="unit")


def record(as_person: AsPerson, duty: DutyItem, who: str = "editor", **changes: Any) -> Any:
    follow = bool(changes.pop("follow", False))
    data = {"done_on": "2026-05-12", "person": "应小急", "text": "召开季度会议，交办3个问题。"} | changes
    return as_person(who).post(reverse("duties:record_add", args=[duty.pk]), data, follow=follow)


def test_the_units_people_record_with_evidence(county: County, duty: DutyItem, as_person: AsPerson) -> None:
    answer = record(as_person, duty, files=[SimpleUploadedFile("纪要.pdf", PDF)])
    assert answer.status_code == 302
    row = Fulfilment.objects.get()
    assert (row.item, row.done_on, row.person, row.created_by) == (duty, date(2026, 5, 12), "应小急", county.editor)
    file = File.objects.get(owner_type="responsibility.fulfilment", owner_id=row.pk)
    page = as_person("office").get(reverse("duties:item", args=[duty.pk])).content.decode()
    assert "召开季度会议" in page
    assert "纪要.pdf" in page
    for person, status in (("office", 200), ("leader", 200), ("head", 200), ("other_editor", 404), ("enterprise", 404)):
        download = as_person(person).get(reverse("evidence:download", args=[file.uid]))
        assert download.status_code == status, person
        if status == 200:
            download.getvalue()
    colleague = as_person("other_editor").get(reverse("duties:item", args=[duty.pk]))
    assert colleague.status_code == 200
    assert "召开季度会议" not in colleague.content.decode(), "records are not everybody's"


def test_a_file_that_cannot_be_kept_is_said_and_the_record_stays(duty: DutyItem, as_person: AsPerson) -> None:
    answer = record(as_person, duty, files=[SimpleUploadedFile("x.exe", b"MZ")], follow=True)
    assert Fulfilment.objects.count() == 1
    assert "不是可以接收的佐证材料" in answer.content.decode()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"done_on": "2026-05-13"}, "不能晚于今天"),
        ({"done_on": "2025-12-31"}, "须在 2026 年内"),
        ({"text": " "}, "此项必填，请填写或选择后再提交。"),
        ({"person": ""}, "此项必填，请填写或选择后再提交。"),
    ],
)
def test_what_cannot_be_is_refused_and_kept(
    duty: DutyItem, as_person: AsPerson, changes: dict[str, str], sentence: str
) -> None:
    answer = record(as_person, duty, **changes)
    assert answer.status_code == 400
    assert sentence in answer.content.decode()
    if "text" not in changes:
        assert "召开季度会议" in answer.content.decode()
    assert not Fulfilment.objects.exists()


@pytest.mark.parametrize(
    ("person", "status"), [("office", 403), ("leader", 403), ("other_editor", 403), ("stranger", 404)]
)
def test_nobody_else_records(duty: DutyItem, as_person: AsPerson, person: str, status: int) -> None:
    assert record(as_person, duty, person).status_code == status
    assert not Fulfilment.objects.exists()


def test_a_draft_has_nothing_to_record(county: County, as_person: AsPerson) -> None:
    item = list_in(S.DRAFT, county).items.get(layer="unit")
    assert record(as_person, item).status_code == 403


def test_a_record_is_corrected_and_a_stale_form_shows_both_texts(
    county: County, duty: DutyItem, as_person: AsPerson
) -> None:
    record(as_person, duty)
    row = Fulfilment.objects.get()
    address = reverse("duties:record", args=[row.pk])
    data = {"done_on": "2026-05-11", "person": "应小急", "text": "改正后的情况", "version": row.version}
    assert as_person("head").post(address, data).status_code == 302
    row.refresh_from_db()
    assert (row.text, row.done_on) == ("改正后的情况", date(2026, 5, 11))
    entry = Entry.objects.get(action="fulfilment.change")
    assert ["履职情况", "召开季度会议，交办3个问题。", "改正后的情况"] in entry.changes
    stale = as_person("editor").post(address, data | {"text": "晚到的修改"})
    assert stale.status_code == 400
    assert "改正后的情况" in stale.content.decode()
    assert "晚到的修改" in stale.content.decode()
    history = as_person("office").get(reverse("duties:record_history", args=[row.pk])).content.decode()
    assert "召开季度会议" in history
    assert as_person("other_editor").get(reverse("duties:record_history", args=[row.pk])).status_code == 404


def test_evidence_is_added_and_taken_off(county: County, duty: DutyItem, as_person: AsPerson) -> None:
    record(as_person, duty, files=[SimpleUploadedFile("一.pdf", PDF)])
    row, file = Fulfilment.objects.get(), File.objects.get()
    address = reverse("duties:record", args=[row.pk])
    data = {"done_on": "2026-05-12", "person": "应小急", "text": row.text, "version": row.version}
    as_person("editor").post(address, data | {"remove": str(file.uid)})
    file.refresh_from_db()
    assert file.removed_at is not None
    as_person("editor").post(address, data | {"files": [SimpleUploadedFile("二.pdf", PDF + b"2")]})
    assert File.objects.filter(owner_id=row.pk, removed_at=None).count() == 1
    as_person("editor").post(address, data | {"remove": "nonsense"})
    assert as_person("other_editor").post(address, data).status_code == 404


def test_a_wrong_record_is_taken_back_and_no_longer_counts(duty: DutyItem, as_person: AsPerson) -> None:
    record(as_person, duty)
    row = Fulfilment.objects.get()
    address = reverse("duties:record_remove", args=[row.pk])
    assert as_person("editor").post(address, {"reason": " "}).status_code == 400
    assert as_person("editor").post(address, {"reason": "重复登记"}).status_code == 302
    row.refresh_from_db()
    assert row.removed_at == clock.now()
    page = as_person("editor").get(reverse("duties:item", args=[duty.pk]))
    assert page.context["progress"].total == 0
    assert as_person("editor").get(reverse("duties:record", args=[row.pk])).status_code == 404


def test_records_are_counted_by_period_across_editions(county: County, duty: DutyItem, as_person: AsPerson) -> None:
    record(as_person, duty)
    second = revise_list(actor=county.editor, list_id=duty.duty_list_id).duty_list
    submit_list(actor=county.editor, list_id=second.pk)
    publish_list(actor=county.office, list_id=second.pk)
    item = second.items.get(lineage=duty.lineage)
    with time_machine.travel("2026-08-03T02:00:00Z", tick=False):
        draft = FulfilmentDraft(date(2026, 8, 1), "第三季度会议", "应小急")
        add_fulfilment(actor=county.editor, item_id=item.pk, draft=draft)
        page = as_person("office").get(reverse("duties:item", args=[item.pk]))
        progress = page.context["progress"]
        assert [(row.period.label, row.done, row.is_kept, row.over) for row in progress.counts] == [
            ("2026年第二季度", 1, True, True),
            ("2026年第三季度", 1, True, False),
        ], "the first quarter was over before the list was published"
        assert progress.words == "本季度 1/1 次，以往 1/1 个季度达到"
        assert progress.tone == "green"
        assert record(as_person, duty).status_code == 403, "of the edition that is no longer in force"
        listed = as_person("office").get(reverse("duties:detail", args=[second.pk])).content.decode()
        assert "本季度 1/1 次" in listed


@pytest.mark.parametrize(
    ("frequency", "times", "days", "words", "tone"),
    [
        ("month", 2, ["2026-04-02", "2026-04-20", "2026-06-01"], "本月 1/2 次，以往 1/3 个月达到", "orange"),
        ("quarter", 1, [], "本季度 0/1 次，以往 0/1 个季度达到", "orange"),
        ("half_year", 1, ["2026-03-31"], "本半年 1/1 次", "green"),
        ("year", 1, [], "本年 0/1 次", "grey"),
        ("always", 1, ["2026-05-01", "2026-05-02"], "今年 2 次", "green"),
        ("on_demand", 1, [], "还没有记录", "grey"),
    ],
)
def test_how_a_duty_stands(frequency: str, times: int, days: list[str], words: str, tone: str) -> None:
    item = DutyItem(frequency=frequency, times=times)
    done = [date.fromisoformat(day) for day in days]
    progress = progress_of(item, done, year=2026, today=date(2026, 6, 15), since=date(2026, 3, 5))
    assert (progress.words, progress.tone) == (words, tone)
