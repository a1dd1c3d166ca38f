"""Forms of the report pages. They check what was typed; the rules are in the services."""

from typing import Any

from django import forms

from reports.habits import Head
from reports.models import Report
from reports.services.drafting import MAX_TEXT


class ActionForm(forms.Form):
    """A button's version, and what the move asks for."""

    version = forms.IntegerField(min_value=1)
    reason = forms.CharField(required=False)
    signatory = forms.CharField(required=False)
    number = forms.CharField(required=False)
    acknowledged = forms.BooleanField(required=False)


class SectionForm(forms.Form):
    """The text of one section."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    text = forms.CharField(
        label="文字",
        required=False,
        widget=forms.Textarea(attrs={"rows": 12, "maxlength": MAX_TEXT}),
        help_text="每行一段；行首可用（一）、1. 等序号，按公文格式排版。清空后保存，恢复为自动生成的文字。",
    )


class HeadForm(forms.Form):
    """Title, 发文机关, 主送, 抄送 and contact of a draft."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    title = forms.CharField(label="标题", max_length=120)
    issuer = forms.CharField(label="发文机关", max_length=60, help_text="全称；印在版头（加“文件”二字）、落款和版记。")
    addressee = forms.CharField(
        label="主送", max_length=200, widget=forms.Textarea(attrs={"rows": 2}), help_text="末尾不加冒号。"
    )
    copies_to = forms.CharField(
        label="抄送",
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="印在版记；用逗号分开，留空则不印。",
    )
    contact = forms.CharField(label="联系人及电话", max_length=120, required=False, help_text="印在附注，留空则不印。")

    @classmethod
    def of(cls, report: Report) -> "HeadForm":
        """Return the form filled with the draft."""
        names = ("version", "title", "issuer", "addressee", "copies_to", "contact")
        return cls(initial={name: getattr(report, name) for name in names})

    def head(self) -> Head:
        """Return the valid form as the services take it."""
        data: dict[str, Any] = self.cleaned_data
        return Head(data["issuer"], data["addressee"], data["copies_to"], data["contact"])
