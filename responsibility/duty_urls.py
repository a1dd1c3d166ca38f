"""Addresses of duty lists, their duties, signatures and fulfilment records."""

from django.urls import path

from responsibility.views import duties, duty_items, duty_signing, fulfilment

app_name = "duties"
urlpatterns = [
    path("", duties.duty_lists_page, name="list"),
    path("export/", duties.export, name="export"),
    path("new/", duties.begin, name="begin"),
    path("signatures/", duty_signing.signature_list, name="signatures"),
    path("signatures/export/", duty_signing.export, name="signatures_export"),
    path("<int:pk>/", duties.detail, name="detail"),
    path("<int:pk>/do/<slug:action>/", duties.act, name="act"),
    path("<int:pk>/sheet/", duties.sheet, name="sheet"),
    path("<int:pk>/pdf/", duties.pdf, name="pdf"),
    path("<int:pk>/pdf/status/", duties.pdf_status, name="pdf_status"),
    path("<int:pk>/pdf/again/", duties.render_again, name="render_again"),
    path("<int:pk>/sign/", duty_signing.sign, name="sign"),
    path("<int:pk>/library/", duty_items.from_library, name="library"),
    path("<int:pk>/items/new/", duty_items.item_add, name="item_add"),
    path("items/<int:pk>/", fulfilment.item_page, name="item"),
    path("items/<int:pk>/edit/", duty_items.item_edit, name="item_edit"),
    path("items/<int:pk>/remove/", duty_items.item_remove, name="item_remove"),
    path("items/<int:pk>/records/new/", fulfilment.record_add, name="record_add"),
    path("records/<int:pk>/", fulfilment.record_edit, name="record"),
    path("records/<int:pk>/remove/", fulfilment.record_remove, name="record_remove"),
    path("records/<int:pk>/history/", fulfilment.record_history, name="record_history"),
]
