"""Addresses of plans: list, import, check, publish."""

from django.urls import path

from tasks.views import plan_check, plan_detail, plan_list, plan_publish

app_name = "plans"
urlpatterns = [
    path("", plan_list.plan_list, name="list"),
    path("import/", plan_list.plan_import, name="import"),
    path("<int:pk>/", plan_detail.plan_detail, name="detail"),
    path("<int:pk>/edit/", plan_publish.edit, name="edit"),
    path("<int:pk>/withdraw/", plan_publish.withdraw, name="withdraw"),
    path("<int:pk>/publish/", plan_publish.publish, name="publish"),
    path("<int:pk>/check/", plan_check.check, name="check"),
    path("<int:pk>/accept/", plan_check.accept, name="accept"),
    path("<int:pk>/suggest/", plan_check.suggest, name="suggest"),
    path("<int:pk>/flags/", plan_check.settle_flag, name="flag"),
    path("<int:pk>/items/<int:item_pk>/", plan_check.save_item, name="item"),
    path("<int:pk>/items/<int:item_pk>/drop/", plan_check.drop, name="drop"),
    path("<int:pk>/items/<int:item_pk>/restore/", plan_check.restore, name="restore"),
]
