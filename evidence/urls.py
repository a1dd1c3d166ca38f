"""Addresses of evidence files."""

from django.urls import path

from evidence import views

app_name = "evidence"
urlpatterns = [
    path("<uuid:uid>/", views.download, name="download"),
    path("<uuid:uid>/preview/", views.preview, name="preview"),
]
