"""Addresses of tasks."""

from django.urls import path

from tasks.views import detail, lists, report, reviews, sources

app_name = "tasks"
urlpatterns = [
    path("", lists.task_list, name="list"),
    path("work/", lists.work, name="work"),
    path("lamps/", lists.lamp_rules, name="lamp_rules"),
    path("reviews/", reviews.reviews, name="reviews"),
    path("reviews/<int:pk>/<slug:action>/", reviews.review_act, name="review_act"),
    path("<int:pk>/", detail.task_detail, name="detail"),
    path("targets/<int:target_pk>/source/", sources.change_source, name="source"),
    path("<int:pk>/report/", report.report, name="report"),
    path("<int:pk>/do/<slug:action>/", detail.act, name="act"),
]
