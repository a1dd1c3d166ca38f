"""Addresses of the programming interface, version 1."""

from typing import Any

from django.urls import path, re_path

from core.api.views import NoSuchAddress
from drills.api import DrillViews
from evidence.api import UPLOADS, FileContentView, FileView
from hazards.api import HazardViews
from responsibility.api import EnterpriseViews, MeView, UnitViews
from safetyplan.api_views import IndexView, SchemaView, docs
from supervision.api import LetterViews
from tasks.api.plans import ItemViews, PlanViews
from tasks.api.reports import ReportViews
from tasks.api.requests import AskingViews, ObstacleViews, RequestViews
from tasks.api.tasks import TaskViews

LIST: dict[str, Any] = {"get": "list"}
ONE: dict[str, Any] = {"get": "retrieve"}
ACT: dict[str, Any] = {"post": "act"}

app_name = "api"
urlpatterns = [
    path("", IndexView.as_view(), name="index"),
    path("docs/", docs, name="docs"),
    path("schema/", SchemaView.as_view(), name="schema"),
    path("me/", MeView.as_view(), name="me"),
    path("files/<uuid:uid>/", FileView.as_view(), name="file"),
    path("files/<uuid:uid>/content/", FileContentView.as_view(), name="file-content"),
    path("drills/", DrillViews.as_view(LIST | {"post": "create"}), name="drills"),
    path("drills/<int:pk>/", DrillViews.as_view(ONE | {"patch": "partial_update"}), name="drill"),
    path("drills/<int:pk>/files/", DrillViews.as_view({"post": "attach"}, **UPLOADS), name="drill-files"),
    path("drills/<int:pk>/actions/<slug:action>/", DrillViews.as_view(ACT), name="drill-act"),
    path("enterprises/", EnterpriseViews.as_view(LIST), name="enterprises"),
    path("enterprises/<int:pk>/", EnterpriseViews.as_view(ONE), name="enterprise"),
    path("hazards/", HazardViews.as_view(LIST | {"post": "create"}), name="hazards"),
    path("hazards/<int:pk>/", HazardViews.as_view(ONE), name="hazard"),
    path("hazards/<int:pk>/rectification/", HazardViews.as_view({"patch": "rectify"}), name="hazard-rectify"),
    path("hazards/<int:pk>/actions/<slug:action>/", HazardViews.as_view(ACT), name="hazard-act"),
    path("letters/", LetterViews.as_view(LIST | {"post": "create"}), name="letters"),
    path("letters/<int:pk>/", LetterViews.as_view(ONE | {"patch": "partial_update"}), name="letter"),
    path("letters/<int:pk>/reply/", LetterViews.as_view({"patch": "reply"}), name="letter-reply"),
    path("letters/<int:pk>/files/", LetterViews.as_view({"post": "attach"}, **UPLOADS), name="letter-files"),
    path("letters/<int:pk>/pdf/", LetterViews.as_view({"get": "pdf"}), name="letter-pdf"),
    path("letters/<int:pk>/pdf/again/", LetterViews.as_view({"post": "render_again"}), name="letter-pdf-again"),
    path("letters/<int:pk>/actions/<slug:action>/", LetterViews.as_view(ACT), name="letter-act"),
    path("obstacles/", ObstacleViews.as_view(LIST), name="obstacles"),
    path("obstacles/<int:pk>/", ObstacleViews.as_view(ONE), name="obstacle"),
    path("obstacles/<int:pk>/solve/", ObstacleViews.as_view({"post": "solve"}), name="obstacle-solve"),
    path("plan-items/", ItemViews.as_view(LIST), name="plan-items"),
    path("plan-items/<int:pk>/", ItemViews.as_view(ONE), name="plan-item"),
    path("plans/", PlanViews.as_view(LIST), name="plans"),
    path("plans/<int:pk>/", PlanViews.as_view(ONE), name="plan"),
    path("progress-reports/", ReportViews.as_view(LIST | {"post": "create"}), name="reports"),
    path("progress-reports/<int:pk>/", ReportViews.as_view(ONE | {"patch": "partial_update"}), name="report"),
    path("progress-reports/<int:pk>/files/", ReportViews.as_view({"post": "attach"}, **UPLOADS), name="report-files"),
    path("task-requests/", RequestViews.as_view(LIST), name="task-requests"),
    path("task-requests/<int:pk>/", RequestViews.as_view(ONE), name="task-request"),
    path("task-requests/<int:pk>/decide/", RequestViews.as_view({"post": "decide"}), name="task-request-decide"),
    path("task-requests/<int:pk>/withdraw/", RequestViews.as_view({"post": "withdraw"}), name="task-request-withdraw"),
    path("tasks/", TaskViews.as_view(LIST), name="tasks"),
    path("tasks/<int:pk>/", TaskViews.as_view(ONE), name="task"),
    path("tasks/<int:pk>/extension/", AskingViews.as_view({"post": "ask_extension"}), name="task-extension"),
    path("tasks/<int:pk>/lamp/", TaskViews.as_view({"post": "force_lamp"}), name="task-lamp"),
    path("tasks/<int:pk>/lamp/end/", TaskViews.as_view({"post": "end_forcing"}), name="task-lamp-end"),
    path("tasks/<int:pk>/obstacle/", AskingViews.as_view({"post": "raise_obstacle"}), name="task-obstacle"),
    path("tasks/<int:pk>/source/", TaskViews.as_view({"post": "change_source"}), name="task-source"),
    path("tasks/<int:pk>/actions/<slug:action>/", TaskViews.as_view(ACT), name="task-act"),
    path("units/", UnitViews.as_view(LIST), name="units"),
    path("units/<int:pk>/", UnitViews.as_view(ONE), name="unit"),
    re_path(r"", NoSuchAddress.as_view(), name="nowhere"),
]
