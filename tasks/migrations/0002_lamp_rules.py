"""The lamp table a new county starts with (levels as commonly used by county offices; the office may change them)."""

from django.db import migrations

# order, condition, threshold, colour
ROWS = [
    (10, "closed", None, "blue"),
    (20, "limit_broken", None, "red"),
    (30, "done_in_time", None, "green"),
    (40, "done_late", None, "yellow"),
    (50, "overdue", None, "red"),
    (60, "not_started", None, "grey"),
    (70, "gap_over", 30, "red"),
    (80, "due_within", 10, "yellow"),
    (90, "early", 10, "grey"),
    (100, "gap_over", 10, "yellow"),
    (110, "missed_period", 1, "yellow"),
    (120, "otherwise", None, "green"),
]


def forwards(apps, schema_editor):
    rule = apps.get_model("tasks", "LampRule")
    rule.objects.bulk_create(
        rule(order=order, condition=condition, threshold=threshold, colour=colour)
        for order, condition, threshold, colour in ROWS
    )


class Migration(migrations.Migration):
    dependencies = [("tasks", "0001_initial")]

    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
