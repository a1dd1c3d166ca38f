"""The list of records, its filters and its Excel file, the queues of 我的工作, and who sees which record."""

import io
from datetime import date
from typing import Any

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from core.queues import queues_of
from drills.models import Drill
from drills.services.drafting import submit_drill
from drills.services.problems import ProblemDraft
from drills.services.reviewing import count_drill, return_drill
from responsibility.models import Unit
from tests.drills.conftest import Players
from tests.drills.records import counted, draft_of, make_enterprise, submitted

S = Drill.State
LIST = reverse("drills:list")


@pytest.fixture
def ledger(players: Players) -> dict[str, Drill]:
    """Records of every kind of organiser, by a word of their own."""
    units, people = players.county.units, players.people
    office = people["office"]
    joint = {"participants": (units["ZJ"], units["Z1"]), "problems": (ProblemDraft("通信不畅"),)}
    return {
        "joint": counted(people["editor"], units["YJ"], by=office, title="联合演练", **joint),
        "township": submitted(people["township"], units["Z1"], title="镇演练", held_on=date(2026, 3, 2)),
        "village": counted(
            people["township"],
            units["Z1"],
            by=office,
            title="村演练",
            level="village",
            village="河边村",
            hazard="fire",
            kind="evacuation",
        ),
        "enterprise": submitted(
            people["enterprise"], players.enterprise, title="厂演练", form="desk", held_on=date(2025, 12, 3)
        ),
        "draft": draft_of(people["other_editor"], units["ZJ"], title="住建草稿", photos=0),
        "fire": submitted(people["fire"], units["XF"], title="消防演练"),
    }


def shown(players: Players, name: str, query: str = "") -> set[str]:
    answer = players.client(name).get(f"{LIST}?{query}")
    assert answer.status_code == 200
    found: set[str] = {row.record.title for row in answer.context["table"].rows}
    assert answer.context["count"] == len(found)
    return found


EVERYTHING = {"联合演练", "镇演练", "村演练", "厂演练", "消防演练"}


def test_who_sees_which_records(ledger: dict[str, Drill], players: Players) -> None:
    expected = {
        "office": EVERYTHING,
        "leader": EVERYTHING,
        "auditor": EVERYTHING,
        "editor": {"联合演练"},
        "head": {"联合演练"},
        # What it took part in, what its enterprises did, and its own draft.
        "other_editor": {"联合演练", "厂演练", "住建草稿"},
        "township": {"联合演练", "镇演练", "村演练", "厂演练"},
        "enterprise": {"厂演练"},
        "fire": {"消防演练"},
        "administrator": set(),
        "stranger": set(),
    }
    for name, titles in expected.items():
        assert shown(players, name) == titles, name
        for key, drill in ledger.items():
            answer = players.client(name).get(reverse("drills:detail", args=[drill.pk]))
            assert answer.status_code == (200 if drill.title in titles else 404), (name, key)


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("q=镇演", {"镇演练"}),
        ("q=YL-2026-0001", {"联合演练"}),
        ("q=河边", {"村演练"}),
        ("q=机械厂", {"厂演练"}),
        ("q=应急局+联合", {"联合演练"}),
        ("q=没有", set()),
        ("year=2025", {"厂演练"}),
        ("state=submitted", {"镇演练", "厂演练", "消防演练"}),
        ("state=submitted&state=counted", EVERYTHING),
        ("level=village&level=enterprise", {"村演练", "厂演练"}),
        ("kind=evacuation", {"村演练"}),
        ("form_of=desk", {"厂演练"}),
        ("hazard=fire", {"村演练"}),
        ("counted=1", {"联合演练", "村演练"}),
        ("counted=0", {"镇演练", "厂演练", "消防演练"}),
        ("counted_by=2026-05-12", {"联合演练", "村演练"}),
        ("counted_by=2026-05-11", set()),
        ("held_from=2026-03-01&held_to=2026-03-31", {"镇演练"}),
        ("organiser={Z1}", {"镇演练", "村演练"}),
        ("township={Z1}", {"镇演练", "村演练", "厂演练"}),
        ("joined={Z1}", {"联合演练"}),
        ("enterprise=河口第1机械厂", {"厂演练"}),
        ("enterprise=河口第", {"厂演练"}),
        # A filter that means nothing finds nothing.
        ("year=1999", set()),
        ("state=zzz", set()),
        ("held_from=x", set()),
        ("organiser=999999999999999999999", set()),
    ],
)
def test_filters(ledger: dict[str, Drill], players: Players, query: str, titles: set[str]) -> None:
    units = {code: str(unit.pk) for code, unit in players.county.units.items()}
    for code, pk in units.items():
        query = query.replace(f"{{{code}}}", pk)
    assert shown(players, "office", query) == titles


def test_an_enterprise_of_just_this_name_and_no_longer_one(ledger: dict[str, Drill], players: Players) -> None:
    longer = make_enterprise(players.county, 2, name="河口第1机械厂二分厂")
    submitted(players.people["township"], longer, title="二分厂演练")
    assert shown(players, "office", "enterprise=河口第1机械厂") == {"厂演练"}
    assert shown(players, "office", "enterprise=河口第1机械") == {"厂演练", "二分厂演练"}


def test_sorting_and_paging_live_in_the_address(ledger: dict[str, Drill], players: Players) -> None:
    client = players.client("office")
    for column in ("code", "title", "organiser_name", "level", "kind", "form", "held_on", "headcount", "state"):
        assert client.get(f"{LIST}?sort=-{column}&per_page=50&page=9").status_code == 200
    rows = [row.record.title for row in client.get(f"{LIST}?sort=held_on").context["table"].rows]
    assert rows[0] == "厂演练"


def book(answer: Any) -> list[list[Any]]:
    assert answer.status_code == 200
    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_what_is_filtered_is_exported(ledger: dict[str, Drill], players: Players) -> None:
    Drill.objects.filter(pk=ledger["joint"].pk).update(place='=HYPERLINK("http://example.test")')
    answer = players.client("office").get(f"{reverse('drills:export')}?counted=1&sort=held_on")
    rows = book(answer)
    assert rows[0][0] == "演练记录"
    assert "是否计入场次：已计入" in rows[1][0]
    head = rows[2]
    records = {row[head.index("演练名称")]: dict(zip(head, row, strict=True)) for row in rows[3:]}
    assert set(records) == {"联合演练", "村演练"}
    joint = records["联合演练"]
    assert joint["编号"] == "YL-2026-0001"
    assert joint["参演单位"] == "县住建局、河口镇"
    assert joint["地点"] == '=HYPERLINK("http://example.test")'
    assert (joint["发现问题数"], joint["未整改问题数"], joint["无脚本"], joint["参演人数"]) == (1, 1, "否", 60)
    assert records["村演练"]["村（社区）"] == "河边村"
    assert answer.headers["Content-Disposition"].endswith("20260512.xlsx")
    # Everybody gets what they may see, nobody more.
    assert len(book(players.client("enterprise").get(reverse("drills:export")))) == 3 + 1
    assert len(book(players.client("stranger").get(reverse("drills:export")))) == 3
    assert len(book(players.client("office").get(f"{reverse('drills:export')}?state=zzz"))) == 3


def queues(players: Players, name: str) -> dict[str, tuple[int, str]]:
    found = queues_of(players.people[name])
    return {queue.key: (queue.count, queue.path) for queue in found if queue.key.startswith("drills")}


def test_queues_hold_what_waits_and_open_just_that(ledger: dict[str, Drill], players: Players) -> None:
    return_drill(actor=players.people["office"], drill_id=ledger["fire"].pk, reason="照片不清")
    expected = {
        # The enterprise's own record is its township's or supervisor's to judge.
        "office": {"drills-review": 1},
        "second_office": {"drills-review": 1},
        "township": {"drills-review": 1},
        "township_head": {"drills-review": 1},
        "other_editor": {"drills-review": 1},
        "fire": {"drills-returned": 1},
        "leader": {},
        "auditor": {},
        "stranger": {},
        "administrator": {},
    }
    for name, counts in expected.items():
        found = {key: value for key, value in queues(players, name).items() if key != "drills-owed"}
        assert {key: count for key, (count, _) in found.items()} == counts, name
        for count, path in found.values():
            answer = players.client(name).get(path)
            assert answer.context["count"] == count, (name, path)
    rows = [row for queue in queues_of(players.people["fire"]) for row in queue.rows if "消防演练" in row.title]
    assert rows[0].note == "退回意见：照片不清"


def test_what_a_unit_still_owes_stands_in_its_work_when_it_presses(players: Players) -> None:
    # 12 May: the township has not reported before the floods; the year is far from over.
    found = queues(players, "township")
    assert found["drills-owed"][0] == 1
    answer = players.client("township").get(found["drills-owed"][1])
    assert [line.rule.what for line, _ in answer.context["lines"]] == ["reporting"]
    assert "drills-owed" not in queues(players, "enterprise")
    players.enterprise.high_risk = True
    players.enterprise.save()
    count, path = queues(players, "enterprise")["drills-owed"]
    assert (count, players.client("enterprise").get(path).context["count"]) == (1, 1)
    assert "drills-owed" not in queues(players, "office")
    page = players.client("enterprise").get("/tasks/work/").content.decode()
    assert "本单位未完成演练" in page
    values = {"kind": "evacuation", "hazard": "fire"}
    counted(players.people["enterprise"], players.enterprise, by=players.people["township"], **values)
    assert "drills-owed" not in queues(players, "enterprise")


def test_the_page_says_whose_turn_it_is_and_what_is_missing(players: Players) -> None:
    own = submitted(players.people["enterprise"], players.enterprise, photos=1, headcount=3)
    path = reverse("drills:detail", args=[own.pk])
    page = players.client("township").get(path).content.decode()
    assert "由河口镇或县住建局审核" in page
    assert "参演人数3人，少于规定的5人。" in page
    assert "现场照片1张，少于规定的2张。" in page
    # What cannot be counted has no button for it, and no way past it.
    assert reverse("drills:act", args=[own.pk, "count"]) not in page
    answer = players.client("township").post(
        reverse("drills:act", args=[own.pk, "count"]), {"version": own.version, "reason": "同意"}
    )
    assert answer.status_code == 409
    assert "按计入规则不能计入" in answer.content.decode()
    whole = submitted(players.people["editor"], players.county.units["YJ"])
    page = players.client("office").get(reverse("drills:detail", args=[whole.pk])).content.decode()
    assert "符合本县计入规则" in page
    assert "由县安委办审核" in page
    count_drill(actor=players.people["office"], drill_id=whole.pk, comment="同意")
    page = players.client("editor").get(reverse("drills:detail", args=[whole.pk])).content.decode()
    assert "已办结" in page
    assert page.count('class="drill-photos"') == 1


def test_a_panel_on_the_enterprises_page_lists_its_drills(players: Players) -> None:
    drill = submitted(players.people["enterprise"], players.enterprise)
    page = players.client("township").get(reverse("responsibility:enterprise", args=[players.enterprise.pk]))
    assert reverse("drills:detail", args=[drill.pk]) in page.content.decode()


def test_a_record_filed_for_another_unit_by_the_office_is_its_own(players: Players) -> None:
    other = Unit.objects.get(code="XF")
    drill = draft_of(players.people["office"], other, title="办公室代填")
    assert shown(players, "office") == shown(players, "fire") == {"办公室代填"}
    assert shown(players, "leader") == set()
    submit_drill(actor=players.people["fire"], drill_id=drill.pk)
    assert shown(players, "leader") == {"办公室代填"}
    # Filed by one clerk, handed in by the unit: the other clerk judges.
    assert "drills-review" not in queues(players, "office")
    assert queues(players, "second_office")["drills-review"][0] == 1
