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
    path("overview/targets/<int:year>/", targets.target, name="target"),
    path("overview/villages/<int:year>/", targets.villages, name="villages"),
    path("overview/rules/", settings.rule_list, name="rules"),
    path("overview/rules/new/", settings.rule_create, name="rule_create"),
    path("overview/rules/<int:pk>/", settings.rule_edit, name="rule_edit"),
    path("overview/rules/<int:pk>/switch/", settings.rule_switch, name="rule_switch"),
    path("overview/setting/", settings.setting, name="setting"),
    path("duties/waivers/", settings.waiver_list, name="waivers"),
    path("duties/waivers/new/", settings.waiver_create, name="waiver_create"),
    path("duties/waivers/<int:pk>/withdraw/", settings.waiver_withdraw, name="waiver_withdraw"),
]
