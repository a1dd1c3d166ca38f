"""Addresses of sectors and the decisions of who supervises them."""

from django.urls import path

from responsibility.views import sectors

app_name = "sectors"
urlpatterns = [
    path("", sectors.sector_list, name="list"),
    path("export/", sectors.sector_export, name="export"),
    path("new/", sectors.sector_create, name="create"),
    path("load/", sectors.sector_load, name="load"),
    path("<int:pk>/", sectors.sector_page, name="detail"),
    path("<int:pk>/edit/", sectors.sector_edit, name="edit"),
    path("<int:pk>/decide/", sectors.decide, name="decide"),
    path("decisions/<int:pk>/", sectors.decision_edit, name="decision"),
]
