"""What of the reports waits for a person, for 我的工作 and the daily digest."""

from typing import Any

from django.urls import reverse

from core import clock
from core.queues import SHOWN, QueueRow, WorkQueue
from documents.numbering import official_date
from reports.models import Report
from reports.transitions import FREEZE
from responsibility.authority import authority_of


def report_queues(user: Any) -> list[WorkQueue]:
    """Return, for office and leaders, the drafts of quarters that have ended: they wait to be checked and issued."""
    authority = authority_of(user)
    if not (authority.is_office or authority.is_leader):
        return []
    today = clock.today()
    drafts = Report.objects.filter(state=Report.State.DRAFT).light()
    waiting = [report for report in drafts.order_by("year", "quarter") if report.of.period.end <= today]
    rows = [
        QueueRow(
            title=report.title,
            path=reverse("reports:detail", args=[report.pk]),
            tag="更正版" if report.corrects_id else "草稿",
            note=f"数据截至{official_date(report.as_of)}",
            action_label=FREEZE.done,
            action_path=reverse("reports:check", args=[report.pk]),
        )
        for report in waiting[:SHOWN]
    ]
    path = f"{reverse('reports:list')}?state={Report.State.DRAFT}"
    return [WorkQueue("reports-issue", 54, "季度报告待签发", "份季度报告待签发", "blue", len(waiting), rows, path)]
