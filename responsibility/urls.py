"""Addresses of units and rules."""

from django.urls import URLPattern

app_name = "responsibility"
urlpatterns: list[URLPattern] = []
