"""Addresses of tasks."""

from django.urls import path

from tasks.views import (
    bulk,
    charge,
    detail,
    indicators,
    lamp_rules,
    lists,
    nodes,
    printed,
    report,
    requests,
    reviews,
    sources,
)

app_name = "tasks"
urlpatterns = [
    path("", lists.task_list, name="list"),
    path("export/", lists.task_export, name="export"),
    path("<int:pk>/charge/", charge.recharge, name="recharge"),
    path("bulk/<slug:key>/", bulk.bulk, name="bulk"),
    path("indicators/", indicators.indicator_list, name="indicators"),
    path("indicators/export/", indicators.indicator_export, name="indicators_export"),
    path("indicators/<int:pk>/", indicators.indicator_detail, name="indicator"),
    path("led/", lists.led_by_me, name="led"),
    path("work/", lists.work, name="work"),
    path("lamps/", lamp_rules.lamp_rules, name="lamp_rules"),
    path("lamps/edit/", lamp_rules.lamp_rules_edit, name="lamp_rules_edit"),
    path("reviews/", reviews.reviews, name="reviews"),
    path("reviews/bulk/", reviews.review_bulk, name="review_bulk"),
    path("reviews/<int:pk>/<slug:action>/", reviews.review_act, name="review_act"),
    path("<int:pk>/", detail.task_detail, name="detail"),
    path("targets/<int:target_pk>/source/", sources.change_source, name="source"),
    path("<int:pk>/report/", report.report, name="report"),
    path("<int:pk>/report-for/", report.report_for, name="report_for"),
    path("<int:pk>/print/", printed.print_form, name="print_form"),
    path("printed/<int:pk>/", printed.printed, name="printed"),
    path("printed/<int:pk>/pdf/", printed.printed_pdf, name="printed_pdf"),
    path("<int:pk>/extension/", requests.ask_extension, name="extension"),
    path("extensions/<int:pk>/decide/", requests.decide_extension, name="extension_decide"),
    path("extensions/<int:pk>/withdraw/", requests.withdraw_extension, name="extension_withdraw"),
    path("<int:pk>/obstacle/", requests.raise_obstacle, name="obstacle"),
    path("obstacles/<int:pk>/solve/", requests.solve_obstacle, name="obstacle_solve"),
    path("<int:pk>/recurrence/", nodes.recurrence, name="recurrence"),
    path("nodes/<int:pk>/", nodes.occurrence, name="occurrence"),
    path("<int:pk>/lamp/", requests.force_lamp, name="lamp_force"),
    path("<int:pk>/lamp/end/", requests.end_forcing, name="lamp_end"),
    path("<int:pk>/do/<slug:action>/", detail.act, name="act"),
]
