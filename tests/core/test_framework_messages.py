"""What the frameworks say about wrong input, in our words: whole sentences that tell how to mend it."""

import ast
import gettext
import re
from pathlib import Path

import django
import pytest
import rest_framework
from django import forms
from django.conf import settings
from rest_framework import serializers

CATALOGUE = Path(settings.BASE_DIR) / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
PLACEHOLDER = re.compile(r"%\(\w+\)[sdr]|\{\w+\}")


def _entries() -> dict[tuple[str, str], str]:
    """Read the catalogue's source: message and its plural, if it has one → our sentence."""
    found = {}
    for block in CATALOGUE.read_text(encoding="utf-8").split("\n\n")[1:]:
        fields = dict(re.findall(r'^(msg\w+(?:\[0\])?) (".*")$', block, re.MULTILINE))
        texts = {name: ast.literal_eval(text) for name, text in fields.items()}
        found[texts["msgid"], texts.get("msgid_plural", "")] = texts.get("msgstr[0]") or texts["msgstr"]
    return found


ENTRIES = _entries()


def test_what_is_loaded_is_what_the_source_says() -> None:
    with CATALOGUE.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    assert len(ENTRIES) > 60
    for (singular, plural), sentence in ENTRIES.items():
        said = compiled.ngettext(singular, plural, 2) if plural else compiled.gettext(singular)
        assert said == sentence, "msgfmt -o django.mo django.po"


@pytest.mark.parametrize("message", ENTRIES, ids=lambda pair: pair[0][:30])
def test_a_sentence_is_whole_and_says_how_to_mend_it(message: tuple[str, str]) -> None:
    sentence = ENTRIES[message]
    assert sentence.endswith("。")
    assert "请" in sentence
    assert not re.search(r"字段|变量|[,;!]", sentence)
    assert set(PLACEHOLDER.findall(sentence)) <= set(PLACEHOLDER.findall(message[0])), "a blank nothing is put in"


def test_every_message_is_one_the_frameworks_still_have() -> None:
    sources = "".join(
        path.read_text(encoding="utf-8")
        for package, places in ((django, ("forms", "core", "db/models")), (rest_framework, (".",)))
        for place in places
        for path in (Path(str(package.__file__)).parent / place).rglob("*.py")
    )
    joined = re.sub(r'"\s*\n\s*"', "", sources).replace('\\"', '"')
    assert [message for message, _ in ENTRIES if message not in joined] == []


def test_forms_and_the_interface_speak_them() -> None:
    class Form(forms.Form):
        name = forms.CharField(max_length=3)
        on = forms.DateField()
        many = forms.IntegerField(max_value=31)

    assert Form({"name": "", "on": "明年", "many": "32"}).errors == {
        "name": ["此项必填，请填写或选择后再提交。"],
        "on": ["日期无法识别，请按“2026-05-31”的格式填写。"],
        "many": ["不能大于 31，请修改。"],
    }
    assert Form({"name": "四个字呢", "on": "2026-05-12", "many": "1"}).errors == {
        "name": ["最多 3 个字，现在是 4 个，请精简。"]
    }

    class Serializer(serializers.Serializer[None]):
        name = serializers.CharField()
        kind = serializers.ChoiceField(choices=("a",))

    given = Serializer(data={"name": "", "kind": "b"})
    assert not given.is_valid()
    assert given.errors == {
        "name": ["此项不能为空，请填写后再提交。"],
        "kind": ["“b”不在可选范围内，请按接口文档列出的值填写。"],
    }
