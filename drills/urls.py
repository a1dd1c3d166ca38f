"""Addresses of drills."""

from django.urls import path

from drills.views import detail, duties, lists, records, settings, targets

app_name = "drills"
urlpatterns = [
    path("", lists.drill_list, name="list"),
    path("export/", lists.export, name="export"),
    path("enterprises/", records.enterprises, name="enterprises"),
    path("new/", records.create, name="create"),
    path("<int:pk>/", detail.drill_detail, name="detail"),
    path("<int:pk>/edit/", records.edit, name="edit"),
    path("<int:pk>/do/<slug:action>/", detail.act, name="act"),
    path("<int:pk>/problems/<int:problem_id>/", detail.finish, name="finish"),
    path("overview/", duties.overview, name="overview"),
    path("duties/", duties.duty_list, name="duties"),
    path("duties/export/", duties.duty_export, name="duties_export"),
    path("targets/<int:year>/", targets.target, name="target"),
    path("villages/<int:year>/", targets.villages, name="villages"),
    path("rules/", settings.rule_list, name="rules"),
    path("rules/new/", settings.rule_create, name="rule_create"),
    path("rules/<int:pk>/", settings.rule_edit, name="rule_edit"),
    path("rules/<int:pk>/switch/", settings.rule_switch, name="rule_switch"),
    path("setting/", settings.setting, name="setting"),
    path("waivers/", settings.waiver_list, name="waivers"),
    path("waivers/new/", settings.waiver_create, name="waiver_create"),
    path("waivers/<int:pk>/withdraw/", settings.waiver_withdraw, name="waiver_withdraw"),
]
