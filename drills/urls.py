"""Addresses of drills."""

from django.urls import path

from drills.views import detail, lists, records

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
]
