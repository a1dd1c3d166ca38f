"""Typefaces: found, named when replaced, the office's own first, and what is missing said in plain words."""

import os
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.conf import settings
from fontTools.fontBuilder import FontBuilder  # type: ignore[import-untyped]
from fontTools.pens.ttGlyphPen import TTGlyphPen  # type: ignore[import-untyped]
from pytest_django import Settings

from documents import checks, fonts, libraries
from documents.fonts import FONT_ROLES, configure_fontconfig, font_report
from tests.documents.reading import embedded_fonts


def test_this_machine_can_print_and_names_the_substitutes() -> None:
    report = {finding.role: finding for finding in font_report()}
    assert list(report) == ["小标宋", "黑体", "仿宋", "楷体"]
    assert report["仿宋"].used == "FandolFang R"
    assert report["楷体"].used == "FandolKai"
    warning = "服务器未安装小标宋（方正小标宋简体），发文机关标志和标题暂用“Noto Serif CJK SC”代替。"
    assert report["小标宋"].warning == warning


def test_own_typefaces_need_no_warning_and_none_at_all_a_clear_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "installed_families", lambda: frozenset({"仿宋_GB2312", "FandolFang R", "SimHei"}))
    report = {finding.role: finding for finding in font_report()}
    assert (report["仿宋"].used, report["仿宋"].warning) == ("仿宋_GB2312", "")
    assert (report["楷体"].used, "也没有可代替的字体" in report["楷体"].warning) == ("", True)


def test_stylesheet_and_report_name_the_same_families() -> None:
    css = (Path(settings.BASE_DIR) / "static" / "documents" / "official.css").read_text(encoding="utf-8")
    stacks = dict(re.findall(r"--(\w+): ([^;]+);", css))
    for role, name in zip(FONT_ROLES, ("xiaobiaosong", "heiti", "fangsong", "kaiti"), strict=True):
        assert tuple(re.findall(r'"([^"]+)"', stacks[name])) == role.wanted + role.substitutes


def test_fonts_conf_names_both_folders_and_escapes_them(settings: Settings, tmp_path: Path) -> None:
    before = os.environ.get("FONTCONFIG_FILE")
    settings.VAR_DIR, settings.FONT_DIR = tmp_path, tmp_path / "a & <b>"
    try:
        path = configure_fontconfig()
        assert os.environ["FONTCONFIG_FILE"] == str(path)
    finally:
        os.environ.pop("FONTCONFIG_FILE")
        if before is not None:
            os.environ["FONTCONFIG_FILE"] = before
    folders = [item.text for item in ElementTree.parse(path).getroot().iter("dir")]
    assert folders == [str(tmp_path / "a & <b>"), str(Path(settings.BASE_DIR) / "var" / "fonts-free")]
    assert sorted(item.name for item in path.parent.iterdir()) == ["fonts.conf"]


def _write_font(path: Path, family: str, characters: str) -> None:
    """Write a typeface whose every character is a black box."""
    characters = "".join(dict.fromkeys(characters))
    names = [".notdef", *(f"u{ord(character):X}" for character in characters)]
    pen = TTGlyphPen(None)
    pen.moveTo((100, 0))
    for corner in ((100, 800), (900, 800), (900, 0)):
        pen.lineTo(corner)
    pen.closePath()
    box = pen.glyph()
    font = FontBuilder(1000, isTTF=True)
    font.setupGlyphOrder(names)
    font.setupCharacterMap({ord(character): f"u{ord(character):X}" for character in characters})
    font.setupGlyf(dict.fromkeys(names, box))
    font.setupHorizontalMetrics(dict.fromkeys(names, (1000, 100)))
    font.setupHorizontalHeader(ascent=880, descent=-120)
    font.setupNameTable({"familyName": family, "styleName": "Regular"}, mac=False)
    font.setupOS2(sTypoAscender=880, sTypoDescender=-120)
    font.setupPost()
    font.save(path)


_PRINT_A_LETTER = """
import sys, django
django.setup()
from documents.fonts import font_report
from documents.pdf import render_pdf
from tests.documents.samples import ONE_PAGE
open(sys.argv[1], "wb").write(render_pdf(ONE_PAGE))
print(font_report()[0].used)
"""


def test_an_own_typeface_in_the_office_folder_wins(tmp_path: Path) -> None:
    own, pdf = tmp_path / "own", tmp_path / "letter.pdf"
    own.mkdir()
    _write_font(own / "title.ttf", "方正小标宋简体", "东泉县安全生产委员会办公室关于督促办理逾期任务的函")
    environment = {
        **{name: value for name, value in os.environ.items() if name != "FONTCONFIG_FILE"},
        "VAR_DIR": str(tmp_path / "var"),
        "FONT_DIR": str(own),
        "DJANGO_SETTINGS_MODULE": "safetyplan.settings",
    }
    done = subprocess.run(
        [sys.executable, "-c", _PRINT_A_LETTER, str(pdf)],
        cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "方正小标宋简体"
    used = embedded_fonts(pdf.read_bytes())
    assert any(name.startswith("方正小标宋") for name in used), used
    assert "Noto-Serif-CJK-SC-Bold" not in used


def test_checks_are_silent_here() -> None:
    assert checks.check_pdf_export(None) == []


def test_checks_name_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "missing_libraries", lambda: ("Pango", "HarfBuzz"))
    monkeypatch.setattr(fonts, "installed_families", frozenset)
    found = checks.check_pdf_export(None)
    assert [message.id for message in found] == ["documents.W001"] + ["documents.W003"] * 4
    assert "缺少系统库Pango、HarfBuzz" in found[0].msg
    assert "libpango-1.0-0" in (found[0].hint or "")
    assert "楷体" in found[4].msg
    assert not any(message.is_serious() for message in found), "the application must start without PDF export"


def test_checks_say_when_fonts_cannot_be_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "installed_families", lambda: None)
    assert [message.id for message in checks.check_pdf_export(None)] == ["documents.W002"]


def test_missing_libraries_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libraries, "_LIBRARIES", {"Pango": ("libno-such-1.so",), "Fontconfig": ("libfontconfig.so.1",)})
    libraries.missing_libraries.cache_clear()
    try:
        assert libraries.missing_libraries() == ("Pango",)
    finally:
        libraries.missing_libraries.cache_clear()
