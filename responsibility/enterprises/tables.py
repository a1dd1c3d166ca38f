"""The table of enterprises."""

import django_tables2 as tables

from responsibility.models import Enterprise
from responsibility.tables import NUMBER, TIGHT


class EnterpriseTable(tables.Table):
    """One row per enterprise: name and code, where it belongs, its risk."""

    name = tables.TemplateColumn('{% include "responsibility/_enterprise_name.html" %}', verbose_name="名称")
    sector = tables.Column(verbose_name="行业领域", accessor="sector__name", order_by=("sector__ordering",))
    township = tables.Column(
        verbose_name="属地", accessor="township__short_name", order_by=("township__ordering",), attrs=TIGHT
    )
    supervisor = tables.Column(
        verbose_name="监管部门", accessor="supervisor__short_name", order_by=("supervisor__ordering",), attrs=TIGHT
    )
    risk = tables.TemplateColumn(
        '{% include "responsibility/_enterprise_risk.html" %}', verbose_name="风险等级", attrs=TIGHT
    )
    staff = tables.Column(verbose_name="从业人数", attrs=NUMBER)
    contact = tables.Column(verbose_name="安全负责人", attrs=TIGHT)

    class Meta:
        model = Enterprise
        fields: tuple[str, ...] = ()
        sequence = ("name", "sector", "township", "supervisor", "risk", "staff", "contact")
        order_by_field = "sort"
