"""Addresses of plans: list, import, check, publish."""

from django.urls import path

from tasks.views import (
    breakdown_import,
    consultations,
    plan_breakdown,
    plan_check,
    plan_detail,
    plan_list,
    plan_publish,
    plan_steps,
    plan_structure,
)

app_name = "plans"
urlpatterns = [
    path("", plan_list.plan_list, name="list"),
    path("import/", plan_list.plan_import, name="import"),
    path("<int:pk>/", plan_detail.plan_detail, name="detail"),
    path("<int:pk>/breakdown/", plan_breakdown.breakdown, name="breakdown"),
    path("<int:pk>/breakdown/export/", plan_breakdown.breakdown_export, name="breakdown_export"),
    path("<int:pk>/breakdown/import/", breakdown_import.breakdown_import, name="breakdown_import"),
    path("<int:pk>/breakdown/word/", plan_breakdown.breakdown_word, name="breakdown_word"),
    path("<int:pk>/consult/", consultations.consult, name="consult"),
    path("<int:pk>/edit/", plan_publish.edit, name="edit"),
    path("<int:pk>/withdraw/", plan_publish.withdraw, name="withdraw"),
    path("<int:pk>/publish/", plan_publish.publish, name="publish"),
    path("<int:pk>/check/", plan_check.check, name="check"),
    path("<int:pk>/accept/", plan_check.accept, name="accept"),
    path("<int:pk>/checked/", plan_check.mark_checked, name="mark_checked"),
    path("<int:pk>/charge/", plan_check.charge, name="charge"),
    path("<int:pk>/suggest/", plan_check.suggest, name="suggest"),
    path("<int:pk>/flags/", plan_check.settle_flag, name="flag"),
    path("<int:pk>/merge/", plan_structure.merge_ticked, name="merge_ticked"),
    path("<int:pk>/leftovers/", plan_structure.leftovers, name="leftovers"),
    path("<int:pk>/back/", plan_structure.back, name="back"),
    path("<int:pk>/sections/<int:section_pk>/", plan_structure.section, name="section"),
    path("<int:pk>/steps/", plan_steps.step_list, name="steps"),
    path("<int:pk>/undo/", plan_steps.undo, name="undo"),
    path("<int:pk>/redo/", plan_steps.redo, name="redo"),
    path("<int:pk>/now/", plan_steps.now, name="now"),
    path("<int:pk>/items/<int:item_pk>/", plan_check.save_item, name="item"),
    path("<int:pk>/items/<int:item_pk>/drop/", plan_check.drop, name="drop"),
    path("<int:pk>/items/<int:item_pk>/restore/", plan_check.restore, name="restore"),
    path("<int:pk>/items/<int:item_pk>/split/", plan_structure.split, name="split"),
    path("<int:pk>/items/<int:item_pk>/merge/", plan_structure.merge, name="merge"),
    path("<int:pk>/items/<int:item_pk>/move/", plan_structure.move, name="move"),
]
