"""Missed milestones and occurrences in the lamp table: a missed month node yellow, a missed quarter node red.

A county that has changed its table keeps it as it is: the rows come at its end, switched off, for the office to place.
"""

from django.db import migrations
from django.db.models import F, Max

# The table of 0002, in its order: condition, threshold, colour.
SHIPPED = [
    ("closed", None, "blue"),
    ("limit_broken", None, "red"),
    ("done_in_time", None, "green"),
    ("done_late", None, "yellow"),
    ("overdue", None, "red"),
    ("not_started", None, "grey"),
    ("gap_over", 30, "red"),
    ("due_within", 10, "yellow"),
    ("early", 10, "grey"),
    ("gap_over", 10, "yellow"),
    ("missed_period", 1, "yellow"),
    ("otherwise", None, "green"),
]
NEW = [("quarter_node", 1, "red"), ("node_missed", 1, "yellow")]
# Behind the row that turns a task red for its gap, before the one that warns of the deadline.
BEHIND = 7


def forwards(apps, schema_editor):
    rule = apps.get_model("tasks", "LampRule")
    rows = list(rule.objects.order_by("order"))
    untouched = [(row.condition, row.threshold, row.colour) for row in rows] == SHIPPED and all(
        row.active for row in rows
    )
    if untouched:
        # In two steps, so that no number is taken twice on the way.
        rule.objects.filter(order__gt=rows[BEHIND - 1].order).update(order=F("order") + 1000)
        rule.objects.filter(order__gt=1000).update(order=F("order") - 1000 + 10 * len(NEW))
    first = rows[BEHIND - 1].order if untouched else (rule.objects.aggregate(last=Max("order"))["last"] or 0)
    rule.objects.bulk_create(
        rule(order=first + 10 * place, condition=condition, threshold=threshold, colour=colour, active=untouched)
        for place, (condition, threshold, colour) in enumerate(NEW, 1)
    )


class Migration(migrations.Migration):
    dependencies = [("tasks", "0016_node_lamp_rules")]

    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
