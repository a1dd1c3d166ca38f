"""Messages and e-mails in Django's admin: to see why a mail failed and to send it again."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from audit.admin import ReadOnlyAdmin
from notifications.models import Notification, OutboxMail
from notifications.outbox import send_again


@admin.register(Notification)
class NotificationAdmin(ReadOnlyAdmin):
    """消息."""

    list_display = ("created_at", "recipient", "title", "read_at")
    search_fields = ("title", "recipient__display_name")
    list_select_related = ("recipient",)


@admin.register(OutboxMail)
class OutboxMailAdmin(ReadOnlyAdmin):
    """待发邮件."""

    list_display = ("address", "notification", "state", "attempts", "next_attempt_at", "sent_at", "last_error")
    list_filter = ("state",)
    search_fields = ("address", "notification__title")
    list_select_related = ("notification",)
    actions = ("send_failed_again",)

    @admin.action(description="重新发送所选的失败邮件")
    def send_failed_again(self, request: HttpRequest, rows: QuerySet[OutboxMail]) -> None:
        """Put the ticked failed mails back into the queue."""
        count = send_again(list(rows.values_list("pk", flat=True)))
        self.message_user(request, f"已将 {count} 封失败邮件放回待发队列，几分钟内发送。", messages.SUCCESS)
