"""Addresses of 征求意见."""

from django.urls import path

from tasks.views import consultation_reply, consultations

app_name = "consultations"
urlpatterns = [
    path("", consultations.consultation_list, name="list"),
    path("<int:pk>/", consultations.detail, name="detail"),
    path("<int:pk>/export/", consultations.export, name="export"),
    path("<int:pk>/urge/", consultations.urge, name="urge"),
    path("<int:pk>/late/", consultations.late, name="late"),
    path("<int:pk>/close/", consultations.close, name="close"),
    path("<int:pk>/answers/<int:answer_pk>/", consultations.decide, name="decide"),
    path("replies/<int:pk>/", consultation_reply.reply, name="reply"),
]
