"""The reminder steps a new county starts with."""

from django.db import migrations

ROWS = [
    (-30, "提前30天提醒", "editor"),
    (-10, "提前10天提醒", "editor"),
    (-3, "提前3天提醒", "head"),
    (0, "到期当天提醒", "head"),
    (1, "逾期提醒", "head"),
    (7, "逾期一周催办", "head"),
]


def forwards(apps, schema_editor):
    rule = apps.get_model("reminders", "ReminderRule")
    rule.objects.bulk_create(rule(offset_days=days, name=name, role=role) for days, name, role in ROWS)


class Migration(migrations.Migration):
    dependencies = [("reminders", "0001_initial")]

    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
