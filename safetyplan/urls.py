"""Addresses of the application."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from safetyplan.health import alive, ready
from safetyplan.views import home

handler400 = "safetyplan.views.bad_request"
handler500 = "core.error_pages.server_error"

urlpatterns = [
    path("", home, name="home"),
    path("healthz", alive, name="healthz"),
    path("readyz", ready, name="readyz"),
    path("accounts/", include("accounts.urls")),
    # One password page for everybody: the one that leaves an audit entry.
    path("admin/password_change/", RedirectView.as_view(pattern_name="account_change_password")),
    path("admin/", admin.site.urls),
    path("api/v1/", include("safetyplan.api_urls")),
    path("dashboard/", include("dashboards.urls")),
    path("drills/", include("drills.urls")),
    path("duties/", include("responsibility.duty_urls")),
    path("evidence/", include("evidence.urls")),
    path("hazards/", include("hazards.urls")),
    path("letters/", include("supervision.urls")),
    path("notifications/", include("notifications.urls")),
    path("directives/", include("tasks.directive_urls")),
    path("plans/", include("tasks.plan_urls")),
    path("consultations/", include("tasks.consultation_urls")),
    path("reminders/", include("reminders.urls")),
    path("reports/", include("reports.urls")),
    path("sectors/", include("responsibility.sector_urls")),
    path("tasks/", include("tasks.urls")),
    path("units/", include("responsibility.urls")),
]
