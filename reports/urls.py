"""Addresses of reports."""

from django.urls import path

from reports.views import check, detail, edit, files, lists

app_name = "reports"
urlpatterns = [
    path("", lists.report_list, name="list"),
    path("make/", lists.make, name="make"),
    path("<int:pk>/", detail.report_detail, name="detail"),
    path("<int:pk>/figures/<str:key>/", detail.figure, name="figure"),
    path("<int:pk>/sections/<slug:key>/", edit.section, name="section"),
    path("<int:pk>/head/", edit.head, name="head"),
    path("<int:pk>/check/", check.check, name="check"),
    path("<int:pk>/do/<slug:action>/", check.act, name="act"),
    path("<int:pk>/preview/", files.preview, name="preview"),
    path("<int:pk>/pdf/", files.pdf, name="pdf"),
    path("<int:pk>/xlsx/", files.xlsx, name="xlsx"),
    path("<int:pk>/files/", files.status, name="files"),
]
