"""Addresses of plans: list, import, check, publish."""

from django.urls import URLPattern

app_name = "plans"
urlpatterns: list[URLPattern] = []
