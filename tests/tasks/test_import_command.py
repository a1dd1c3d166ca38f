"""`manage.py import_plan`."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from responsibility.models import KeywordRule, Membership
from tasks.models import Plan, Task
from tests.county import County

pytestmark = pytest.mark.django_db
OWN = (
    "2026年全县安全生产工作要点\n一、压实责任\n1.印发清单。6月底前印发责任清单。\n2.开展演练。全年演练不少于20场次。\n"
)


@pytest.fixture
def document(tmp_path: Path) -> Path:
    path = tmp_path / "要点.txt"
    path.write_text(OWN, encoding="utf-8")
    return path


def run(path: Path, *options: str, year: int = 2026) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("import_plan", str(path), "--year", str(year), *options, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def rules(county: County, *words: str) -> None:
    for word in words:
        KeywordRule.objects.create(keywords=word, unit=county.units["YJ"], weight=10, reason="职责分工")


def test_document_becomes_a_draft_and_is_counted(county: County, document: Path) -> None:
    out, err = run(document, "--user", "office2")
    plan = Plan.objects.get()
    assert (plan.state, plan.created_by, plan.source_name) == ("draft", county.second_office, "要点.txt")
    assert "章节 1，条目 2" in out
    assert err == ""


def test_year_that_differs_from_the_document_is_pointed_out(county: County, document: Path) -> None:
    _, err = run(document, "--user", "office", year=2027)
    assert "原文写的是2026年，已按2027年导入" in err


def test_without_a_name_the_only_clerk_acts(county: County, document: Path) -> None:
    with pytest.raises(CommandError, match=r"请用 --user 指明.*office"):
        run(document)
    Membership.objects.filter(user=county.second_office).delete()
    run(document)
    assert Plan.objects.get().created_by == county.office
    Membership.objects.filter(user=county.office).delete()
    with pytest.raises(CommandError, match="还没有在岗的安委办工作人员"):
        run(document)


def test_others_cannot_lend_their_name(county: County, document: Path) -> None:
    for name in ("leader", "editor", "admin", "nobody"):
        with pytest.raises(CommandError, match="不是在岗的安委办工作人员"):
            run(document, "--user", name)
    assert not Plan.objects.exists()


def test_publishing_without_leads_names_the_items_and_keeps_the_draft(county: County, document: Path) -> None:
    rules(county, "清单", "演练")
    with pytest.raises(CommandError) as caught:
        run(document, "--user", "office", "--publish")
    assert "“1.印发清单”未定牵头单位" in str(caught.value)
    assert "草稿已保存" in str(caught.value)
    assert (Plan.objects.get().state, Task.objects.count()) == ("draft", 0)


def test_operator_may_accept_the_suggestions(county: County, document: Path) -> None:
    rules(county, "清单", "演练")
    out, _ = run(document, "--user", "office", "--accept-suggestions", "--publish")
    assert "采纳建议单位：2 条" in out
    assert "已发布：生成任务 2 项，由 1 个单位牵头" in out
    assert Task.objects.filter(lead=county.units["YJ"]).count() == 2
    with pytest.raises(CommandError, match="2026年已有发布"):
        run(document, "--user", "office", "--publish")
    assert Plan.objects.count() == 1


def test_items_without_a_suggestion_still_stop_the_publication(county: County, document: Path) -> None:
    rules(county, "清单")
    with pytest.raises(CommandError, match=r"“2\.开展演练”未定牵头单位"):
        run(document, "--user", "office", "--accept-suggestions", "--publish")


def test_unreadable_files_are_named_plainly(county: County, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="没有找到文件"):
        run(tmp_path / "无.txt", "--user", "office")
    with pytest.raises(CommandError, match="打不开文件"):
        run(tmp_path, "--user", "office")
    for name, content in (("空.txt", b""), ("乱.docx", b"PK\x03\x04xx"), ("乱.txt", bytes(range(256)) * 9)):
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(CommandError, match="。"):
            run(path, "--user", "office")
    assert not Plan.objects.exists()


def test_file_over_the_limit_is_refused(county: County, document: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tasks.management.commands.import_plan.MAX_BYTES", 10)
    with pytest.raises(CommandError, match="文件超过"):
        run(document, "--user", "office")


def test_year_out_of_range_is_refused(county: County, document: Path) -> None:
    with pytest.raises(CommandError, match="年度"):
        run(document, "--user", "office", year=26)
