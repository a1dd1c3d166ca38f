"""The application's addresses with those of the reminders."""

from django.urls import include, path

from safetyplan.urls import urlpatterns as others

urlpatterns = [*others, path("reminders/", include("reminders.urls"))]
