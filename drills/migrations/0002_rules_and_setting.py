"""The duties and the counting rule a new county starts with; the office changes them on their pages.

Rules a county does not follow from the start are there switched off.
"""

from django.db import migrations

# subject, what, frequency, fulfilled by joining, active, basis
RULES = [
    ("county", "any", "year", False, True, "年度安全生产工作要点：县级每年至少组织1次应急演练"),
    ("township", "any", "year", False, True, "年度安全生产工作要点：乡镇（街道）每年至少组织1次应急演练"),
    ("village", "any", "year", False, True, "年度安全生产工作要点：村（社区）每年至少组织1次应急演练"),
    ("enterprise", "evacuation", "year", False, True, "年度安全生产工作要点：企业每年至少组织1次疏散逃生演练"),
    ("high_risk", "evacuation", "half_year", False, True, "年度安全生产工作要点：高危行业企业每半年至少组织1次疏散逃生演练"),
    ("township", "reporting", "flood", True, True, "年度安全生产工作要点：汛期前组织1次基层灾害信息员报灾业务演练"),
    ("supervisor", "any", "two_years", True, True, "《生产安全事故应急条例》第八条：负有监管职责的部门至少每两年演练1次应急救援预案"),
    ("department", "plan", "three_years", True, False, "《突发事件应急预案管理办法》：专项预案、部门预案至少每三年演练1次；有预案的部门适用"),
    ("all_enterprises", "plan", "year", False, False, "《生产安全事故应急预案管理办法》第三十三条：每年至少1次综合或专项预案演练"),
    ("all_enterprises", "on_site", "half_year", False, False, "《生产安全事故应急预案管理办法》第三十三条：每半年至少1次现场处置方案演练"),
    ("sector", "evacuation", "half_year", False, False, "教育部门关于学校应急疏散演练的规定；选定“学校”等行业领域后启用"),
]
FROM_YEAR = 2025


def forwards(apps, schema_editor):
    rule = apps.get_model("drills", "DrillRule")
    rule.objects.bulk_create(
        rule(
            subject=subject,
            what=what,
            frequency=frequency,
            by_joining=by_joining,
            active=active,
            basis=basis,
            from_year=FROM_YEAR,
            ordering=place * 10,
        )
        for place, (subject, what, frequency, by_joining, active, basis) in enumerate(RULES, 1)
    )
    apps.get_model("drills", "DrillSetting").objects.create(pk=1)


class Migration(migrations.Migration):
    dependencies = [("drills", "0001_initial")]

    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
