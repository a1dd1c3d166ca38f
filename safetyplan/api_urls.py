"""Addresses of the programming interface, version 1."""

from typing import Any

from django.urls import path, re_path

from core.api.views import NoSuchAddress
from dashboards.api import MetricsView, MetricView
from drills.api import DrillViews
from evidence.api import UPLOADS, FileContentView, FileView
from hazards.api import HazardViews, RectificationViews
from reports.api import QuarterlyReportViews
from responsibility.api import EnterpriseViews, MeView, UnitViews
from responsibility.duty_api import DutyItemViews, DutyListViews, FulfilmentViews, SignatureViews
from responsibility.sector_api import PostViews, SectorViews
from safetyplan.api_views import IndexView, SchemaView, docs
from supervision.api import LetterViews
from tasks.api.consultations import ApprovalViews, ReplyViews
from tasks.api.directives import ChildViews, DirectiveViews
from tasks.api.nodes import NodeSettingViews, NodeViews
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
    path("consultation-replies/", ReplyViews.as_view(LIST), name="consultation-replies"),
    path("consultation-replies/<int:pk>/", ReplyViews.as_view(ONE), name="consultation-reply"),
    path("consultation-replies/<int:pk>/send/", ReplyViews.as_view({"post": "send"}), name="consultation-reply-send"),
    path("drills/", DrillViews.as_view(LIST | {"post": "create"}), name="drills"),
    path("drills/<int:pk>/", DrillViews.as_view(ONE | {"patch": "partial_update"}), name="drill"),
    path("drills/<int:pk>/files/", DrillViews.as_view({"post": "attach"}, **UPLOADS), name="drill-files"),
    path(
        "drills/<int:pk>/problems/<int:problem_id>/finish/", DrillViews.as_view({"post": "finish"}), name="drill-finish"
    ),
    path("drills/<int:pk>/actions/<slug:action>/", DrillViews.as_view(ACT), name="drill-act"),
    path("duty-items/", DutyItemViews.as_view(LIST | {"post": "create"}), name="duty-items"),
    path(
        "duty-items/<int:pk>/",
        DutyItemViews.as_view(ONE | {"patch": "partial_update", "delete": "destroy"}),
        name="duty-item",
    ),
    path("duty-lists/", DutyListViews.as_view(LIST | {"post": "create"}), name="duty-lists"),
    path("duty-lists/<int:pk>/", DutyListViews.as_view(ONE), name="duty-list"),
    path("duty-lists/<int:pk>/pdf/", DutyListViews.as_view({"get": "pdf"}), name="duty-list-pdf"),
    path("duty-lists/<int:pk>/revise/", DutyListViews.as_view({"post": "revise"}), name="duty-list-revise"),
    path("duty-lists/<int:pk>/sign/", DutyListViews.as_view({"post": "sign"}), name="duty-list-sign"),
    path("duty-lists/<int:pk>/actions/<slug:action>/", DutyListViews.as_view(ACT), name="duty-list-act"),
    path("duty-signatures/", SignatureViews.as_view(LIST), name="duty-signatures"),
    path("enterprises/", EnterpriseViews.as_view(LIST), name="enterprises"),
    path("enterprises/<int:pk>/", EnterpriseViews.as_view(ONE), name="enterprise"),
    path("directives/", DirectiveViews.as_view(LIST | {"post": "create"}), name="directives"),
    path("directives/<int:pk>/", DirectiveViews.as_view(ONE | {"patch": "partial_update"}), name="directive"),
    path("directives/<int:pk>/files/", DirectiveViews.as_view({"post": "attach"}, **UPLOADS), name="directive-files"),
    path("directives/<int:pk>/open/", DirectiveViews.as_view({"post": "open_task"}), name="directive-open"),
    path("directives/<int:pk>/settle/", DirectiveViews.as_view({"post": "settle"}), name="directive-settle"),
    path("directives/<int:pk>/unsettle/", DirectiveViews.as_view({"post": "unsettle"}), name="directive-unsettle"),
    path("fulfilments/", FulfilmentViews.as_view(LIST | {"post": "create"}), name="fulfilments"),
    path("fulfilments/<int:pk>/", FulfilmentViews.as_view(ONE | {"patch": "partial_update"}), name="fulfilment"),
    path(
        "fulfilments/<int:pk>/files/", FulfilmentViews.as_view({"post": "attach"}, **UPLOADS), name="fulfilment-files"
    ),
    path("fulfilments/<int:pk>/remove/", FulfilmentViews.as_view({"post": "remove"}), name="fulfilment-remove"),
    path("hazards/", HazardViews.as_view(LIST | {"post": "create"}), name="hazards"),
    path("hazards/<int:pk>/", HazardViews.as_view(ONE | {"patch": "partial_update"}), name="hazard"),
    path("hazards/<int:pk>/files/", HazardViews.as_view({"post": "attach"}, **UPLOADS), name="hazard-files"),
    path("hazards/<int:pk>/plan/", HazardViews.as_view({"patch": "plan"}), name="hazard-plan"),
    path(
        "hazards/<int:pk>/rectification/",
        RectificationViews.as_view(ONE | {"patch": "partial_update"}),
        name="hazard-rectify",
    ),
    path(
        "hazards/<int:pk>/rectification/files/",
        RectificationViews.as_view({"post": "attach"}, **UPLOADS),
        name="hazard-rectify-files",
    ),
    path("hazards/<int:pk>/actions/<slug:action>/", HazardViews.as_view(ACT), name="hazard-act"),
    path("letters/", LetterViews.as_view(LIST | {"post": "create"}), name="letters"),
    path("letters/<int:pk>/", LetterViews.as_view(ONE | {"patch": "partial_update"}), name="letter"),
    path("letters/<int:pk>/reply/", LetterViews.as_view({"patch": "reply"}), name="letter-reply"),
    path("letters/<int:pk>/files/", LetterViews.as_view({"post": "attach"}, **UPLOADS), name="letter-files"),
    path("letters/<int:pk>/pdf/", LetterViews.as_view({"get": "pdf"}), name="letter-pdf"),
    path("letters/<int:pk>/pdf/again/", LetterViews.as_view({"post": "render_again"}), name="letter-pdf-again"),
    path("letters/<int:pk>/actions/<slug:action>/", LetterViews.as_view(ACT), name="letter-act"),
    path("metrics/", MetricsView.as_view(), name="metrics"),
    path("metrics/<str:key>/", MetricView.as_view(), name="metric"),
    path("obstacles/", ObstacleViews.as_view(LIST), name="obstacles"),
    path("obstacles/<int:pk>/", ObstacleViews.as_view(ONE), name="obstacle"),
    path("obstacles/<int:pk>/solve/", ObstacleViews.as_view({"post": "solve"}), name="obstacle-solve"),
    path("plan-approvals/", ApprovalViews.as_view(LIST), name="plan-approvals"),
    path("plan-approvals/<int:pk>/", ApprovalViews.as_view(ONE), name="plan-approval"),
    path("plan-approvals/<int:pk>/actions/<slug:action>/", ApprovalViews.as_view(ACT), name="plan-approval-act"),
    path("plan-items/", ItemViews.as_view(LIST), name="plan-items"),
    path("plan-items/<int:pk>/", ItemViews.as_view(ONE), name="plan-item"),
    path("plans/", PlanViews.as_view(LIST), name="plans"),
    path("plans/<int:pk>/", PlanViews.as_view(ONE), name="plan"),
    path("posts/", PostViews.as_view(LIST), name="posts"),
    path("posts/<int:pk>/", PostViews.as_view(ONE), name="post"),
    path("progress-reports/", ReportViews.as_view(LIST | {"post": "create"}), name="reports"),
    path("progress-reports/<int:pk>/", ReportViews.as_view(ONE | {"patch": "partial_update"}), name="report"),
    path("progress-reports/<int:pk>/files/", ReportViews.as_view({"post": "attach"}, **UPLOADS), name="report-files"),
    path("quarterly-reports/", QuarterlyReportViews.as_view(LIST), name="quarterly-reports"),
    path("quarterly-reports/<int:pk>/", QuarterlyReportViews.as_view(ONE), name="quarterly-report"),
    path(
        "quarterly-reports/<int:pk>/figures/<str:key>/",
        QuarterlyReportViews.as_view({"get": "figure"}),
        name="quarterly-report-figure",
    ),
    path("quarterly-reports/<int:pk>/pdf/", QuarterlyReportViews.as_view({"get": "pdf"}), name="quarterly-report-pdf"),
    path(
        "quarterly-reports/<int:pk>/xlsx/", QuarterlyReportViews.as_view({"get": "xlsx"}), name="quarterly-report-xlsx"
    ),
    path("sectors/", SectorViews.as_view(LIST), name="sectors"),
    path("sectors/<int:pk>/", SectorViews.as_view(ONE), name="sector"),
    path("task-nodes/", NodeViews.as_view(LIST), name="task-nodes"),
    path("task-nodes/<int:pk>/", NodeViews.as_view(ONE | {"patch": "partial_update"}), name="task-node"),
    path("task-nodes/<int:pk>/cancel/", NodeViews.as_view({"post": "cancel"}), name="task-node-cancel"),
    path("task-requests/", RequestViews.as_view(LIST), name="task-requests"),
    path("task-requests/<int:pk>/", RequestViews.as_view(ONE), name="task-request"),
    path("task-requests/<int:pk>/decide/", RequestViews.as_view({"post": "decide"}), name="task-request-decide"),
    path("task-requests/<int:pk>/withdraw/", RequestViews.as_view({"post": "withdraw"}), name="task-request-withdraw"),
    path("tasks/", TaskViews.as_view(LIST), name="tasks"),
    path("tasks/<int:pk>/", TaskViews.as_view(ONE), name="task"),
    path("tasks/<int:pk>/children/", ChildViews.as_view({"post": "add"}), name="task-children"),
    path("tasks/<int:pk>/charge/", TaskViews.as_view({"post": "change_charge"}), name="task-charge"),
    path("tasks/<int:pk>/extension/", AskingViews.as_view({"post": "ask_extension"}), name="task-extension"),
    path("tasks/<int:pk>/lamp/", TaskViews.as_view({"post": "force_lamp"}), name="task-lamp"),
    path("tasks/<int:pk>/lamp/end/", TaskViews.as_view({"post": "end_forcing"}), name="task-lamp-end"),
    path("tasks/<int:pk>/milestones/", NodeSettingViews.as_view({"post": "milestones"}), name="task-milestones"),
    path("tasks/<int:pk>/recurrence/", NodeSettingViews.as_view({"post": "recur"}), name="task-recurrence"),
    path("tasks/<int:pk>/obstacle/", AskingViews.as_view({"post": "raise_obstacle"}), name="task-obstacle"),
    path("tasks/<int:pk>/source/", TaskViews.as_view({"post": "change_source"}), name="task-source"),
    path("tasks/<int:pk>/actions/<slug:action>/", TaskViews.as_view(ACT), name="task-act"),
    path("units/", UnitViews.as_view(LIST), name="units"),
    path("units/<int:pk>/", UnitViews.as_view(ONE), name="unit"),
    re_path(r"", NoSuchAddress.as_view(), name="nowhere"),
]
