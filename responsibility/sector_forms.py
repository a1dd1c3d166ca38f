"""Forms of sectors and the decisions of who supervises them. They only read what was typed."""

from typing import Any

from django import forms

from core import clock
from core.fields import SeveralRowsField
from responsibility.models import Sector, Unit
from responsibility.selectors import in_force
from responsibility.services.sector_presets import PROPOSED_BASIS
from responsibility.services.sectors import DecisionDraft, SectorDraft


class SectorForm(forms.ModelForm[Sector]):
    """A sector."""

    class Meta:
        model = Sector
        fields = ("code", "name", "high_risk", "emerging", "active")
        help_texts = {
            "code": "内部编号，例如 S60，不能重复",
            "high_risk": "矿山、危险化学品、建筑施工等；其中的企业每半年至少演练一次",
            "emerging": "职能交叉、尚在明确监管职责的新行业新业态",
            "active": "不再使用时取消勾选；历史分工和已登记的企业保留",
        }

    def _post_clean(self) -> None:
        """Leave the object alone: the service changes it."""

    def draft(self) -> SectorDraft:
        """Return what was typed."""
        return SectorDraft(**self.cleaned_data)


class DecisionForm(forms.Form):
    """Who supervises a sector, on which document, from when to when."""

    lead = forms.ModelChoiceField(label="主管部门", queryset=Unit.objects.none())
    partners = SeveralRowsField(
        label="配合部门",
        queryset=Unit.objects.none(),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 10}),
        help_text="可不选；可以选“各乡镇（街道）”等集合名称",
    )
    basis = forms.CharField(
        label="依据（文件名称、文号）",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="例如：《关于明确××行业领域安全监管职责的通知》（清安委〔2025〕3号）",
    )
    valid_from = forms.DateField(label="起始日期", help_text="原分工在前一天截止")
    valid_to = forms.DateField(label="截止日期", required=False, help_text="不填表示执行到下一次调整")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = in_force(clock.today())
        for name, rows in (("lead", units.exclude(kind=Unit.Kind.GROUP)), ("partners", units)):
            choice = self.fields[name]
            assert isinstance(choice, forms.ModelChoiceField)  # noqa: S101 - tells the type checker
            # A unit that has ended stays choosable where it is what the decision says.
            kept = self.initial.get(name)
            ids = [unit.pk for unit in kept] if isinstance(kept, list) else [kept.pk] if kept else []
            choice.queryset = rows | Unit.objects.filter(pk__in=ids)

    def draft(self) -> DecisionDraft:
        """Return what was typed."""
        data = self.cleaned_data
        return DecisionDraft(
            lead_id=data["lead"].pk,
            partner_ids=[unit.pk for unit in data["partners"]],
            basis=data["basis"],
            valid_from=data["valid_from"],
            valid_to=data["valid_to"],
        )


class LoadForm(forms.Form):
    """The document the decisions on the usual sectors rest on."""

    basis = forms.CharField(
        label="依据（文件名称、文号）",
        max_length=200,
        initial=PROPOSED_BASIS,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="县里已经发文的，请改写为文件名称和文号；没有文号的分工会列入“依据待补文号”",
    )
    valid_from = forms.DateField(label="起始日期")
