"""The form of a record over HTTP: what is typed is kept, whatever else is wrong, and nobody writes another's record."""

from typing import Any

import pytest
from django.urls import reverse

from audit.models import Entry
from core.errors import NotAllowed, UserError
from drills.models import Drill, DrillProblem
from drills.services.drafting import DrillDraft, create_drill, edit_drill, submit_drill
from drills.services.problems import ProblemDraft, finish_problem
from drills.services.reviewing import count_drill, return_drill
from evidence.models import File
from evidence.selectors import files_of
from responsibility.models import Enterprise
from tests.drills.conftest import Players
from tests.drills.records import WHOLE, draft_of, make_enterprise, picture, submitted
from tests.meta.page_forms import forms_of

S = Drill.State
NEW = "drills:create"


def typed(**changes: Any) -> dict[str, Any]:
    """Return what a person types for a whole record."""
    data = {name: str(value) for name, value in WHOLE.items()} | {"save": "1"}
    return data | changes


def post(players: Players, name: str, path: str, data: dict[str, Any]) -> Any:
    return players.client(name).post(path, data)


def edit_path(drill: Drill) -> str:
    return reverse("drills:edit", args=[drill.pk])


def test_a_record_is_filed_in_one_go(players: Players) -> None:
    data = typed(
        organiser=str(players.county.units["YJ"].pk),
        participants=[str(players.county.units[code].pk) for code in ("ZJ", "Z1")],
        starts_at="09:00",
        ends_at="10:30",
        unscripted="on",
        problem_0_text="通信不畅",
        problem_0_responsible="王工",
        problem_0_due_on="2026-05-30",
        submit="1",
        files=[picture("全景"), picture("转移")],
    )
    answer = post(players, "editor", reverse(NEW), data)
    drill = Drill.objects.get()
    assert answer.status_code == 302
    assert answer.url == reverse("drills:detail", args=[drill.pk])
    assert (drill.state, drill.code, drill.title) == (S.SUBMITTED, "YL-2026-0001", "防汛综合演练")
    assert (drill.organiser, drill.filer, drill.township, drill.level) == (
        players.county.units["YJ"],
        players.county.units["YJ"],
        None,
        "department",
    )
    assert (str(drill.starts_at), drill.unscripted, drill.headcount) == ("09:00:00", True, 60)
    assert {unit.code for unit in drill.participants.all()} == {"ZJ", "Z1"}
    assert str(drill.problems.get()) == "通信不畅"
    assert files_of(drill).count() == 2
    actions = list(Entry.objects.filter(object_type="drills.drill").order_by("pk").values_list("action", flat=True))
    assert actions == ["drill.create", "evidence.attach", "evidence.attach", "drill.submit"]


def test_a_draft_needs_nothing_but_its_organiser(players: Players) -> None:
    answer = post(players, "township", reverse(NEW), {"organiser": str(players.county.units["Z1"].pk), "save": "1"})
    drill = Drill.objects.get()
    assert answer.url == edit_path(drill)
    assert (drill.state, drill.code, drill.level, drill.title) == (S.DRAFT, None, "township", "")
    assert drill.township == players.county.units["Z1"]
    page = players.client("township").get(answer.url).content.decode()
    assert "请填写演练名称。" in page
    assert "少于规定的20人" in page


def test_without_an_organiser_what_was_typed_comes_back(players: Players) -> None:
    for name in ("editor", "office"):
        answer = post(players, name, reverse(NEW), typed(organiser=""))
        page = answer.content.decode()
        assert answer.status_code == 400
        assert "请选择组织单位" in page
        assert "按方案完成预警、转移、安置三个环节。" in page
    assert not Drill.objects.exists()


def test_fields_in_order_are_kept_where_another_is_not(players: Players) -> None:
    data = typed(organiser=str(players.county.units["YJ"].pk), headcount="很多", held_on="去年", submit="1")
    answer = post(players, "editor", reverse(NEW), data | {"problem_0_responsible": "王工"})
    page, drill = answer.content.decode(), Drill.objects.get()
    assert answer.status_code == 409
    assert (drill.state, drill.title, drill.headcount, drill.held_on) == (S.DRAFT, "防汛综合演练", None, None)
    assert 'value="很多"' in page
    assert "请写明问题" in page
    # The page goes on with the draft it made.
    form = next(form for form in forms_of(page) if form.action == edit_path(drill))
    assert form.fields["version"] == [str(drill.version)]
    assert form.fields["problem_0_responsible"] == ["王工"]
    answer = post(players, "editor", form.action, form.filled(headcount="60", held_on="2026-04-20") | {"save": ["1"]})
    assert answer.status_code == 409
    drill.refresh_from_db()
    assert (drill.headcount, str(drill.held_on)) == (60, "2026-04-20")
    assert not drill.problems.exists()


def test_handing_in_says_all_that_is_missing_and_keeps_the_draft(players: Players) -> None:
    data = {"organiser": str(players.county.units["YJ"].pk), "title": "演练", "held_on": "2026-06-01", "submit": "1"}
    answer = post(players, "editor", reverse(NEW), data)
    page, drill = answer.content.decode(), Drill.objects.get()
    assert answer.status_code == 409
    for words in ("请选择灾种或事故类型", "请填写演练地点。", "请填写参演人数。", "演练日期在今天之后"):
        assert words in page
    assert (drill.state, drill.title) == (S.DRAFT, "演练")


def test_a_stale_form_shows_both_texts(players: Players) -> None:
    drill = draft_of(players.people["editor"], players.county.units["YJ"])
    mine = players.client("editor").get(edit_path(drill))
    form = next(form for form in forms_of(mine.content.decode()) if form.action == edit_path(drill))
    edit_drill(actor=players.people["second_editor"], drill_id=drill.pk, draft=DrillDraft({"place": "河堤北侧"}))
    answer = post(players, "editor", form.action, form.filled(title="我写的名称") | {"save": ["1"]})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "河堤北侧" in page
    assert "我写的名称" in page
    drill.refresh_from_db()
    assert (drill.title, drill.place) == ("防汛综合演练", "河堤北侧")
    form = next(form for form in forms_of(page) if form.action == edit_path(drill))
    assert post(players, "editor", form.action, form.fields | {"save": ["1"]}).status_code == 302
    drill.refresh_from_db()
    assert (drill.title, drill.place) == ("我写的名称", "河口镇政府广场")


def test_a_form_overtaken_by_handing_in_gives_its_text_back(players: Players) -> None:
    drill = draft_of(players.people["editor"], players.county.units["YJ"])
    form = next(
        form
        for form in forms_of(players.client("editor").get(edit_path(drill)).content.decode())
        if form.action == edit_path(drill)
    )
    submit_drill(actor=players.people["second_editor"], drill_id=drill.pk)
    answer = post(players, "editor", form.action, form.filled(title="我写的名称") | {"save": ["1"]})
    assert answer.status_code == 409
    assert "没有保存" in answer.content.decode()
    assert "我写的名称" in answer.content.decode()
    assert Drill.objects.get().title == "防汛综合演练"
    assert players.client("editor").get(edit_path(drill)).status_code == 302


def test_files_are_added_and_taken_off_only_while_it_is_open(players: Players) -> None:
    drill = draft_of(players.people["editor"], players.county.units["YJ"], photos=1)
    uid = str(files_of(drill).get().uid)
    data = typed(version=str(drill.version), files=[picture("第二张")])
    assert post(players, "editor", edit_path(drill), data).status_code == 302
    assert files_of(drill).count() == 2
    drill.refresh_from_db()
    again = post(players, "editor", edit_path(drill), typed(version=str(drill.version), files=[picture("第二张")]))
    assert again.status_code == 409
    assert "已经上传过了" in again.content.decode()
    drill.refresh_from_db()
    assert post(players, "editor", edit_path(drill), typed(version=str(drill.version), remove=uid)).status_code == 302
    assert [row.name for row in files_of(drill)] == ["第二张.png"]
    submit_drill(actor=players.people["editor"], drill_id=drill.pk)
    download = reverse("evidence:download", args=[File.objects.get(name="第二张.png").uid])
    for name, status in (("office", 200), ("editor", 200), ("fire", 404), ("township", 404), ("enterprise", 404)):
        answer = players.client(name).get(download)
        # Read to its end a file closes itself.
        assert (answer.status_code, bool(answer.getvalue())) == (status, True), name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("河口第1机械厂", "河口第1机械厂"),
        ("91330000ma00000001", "河口第1机械厂"),
        ("第2机械", "河口第2机械厂"),
        ("机械厂", None),
        ("没有这家", None),
        ("别处水泥厂", None),
        ("河口第4机械厂", None),
    ],
)
def test_an_enterprise_is_named_not_chosen_from_thousands(players: Players, text: str, name: str | None) -> None:
    units = players.county.units
    make_enterprise(players.county, 2)
    make_enterprise(players.county, 3, name="别处水泥厂", township=units["XF"])
    make_enterprise(players.county, 4, closed_on="2026-01-01")
    answer = post(players, "township", reverse(NEW), typed(enterprise=text))
    if name is None:
        assert answer.status_code == 400
        assert "按方案完成预警" in answer.content.decode()
        assert not Drill.objects.exists()
    else:
        drill = Drill.objects.get()
        assert drill.enterprise == Enterprise.objects.get(name=name)
        assert (drill.level, drill.township, drill.filer) == ("enterprise", units["Z1"], units["Z1"])


def test_an_enterprises_own_record(players: Players) -> None:
    page = players.client("enterprise").get(reverse(NEW)).content.decode()
    form = next(form for form in forms_of(page) if form.action == reverse(NEW))
    assert "organiser" not in form.fields
    assert form.fields["enterprise"] == ["河口第1机械厂"]
    other = make_enterprise(players.county, 2)
    assert post(players, "enterprise", reverse(NEW), typed(enterprise=other.name)).status_code == 400
    answer = post(players, "enterprise", reverse(NEW), typed(enterprise="河口第1机械厂"))
    drill = Drill.objects.get()
    assert answer.url == edit_path(drill)
    assert (drill.filer, drill.enterprise) == (None, players.enterprise)


def test_both_an_organiser_and_an_enterprise_is_one_too_many(players: Players) -> None:
    data = typed(organiser=str(players.county.units["Z1"].pk), enterprise="河口第1机械厂")
    answer = post(players, "township", reverse(NEW), data)
    assert answer.status_code == 400
    assert "只能填一个" in answer.content.decode()


def test_nobody_files_for_a_unit_that_is_not_theirs(players: Players) -> None:
    people, units = players.people, players.county.units
    for name in ("editor", "township", "enterprise"):
        with pytest.raises(UserError, match="不能为这个单位登记演练"):
            create_drill(actor=people[name], draft=DrillDraft({}), organiser_id=units["ZJ"].pk)
    for name in ("leader", "auditor", "administrator", "stranger"):
        with pytest.raises(NotAllowed):
            create_drill(actor=people[name], draft=DrillDraft({}), organiser_id=units["ZJ"].pk)
    with pytest.raises(UserError, match="不在您的管理范围内"):
        create_drill(actor=people["fire"], draft=DrillDraft({}), enterprise_id=players.enterprise.pk)
    for both in ({}, {"organiser_id": units["YJ"].pk, "enterprise_id": players.enterprise.pk}):
        with pytest.raises(UserError, match="二者选一"):
            create_drill(actor=people["office"], draft=DrillDraft({}), **both)
    # The office may, and what it files is its own to write and the unit's.
    drill = create_drill(actor=people["office"], draft=DrillDraft({}), organiser_id=units["ZJ"].pk)
    assert drill.filer == units["AWB"]
    for name in ("office", "second_office", "other_editor"):
        edit_drill(actor=people[name], drill_id=drill.pk, draft=DrillDraft({"title": name}))


@pytest.mark.parametrize(
    ("organiser", "level", "fits"),
    [("YJ", "county", True), ("YJ", "township", False), ("Z1", "village", True), ("Z1", "department", False)],
)
def test_levels_fit_the_organiser(players: Players, organiser: str, level: str, fits: bool) -> None:
    person = players.people["editor" if organiser == "YJ" else "township"]
    unit = players.county.units[organiser]
    values: Any = {"level": level, "village": "河边村", "hazard": "fire", "hazard_other": "溃坝"}
    if fits:
        drill = create_drill(actor=person, draft=DrillDraft(values), organiser_id=unit.pk)
        # What belongs to another choice is not kept.
        assert drill.village == ("河边村" if level == "village" else "")
        assert drill.hazard_other == ""
    else:
        with pytest.raises(UserError, match="级别与组织单位不符"):
            create_drill(actor=person, draft=DrillDraft(values), organiser_id=unit.pk)


def test_texts_too_long_are_refused_in_words(players: Players) -> None:
    unit = players.county.units["YJ"]
    for values in ({"title": "长" * 121}, {"scenario": "长" * 5001}):
        with pytest.raises(UserError, match="字以内"):
            create_drill(actor=players.people["editor"], draft=DrillDraft(values), organiser_id=unit.pk)  # type: ignore[arg-type]
    problems = [ProblemDraft("长" * 301)]
    with pytest.raises(UserError, match="300 字以内"):
        create_drill(actor=players.people["editor"], draft=DrillDraft({}, None, problems), organiser_id=unit.pk)
    with pytest.raises(UserError, match="最多填写 30 条"):
        create_drill(
            actor=players.people["editor"],
            draft=DrillDraft({}, None, [ProblemDraft(str(number)) for number in range(31)]),
            organiser_id=unit.pk,
        )


def test_the_list_of_duties_fills_the_form_in(players: Players) -> None:
    path = f"{reverse(NEW)}?enterprise={players.enterprise.pk}&kind=evacuation"
    page = players.client("township").get(path).content.decode()
    form = next(form for form in forms_of(page) if form.action == reverse(NEW))
    assert form.fields["enterprise"] == ["河口第1机械厂"]
    assert form.fields["kind"] == ["evacuation"]
    for odd in ("enterprise=9999999999999999999", "enterprise=x", "organiser=x", "kind=zzz", "level=%00"):
        assert players.client("township").get(f"{reverse(NEW)}?{odd}").status_code == 200


def test_names_are_offered_while_one_is_typed(players: Players) -> None:
    make_enterprise(players.county, 2, name="山前砖瓦厂")
    client = players.client("township")
    answer = client.get(reverse("drills:enterprises"), {"enterprise": "砖"}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert "山前砖瓦厂" in answer.content.decode()
    assert "机械厂" not in answer.content.decode()
    code = client.get(reverse("drills:enterprises"), {"enterprise": "9133"}, headers={"HX-Request": "true"})
    assert "机械厂" in code.content.decode()
    strange = players.client("fire").get(reverse("drills:enterprises"), headers={"HX-Request": "true"})
    assert "<option" not in strange.content.decode()


def test_a_returned_record_shows_why_and_is_mended(players: Players) -> None:
    drill = submitted(players.people["editor"], players.county.units["YJ"], photos=1)
    return_drill(actor=players.people["office"], drill_id=drill.pk, reason="照片只有一张")
    page = players.client("head").get(edit_path(drill)).content.decode()
    assert "照片只有一张" in page
    drill.refresh_from_db()
    data = typed(version=str(drill.version), files=[picture("补一张")], submit="1")
    assert post(players, "head", edit_path(drill), data).status_code == 302
    drill.refresh_from_db()
    assert (drill.state, drill.submitted_by) == (S.SUBMITTED, players.people["head"])
    count_drill(actor=players.people["office"], drill_id=drill.pk)


def finish(players: Players, name: str, problem: DrillProblem, **changes: Any) -> Any:
    data = {"version": problem.version, "done_on": "2026-05-11", "result": "已更换对讲机"} | changes
    return post(players, name, reverse("drills:finish", args=[problem.drill_id, problem.pk]), data)


def test_problems_are_put_right_after_the_record_was_handed_in(players: Players) -> None:
    drill = draft_of(players.people["editor"], players.county.units["YJ"], problems=(ProblemDraft("通信不畅"),))
    problem = drill.problems.get()
    assert finish(players, "editor", problem).status_code == 409
    submit_drill(actor=players.people["editor"], drill_id=drill.pk)
    for changes in (
        {"done_on": "2026-05-13"},
        {"done_on": "2026-04-19"},
        {"result": " "},
        {"version": 9},
        {"done_on": ""},
    ):
        answer = finish(players, "editor", problem, **changes)
        assert answer.status_code == 409, changes
        if "result" not in changes:
            assert "已更换对讲机" in answer.content.decode()
    problem.refresh_from_db()
    assert problem.done_on is None
    for name, status in (("office", 403), ("leader", 403), ("fire", 404), ("enterprise", 404)):
        assert finish(players, name, problem).status_code == status
        assert finish(players, name, problem, result="").status_code == status
    assert finish(players, "second_editor", problem).status_code == 302
    problem.refresh_from_db()
    assert (str(problem.done_on), problem.result, problem.version) == ("2026-05-11", "已更换对讲机", 2)
    entry = Entry.objects.get(action="drill.rectify")
    assert entry.object_id == str(drill.pk)
    assert "已整改" in players.client("office").get(reverse("drills:detail", args=[drill.pk])).content.decode()


def test_another_records_problem_is_not_found(players: Players) -> None:
    first = submitted(players.people["editor"], players.county.units["YJ"], problems=(ProblemDraft("甲"),))
    second = submitted(players.people["editor"], players.county.units["YJ"], hazard="fire")
    problem = first.problems.get()
    path = reverse("drills:finish", args=[second.pk, problem.pk])
    data = {"version": 1, "done_on": "2026-05-11", "result": "好"}
    assert players.client("editor").post(path, data).status_code == 404
    with pytest.raises(UserError, match="写明整改情况"):
        finish_problem(
            actor=players.people["editor"],
            drill_id=first.pk,
            problem_id=problem.pk,
            done_on=first.held_on,  # type: ignore[arg-type]
            result="",
        )
