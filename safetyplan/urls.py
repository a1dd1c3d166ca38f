"""Addresses of the application."""

from django.contrib import admin
from django.urls import include, path

from safetyplan.views import home

urlpatterns = [
    path("", home, name="home"),
    path("accounts/", include("accounts.urls")),
    path("admin/", admin.site.urls),
    path("dashboard/", include("dashboards.urls")),
    path("evidence/", include("evidence.urls")),
    path("letters/", include("supervision.urls")),
    path("notifications/", include("notifications.urls")),
    path("plans/", include("tasks.plan_urls")),
    path("reminders/", include("reminders.urls")),
    path("tasks/", include("tasks.urls")),
    path("units/", include("responsibility.urls")),
]
