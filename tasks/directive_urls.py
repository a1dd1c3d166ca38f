"""Addresses of the register 交办事项."""

from django.urls import path

from tasks.views import directives

app_name = "directives"
urlpatterns = [
    path("", directives.directive_list, name="list"),
    path("export/", directives.directive_export, name="export"),
    path("create/", directives.directive_create, name="create"),
    path("<int:pk>/", directives.directive_detail, name="detail"),
    path("<int:pk>/edit/", directives.directive_edit, name="edit"),
    path("<int:pk>/open/", directives.open_task, name="open"),
    path("<int:pk>/settle/", directives.settle, name="settle"),
    path("<int:pk>/unsettle/", directives.unsettle, name="unsettle"),
]
