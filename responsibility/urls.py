"""Addresses of units, people, keyword rules and the audit trail."""

from django.urls import path

from responsibility.views import enterprises, people, posts, rules, saved_views, units

app_name = "responsibility"
urlpatterns = [
    path("", units.unit_list, name="units"),
    path("views/save/", saved_views.save, name="view_save"),
    path("views/<int:pk>/remove/", saved_views.remove, name="view_remove"),
    path("new/", units.unit_create, name="unit_create"),
    path("lines/", units.unit_lines, name="unit_lines"),
    path("<int:pk>/", units.unit_page, name="unit"),
    path("<int:pk>/edit/", units.unit_edit, name="unit_edit"),
    path("<int:pk>/members/", units.unit_members, name="unit_members"),
    path("<int:pk>/aliases/", units.alias_add, name="alias_add"),
    path("<int:pk>/aliases/<int:alias_id>/remove/", units.alias_remove, name="alias_remove"),
    path("<int:pk>/offices/new/", posts.office_create, name="office_create"),
    path("offices/<int:pk>/edit/", posts.office_edit, name="office_edit"),
    path("offices/<int:pk>/close/", posts.office_close, name="office_close"),
    path("<int:pk>/jobs/new/", posts.job_create, name="job_create"),
    path("<int:pk>/jobs/lines/", posts.job_lines, name="job_lines"),
    path("jobs/<int:pk>/", posts.job, name="job"),
    path("jobs/<int:pk>/edit/", posts.job_edit, name="job_edit"),
    path("jobs/<int:pk>/holder/", posts.job_holder, name="job_holder"),
    path("jobs/<int:pk>/vacate/", posts.job_vacate, name="job_vacate"),
    path("jobs/<int:pk>/close/", posts.job_close, name="job_close"),
    path("enterprises/", enterprises.enterprise_list, name="enterprises"),
    path("enterprises/export/", enterprises.enterprise_export, name="enterprises_export"),
    path("enterprises/new/", enterprises.enterprise_create, name="enterprise_create"),
    path("enterprises/<int:pk>/", enterprises.enterprise_page, name="enterprise"),
    path("enterprises/<int:pk>/edit/", enterprises.enterprise_edit, name="enterprise_edit"),
    path("enterprises/<int:pk>/switch/", enterprises.enterprise_switch, name="enterprise_switch"),
    path("people/", people.person_list, name="people"),
    path("people/new/", people.person_create, name="person_create"),
    path("people/<int:pk>/", people.person_page, name="person"),
    path("people/<int:pk>/edit/", people.person_edit, name="person_edit"),
    path("people/<int:pk>/password/", people.person_password, name="person_password"),
    path("people/<int:pk>/switch/", people.person_switch, name="person_switch"),
    path("people/<int:pk>/posts/", people.post_add, name="post_add"),
    path("posts/<int:pk>/end/", people.post_end, name="post_end"),
    path("posts/<int:pk>/deputy/", people.post_deputy, name="post_deputy"),
    path("rules/", rules.rule_list, name="rules"),
    path("rules/new/", rules.rule_create, name="rule_create"),
    path("rules/<int:pk>/", rules.rule_edit, name="rule_edit"),
    path("rules/<int:pk>/switch/", rules.rule_switch, name="rule_switch"),
    path("audit/", rules.audit_list, name="audit"),
]
