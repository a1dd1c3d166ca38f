"""Items get their places in the order of the document; the changes of a draft begin where its items' versions are."""

from django.db import migrations
from django.db.models import Max


def give_places(apps, schema_editor):
    plan_model, item_model = apps.get_model("tasks", "Plan"), apps.get_model("tasks", "PlanItem")
    for plan in plan_model.objects.only("pk").iterator():
        items = list(item_model.objects.filter(plan=plan).order_by("start", "pk").only("pk"))
        width = len(str(len(items)))
        for number, item in enumerate(items, start=1):
            item.place = f"{number:0{width}d}5"
        item_model.objects.bulk_update(items, ["place"])
        highest = item_model.objects.filter(plan=plan).aggregate(version=Max("version"))["version"]
        plan_model.objects.filter(pk=plan.pk).update(changes=highest or 0)


class Migration(migrations.Migration):
    dependencies = [("tasks", "0008_draft_steps")]

    operations = [migrations.RunPython(give_places, migrations.RunPython.noop, elidable=True)]
