"""Addresses of hazards."""

from django.urls import path

from hazards.views import detail, lists, metrics, rectify, register

app_name = "hazards"
urlpatterns = [
    path("", lists.hazard_list, name="list"),
    path("export/", lists.hazard_export, name="export"),
    path("metrics/", metrics.hazard_metrics, name="metrics"),
    path("new/", register.register, name="register"),
    path("<int:pk>/", detail.hazard_detail, name="detail"),
    path("<int:pk>/edit/", register.edit, name="edit"),
    path("<int:pk>/plan/", register.plan, name="plan"),
    path("<int:pk>/photos/", register.photos, name="photos"),
    path("<int:pk>/rectify/", rectify.rectify, name="rectify"),
    path("<int:pk>/do/<slug:action>/", detail.act, name="act"),
]
