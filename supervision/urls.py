"""Addresses of supervision."""

from django.urls import path

from supervision.views import compose, detail, lists, reply

app_name = "supervision"
urlpatterns = [
    path("", lists.letter_list, name="list"),
    path("compose/", compose.compose, name="compose"),
    path("compose/all/", compose.compose_all, name="compose_all"),
    path("<int:pk>/", detail.letter_detail, name="detail"),
    path("<int:pk>/edit/", compose.edit, name="edit"),
    path("<int:pk>/reply/", reply.reply, name="reply"),
    path("<int:pk>/do/<slug:action>/", detail.act, name="act"),
    path("<int:pk>/preview/", detail.preview, name="preview"),
    path("<int:pk>/pdf/", detail.pdf, name="pdf"),
    path("<int:pk>/pdf/status/", detail.pdf_status, name="pdf_status"),
    path("<int:pk>/pdf/again/", detail.render_again, name="render_again"),
]
