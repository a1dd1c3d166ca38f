"""节点与期次 as a list: its filters, its figures, its file, and the queue in 我的工作 that opens it."""

from datetime import date
from io import BytesIO
from typing import Any

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from core.queues import queues_of
from tasks.models import Task, TaskNode
from tasks.services.recurrence import cancel_node, set_recurrence
from tests.county import AsPerson, County
from tests.tasks.test_nodes import hand_in, on, quarterly

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_may")]
__all__ = ["quarterly"]
LIST = reverse("tasks:nodes")


def shown(client: AsPerson, who: str, **query: Any) -> list[str]:
    page = client(who).get(LIST, query)
    assert page.status_code == 200
    return [row.record.title for row in page.context["table"].rows]


def test_states_and_filters(as_person: AsPerson, county: County, quarterly: Task) -> None:
    hand_in(county, quarterly, "2026年第三季度")
    cancel_node(actor=county.office, node_id=quarterly.nodes.get(title="2026年第四季度").pk, reason="并入三季度")
    with on(1, 7):
        assert shown(as_person, "office") == ["2026年第二季度", "2026年第三季度"]
        assert shown(as_person, "office", standing="overdue") == ["2026年第二季度"]
        assert shown(as_person, "office", standing="waiting") == ["2026年第三季度"]
        assert shown(as_person, "office", standing="cancelled") == ["2026年第四季度"]
        assert shown(as_person, "office", standing=["done", "open"]) == []
        assert shown(as_person, "office", due_from="2026-07-01", due_to="2026-09-30") == ["2026年第三季度"]
        assert shown(as_person, "office", kind="document") == []
        assert shown(as_person, "office", q="演练 第二") == ["2026年第二季度"]
        assert shown(as_person, "office", q="没有") == []
        assert shown(as_person, "editor", own="1") == ["2026年第二季度", "2026年第三季度"]
        assert shown(as_person, "office", own="1") == []
        assert shown(as_person, "office", lead=quarterly.lead_id, sort="-due_on")[0] == "2026年第三季度"
        assert shown(as_person, "office", due_from="不是日期") == []
        assert shown(as_person, "other_editor") == []
        page = as_person("office").get(LIST)
        counts = {row.label: (row.count, row.path) for row in page.context["standings"]}
        assert counts["逾期未完成"] == (1, f"{LIST}?standing=overdue")
        assert counts["已报待审"][0] == 1


def test_every_state_is_told_alike_by_row_and_database(county: County, quarterly: Task) -> None:
    hand_in(county, quarterly, "2026年第三季度")
    with on(1, 7):
        rows = TaskNode.objects.with_standing(date(2026, 7, 1))
        assert {row.state for row in rows} == {"overdue", "waiting", "open"}
        assert all(row.state == row.standing for row in rows)  # type: ignore[attr-defined]


def test_the_file_holds_what_the_list_shows(as_person: AsPerson, quarterly: Task) -> None:
    answer = as_person("editor").get(reverse("tasks:nodes_export"), {"due_to": "2026-09-30"})
    sheet = load_workbook(BytesIO(answer.content)).active
    assert sheet is not None
    words = [cell for row in sheet.iter_rows(values_only=True) for cell in row if cell]
    assert "2026年第二季度" in words
    assert "2026年第四季度" not in words


def test_what_falls_due_waits_in_my_work(as_person: AsPerson, county: County, quarterly: Task) -> None:
    def queue() -> object:
        return next((row for row in queues_of(county.editor) if row.key == "nodes"), None)

    assert queue() is None
    with on(25, 6):
        found = next(row for row in queues_of(county.editor) if row.key == "nodes")
        assert (found.count, [row.title for row in found.rows]) == (1, [f"{quarterly.code} 2026年第二季度"])
        assert as_person("editor").get(found.path).context["count"] == 1
        assert "2026年第二季度" in as_person("editor").get(reverse("tasks:work")).content.decode()
        hand_in(county, quarterly, "2026年第二季度")
        assert queue() is None


def test_a_recurrence_taken_away_leaves_the_list(as_person: AsPerson, county: County, quarterly: Task) -> None:
    set_recurrence(actor=county.office, task_id=quarterly.pk, recurrence="", reason="不再分期")
    assert shown(as_person, "office") == []
    assert len(shown(as_person, "office", standing="cancelled")) == 3
