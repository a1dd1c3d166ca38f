"""Calling the interface as a program does: with a token, JSON in and JSON out."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from drills.models import Drill
from hazards.models import Hazard
from hazards.services.rectifying import save_rectification
from reports.models import Report
from responsibility.models import DutyItem, DutyList, Fulfilment
from tasks.models import ConsultationReply, Directive, Plan, PlanApproval, ProgressReport, Task, TaskNode
from tasks.services.forcing import force_lamp
from tasks.services.obstacles import ObstacleDraft, raise_obstacle
from tasks.services.requests import ask_extension
from tests.meta.scene import PDF, Scene, draft_report

PROBLEM = "application/problem+json"


def send(
    scene: Scene,
    person: str,
    method: str,
    address: str,
    data: Any = None,
    *,
    form: bool = False,
    **headers: str,
) -> HttpResponse:
    """Make a request with the person's token; errors of views become 500. `If_Match` is the header If-Match."""
    client = Client(raise_request_exception=False)
    known = {name.replace("_", "-"): value for name, value in headers.items()}
    if person:
        known.setdefault("Authorization", f"Bearer {scene.tokens[person]}")
    content: dict[str, Any] = {}
    if form:
        content = {"data": data}
    elif data is not None:
        content = {"data": data if isinstance(data, (str, bytes)) else json.dumps(data)}
        content |= {"content_type": "application/json"}
    answer: HttpResponse = getattr(client, method.lower())(address, headers=known, **content)
    if answer.streaming:
        answer.getvalue()
    return answer


def problem_of(answer: HttpResponse) -> dict[str, Any]:
    """Return the problem document, which every refusal is."""
    assert answer.headers["Content-Type"] == PROBLEM
    found: dict[str, Any] = json.loads(answer.content)
    assert {"type", "title", "status", "detail", "errors"} <= set(found)
    assert found["status"] == answer.status_code
    assert found["detail"]
    assert any("\u4e00" <= char <= "\u9fff" for char in found["detail"]), "not a sentence for our users"
    return found


def tag(row: Any) -> str:
    """Return an If-Match value for the row as it is stored now."""
    row.refresh_from_db(fields=["version"])
    return f'"{row.version}"'


@contextmanager
def undone() -> Iterator[None]:
    """Undo what happens inside the block."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@dataclass
class Sample:
    """An object an address is tried with: arguments of the address, the row whose version counts, what is sent."""

    kwargs: dict[str, Any]
    row: models.Model | None = None
    data: Any = None
    form: bool = False


@dataclass
class Api:
    """The scene with samples for every address of the interface."""

    scene: Scene
    samples: dict[str, Sample]

    def call(self, person: str, method: str, name: str, sample: str = "", **headers: str) -> HttpResponse:
        """Make the request of a row of the table as this person, with the version the object has."""
        known = self.samples[sample]
        address = reverse(f"api:{name}", kwargs=known.kwargs)
        if method != "GET" and known.row is not None:
            headers.setdefault("If_Match", tag(known.row))
        data = known.data
        if known.form:
            data = {"file": SimpleUploadedFile("证明.pdf", PDF + b"%api")}
        return send(self.scene, person, method, address, data if method != "GET" else None, form=known.form, **headers)


def _letter_samples(scene: Scene) -> dict[str, Sample]:
    letters = scene.letters
    received = letters["received"]
    item = received.items.get()
    due = letters["draft"].reply_due_on.isoformat()
    cover = {"issuer": "县安委办", "code": "清安办函", "contact": "安小委", "reply_due_on": due, "demand": "抓紧办理。"}
    late = Task.objects.filter(code__endswith="-25").values_list("pk", flat=True)
    return {
        **{f"letter {state}": Sample({"pk": letter.pk}, letter) for state, letter in letters.items()},
        "letter edit": Sample({"pk": letters["draft"].pk}, letters["draft"], {"title": "关于加快办理的督促函"}),
        "letter edit issued": Sample({"pk": letters["issued"].pk}, letters["issued"], {"title": "改"}),
        "letter reply": Sample({"pk": received.pk}, received, {"items": [{"item": item.pk, "reply": "正在办理。"}]}),
        "letter file": Sample({"pk": received.pk}, None, form=True),
        "letter move": Sample({"pk": letters["issued"].pk, "action": "receive"}, letters["issued"], {}),
        "compose": Sample({}, None, {"kind": "urging", "tasks": list(late), **cover}),
    }


def _task_samples(scene: Scene) -> dict[str, Sample]:
    county, tasks = scene.county, scene.tasks
    draft_report(county, tasks["active"], "40")
    draft = tasks["active"].reports.get(state=ProgressReport.State.DRAFT)
    submitted = tasks["reported"].reports.get()
    returned, assigned = tasks["returned"], tasks["assigned"]
    asked = ConsultationReply.objects.get(pk=scene.samples["consultation reply"]["pk"])
    approval = PlanApproval.objects.get(pk=scene.samples["approval move"]["approval_pk"])
    extension = ask_extension(
        actor=county.editor, task_id=returned.pk, reason="天气", progress="过半", proposed_due_on=date(2027, 3, 31)
    )
    parts = ObstacleDraft("场地未定", "已协调两次", "县自然资源局", date(2026, 6, 30))
    obstacle = raise_obstacle(actor=county.editor, task_id=returned.pk, draft=parts)
    force_lamp(actor=county.office, task_id=returned.pk, colour="yellow", reason="已有计划", until=date(2026, 6, 30))
    ask = {"reason": "天气", "progress": "过半", "proposed_due_on": "2027-03-31"}
    block = {"cause": "场地未定", "done": "已协调", "needs_whom": "县自然资源局", "needed_by": "2026-06-30"}
    force = {"colour": "yellow", "until": "2026-06-30", "reason": "已有计划"}
    target = assigned.targets.get()
    plan = Plan.objects.get(pk=scene.samples["plan draft"]["pk"])
    node = TaskNode.objects.get(pk=scene.samples["node"]["pk"])
    step = {"kind": "document", "title": "正式印发", "due_on": "2026-09-30"}
    return {
        **{f"task {state}": Sample({"pk": task.pk}, task) for state, task in tasks.items()},
        "task move": Sample({"pk": tasks["assigned"].pk, "action": "sign"}, tasks["assigned"], {}),
        "consultation reply": Sample({"pk": asked.pk}),
        "consultation answered": Sample(scene.samples["consultation answered"]),
        "consultation send": Sample({"pk": asked.pk}, asked, {"answers": [], "rest_agrees": True}),
        "plan approval": Sample({"pk": approval.pk}),
        "plan approval move": Sample({"pk": approval.pk, "action": "return"}, approval, {"reason": "请补充"}),
        "extension": Sample({"pk": extension.pk}),
        "extension decide": Sample(
            {"pk": extension.pk}, extension, {"granted_due_on": "2027-02-28", "decision": "同意"}
        ),
        "extension withdraw": Sample({"pk": extension.pk}, extension, {"reason": "可以按期完成"}),
        "obstacle": Sample({"pk": obstacle.pk}, obstacle, {"outcome": "场地已定"}),
        "ask extension": Sample({"pk": assigned.pk}, assigned, ask),
        "ask obstacle": Sample({"pk": assigned.pk}, assigned, block),
        "force lamp": Sample({"pk": assigned.pk}, assigned, force),
        "end forcing": Sample({"pk": returned.pk}, returned, {"reason": "情况已变"}),
        "children": Sample({"pk": assigned.pk}, assigned, {"children": [{"title": "更新"}, {"title": "排查"}]}),
        "charge": Sample({"pk": assigned.pk}, assigned, {"weight": "2", "leader": county.leader.pk, "reason": "分工"}),
        "source": Sample({"pk": assigned.pk}, assigned, {"target": target.pk, "ledger": "", "reason": "以人工为准"}),
        "node": Sample({"pk": node.pk}, node, {"title": "三季度督查", "reason": "统一名称"}),
        "node cancel": Sample({"pk": node.pk}, node, {"reason": "并入四季度"}),
        "milestones": Sample({"pk": assigned.pk}, assigned, {"milestones": [step], "reason": "分步推进"}),
        "recurrence": Sample({"pk": assigned.pk}, assigned, {"recurrence": "month", "reason": "按月推进"}),
        "report": Sample({"pk": submitted.pk}, submitted, {"results": "完成"}),
        "report draft": Sample({"pk": draft.pk}, draft, {"results": "完成"}),
        "report file": Sample({"pk": draft.pk}, None, form=True),
        "new report": Sample({}, None, {"task": tasks["returned"].pk, "actions_taken": "补充材料"}),
        "item": Sample({"pk": tasks["assigned"].item_id}),
        "item draft": Sample({"pk": scene.samples["item"]["item_pk"]}),
        "plan": Sample(scene.samples["plan"]),
        "plan draft": Sample({"pk": plan.pk}),
    }


def _ledger_samples(scene: Scene) -> dict[str, Sample]:
    known = scene.samples
    draft = Drill.objects.get(pk=known["drill draft"]["pk"])
    judged = Drill.objects.get(pk=known["drill move"]["pk"])
    hazard = Hazard.objects.get(pk=known["hazard general rectifying"]["pk"])
    moved = Hazard.objects.get(pk=known["hazard move"]["pk"])
    new_hazard = {
        "title": "通道堵塞", "description": "疏散通道堆放杂物", "place": "一层东侧", "level": "general",
        "source": "self",
        "found_on": "2026-05-10", "due_on": "2026-06-10", "enterprise": known["enterprise"]["pk"], "rectifier": "张三",
    }  # fmt: skip
    applied = Hazard.objects.get(pk=known["hazard general applied"]["pk"])
    counted = Drill.objects.get(pk=known["drill problem"]["pk"])
    round_ = save_rectification(actor=scene.county.enterprise, hazard_id=hazard.pk, measures="正在清理", done_on=None)
    return {
        "drill draft": Sample({"pk": draft.pk}),
        "drill submitted": Sample(known["drill submitted"]),
        "drill edit": Sample(
            {"pk": draft.pk},
            draft,
            {"place": "县人民广场", "participants": [scene.county.units["Z1"].pk], "problems": [{"text": "电台不通"}]},
        ),
        "drill problem": Sample(
            known["drill problem"], counted.problems.get(), {"done_on": "2026-05-12", "result": "已更换"}
        ),
        "drill move": Sample(known["drill move"], judged, {}),
        "drill file": Sample({"pk": draft.pk}, None, form=True),
        "new drill": Sample({}, None, {"organiser": scene.county.units["YJ"].pk, "title": "防汛演练"}),
        "enterprise": Sample(known["enterprise"]),
        "hazard general rectifying": Sample({"pk": hazard.pk}, hazard),
        "hazard edit": Sample({"pk": hazard.pk}, hazard, {"title": "通道堵塞"}),
        "hazard plan": Sample({"pk": hazard.pk}, hazard, {"rectifier": "李主任"}),
        "hazard file": Sample({"pk": hazard.pk}, None, form=True),
        "hazard rectify": Sample({"pk": hazard.pk}, round_, {"measures": "已清理通道"}),
        "hazard rectify applied": Sample({"pk": applied.pk}, applied, {"measures": "已清理通道"}),
        "hazard rectify file": Sample({"pk": hazard.pk}, None, form=True),
        "hazard move": Sample(known["hazard move"], moved, {"reason": "复查合格"}),
        "new hazard": Sample({}, None, new_hazard),
    }


def _duty_samples(scene: Scene) -> dict[str, Sample]:
    known, unit = scene.samples, scene.county.units["YJ"].pk
    lists = {state: DutyList.objects.get(pk=known[f"duties {state}"]["pk"]) for state in DutyList.State.values}
    published, draft = lists["published"], lists["draft"]
    item = DutyItem.objects.get(pk=known["duty draft"]["pk"])
    record = Fulfilment.objects.get(pk=known["record"]["pk"])
    own = published.signatures.counted().get(layer="unit")
    new_item = {"list": draft.pk, "text": "研判形势", "basis": "安全生产法", "how": "会议"}
    new_record = {"item": known["duty"]["pk"], "done_on": "2026-05-11", "text": "检查两家企业", "person": "应小急"}
    return {
        **{f"duties {state}": Sample({"pk": row.pk}, row) for state, row in lists.items()},
        "begin": Sample({}, None, {"unit": unit, "year": 2027}),
        "duty move": Sample({"pk": lists["submitted"].pk, "action": "publish"}, lists["submitted"], {}),
        "duty sign": Sample({"pk": published.pk}, published, {"signatures": [own.pk]}),
        "duty": Sample(known["duty"]),
        "duty draft": Sample({"pk": item.pk}, item, {"how": "专题会议"}),
        "new duty": Sample({}, None, new_item),
        "record": Sample({"pk": record.pk}, record, {"text": "检查四家企业"}),
        "record remove": Sample({"pk": record.pk}, record, {"reason": "重复登记"}),
        "record file": Sample({"pk": record.pk}, None, form=True),
        "new record": Sample({}, None, new_record),
    }


def _directive_samples(scene: Scene) -> dict[str, Sample]:
    known = scene.samples
    rows = {stage: Directive.objects.get(pk=known[f"directive {stage}"]["pk"]) for stage in ("new", "done")}
    entry = {"kind": "meeting", "received_on": "2026-05-10", "giver": "常务会议", "title": "整治燃气", "text": "抓紧。"}
    task = {"title": "整治燃气", "lead": scene.county.units["YJ"].pk, "due_on": "2026-06-30"}
    pk = {"pk": rows["new"].pk}
    return {
        "new directive": Sample({}, None, entry),
        "directive running": Sample(known["directive running"]),
        "directive edit": Sample(pk, rows["new"], {"title": "整治瓶装燃气"}),
        "directive file": Sample(pk, None, form=True),
        "directive open": Sample(pk, rows["new"], task),
        "directive settle": Sample(pk, rows["new"], {"outcome": "已完成"}),
        "directive unsettle": Sample({"pk": rows["done"].pk}, rows["done"], {"reason": "尚需核实"}),
    }


def _read_samples(scene: Scene) -> dict[str, Sample]:
    known = scene.samples
    frozen = Report.objects.get(pk=known["report frozen"]["pk"])
    return {
        "metric": Sample({"key": "hazards.on_time_rate"}),
        "post": Sample({"pk": known["job"]["pk"]}),
        "sector": Sample(known["sector"]),
        "quarterly": Sample({"pk": frozen.pk}),
        "quarterly draft": Sample({"pk": known["report draft"]["pk"]}),
        "quarterly figure": Sample({"pk": frozen.pk, "key": "overall.closed_share"}),
        "quarterly draft figure": Sample({"pk": known["report draft"]["pk"], "key": "overall.total"}),
    }


def make_api(scene: Scene) -> Api:
    """Give every sample of the table."""
    plain = {name: Sample(scene.samples[name]) for name in ("", "file", "unit", "group")}
    made = (_task_samples, _letter_samples, _ledger_samples, _duty_samples, _directive_samples, _read_samples)
    return Api(scene, reduce(or_, (samples(scene) for samples in made), plain))


@pytest.fixture(scope="module")
def api(scene: Scene, django_db_blocker: Any) -> Api:
    """The scene's samples, made once for a module like the scene."""
    with django_db_blocker.unblock():
        return make_api(scene)
