"""重点任务分解表 back from Excel: upload, the differences item by item, and carrying them out."""

from dataclasses import asdict
from typing import Any

from django import forms
from django.contrib import messages
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.requests import PersonRequest
from core.errors import NotAllowed, UserError
from evidence.checks import MAX_BYTES
from spreadsheets.reading import read_rows
from tasks.breakdown import breakdown_rows
from tasks.breakdown_reading import BreakdownReading, RowChange, read_breakdown
from tasks.models import Plan
from tasks.plan_permissions import get_draft_for
from tasks.services.breakdown_import import apply_breakdown

# A preview may be confirmed on the same working day.
_VALID = 12 * 60 * 60


class UploadForm(forms.Form):
    """The file."""

    file = forms.FileField(
        label="修改后的 Excel",
        help_text="从本页下载、修改后保存的 .xlsx 文件。",
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx"}),
        error_messages={"empty": "这是一个空文件，请检查后重新选择。"},
    )

    def clean_file(self) -> Any:
        """Refuse what is too large before anything reads it."""
        upload = self.cleaned_data["file"]
        if upload.size > MAX_BYTES:
            raise forms.ValidationError(f"文件超过 {MAX_BYTES // 1024 // 1024} MB，不像是分解表，请核对文件。")
        return upload


class ConfirmForm(forms.Form):
    """What was previewed, and for a published plan the reason."""

    changes = forms.CharField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label="调整理由",
        max_length=600,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="会记入每项任务的办理记录，并通知有关单位。",
    )


@require_http_methods(["GET", "HEAD", "POST"])
def breakdown_import(request: PersonRequest, pk: int) -> HttpResponse:
    """Show the form; show what a file changes; carry it out."""
    plan = get_draft_for(request.user, pk)
    if plan.state == Plan.State.WITHDRAWN:
        messages.info(request, "这份草稿已作废，不能再修改。")
        return redirect("plans:detail", pk=pk)
    if request.method != "POST":
        return _page(request, plan, upload=UploadForm())
    if "changes" in request.POST:
        return _apply(request, plan)
    upload = UploadForm(request.POST, request.FILES)
    if not upload.is_valid():
        return _page(request, plan, upload=upload, status=400)
    try:
        reading = read_breakdown(
            plan, breakdown_rows(plan, request.user), read_rows(upload.cleaned_data["file"].read())
        )
    except UserError as error:
        upload.add_error("file", error.message)
        return _page(request, plan, upload=upload, status=400)
    confirm = ConfirmForm(initial={"changes": _sealed(request, plan, reading.changes)})
    return _page(request, plan, upload=UploadForm(), reading=reading, confirm=confirm)


def _salt(request: PersonRequest, plan: Plan) -> str:
    return f"tasks.breakdown-{plan.pk}-{request.user.pk}"


def _sealed(request: PersonRequest, plan: Plan, changes: list[RowChange]) -> str:
    """Return the changes so that they come back as they were shown, or not at all."""
    return signing.dumps([asdict(change) for change in changes], salt=_salt(request, plan), compress=True)


def _apply(request: PersonRequest, plan: Plan) -> HttpResponse:
    confirm = ConfirmForm(request.POST)
    sealed = request.POST.get("changes", "")
    try:
        rows = signing.loads(sealed, salt=_salt(request, plan), max_age=_VALID)
    except signing.BadSignature:
        upload = UploadForm()
        error = "预览已失效，请重新上传文件。"
        return _page(request, plan, upload=upload, error=error, status=409)
    changes = [RowChange(**row | {"words": [tuple(words) for words in row["words"]]}) for row in rows]
    reading = BreakdownReading(changes)
    if not confirm.is_valid():
        return _page(request, plan, upload=UploadForm(), reading=reading, confirm=confirm, status=400)
    try:
        count = apply_breakdown(
            actor=request.user, plan_id=plan.pk, changes=changes, reason=confirm.cleaned_data["reason"]
        )
    except NotAllowed:
        raise
    except UserError as error:
        confirm.add_error(None, error.message)
        return _page(request, plan, upload=UploadForm(), reading=reading, confirm=confirm, status=409)
    messages.success(request, f"已导入{reading.count}处改动，涉及{count}项。")
    return redirect("plans:breakdown", pk=plan.pk)


def _page(
    request: PersonRequest,
    plan: Plan,
    *,
    upload: UploadForm,
    reading: BreakdownReading | None = None,
    confirm: ConfirmForm | None = None,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "plan": plan,
        "published": plan.state == Plan.State.PUBLISHED,
        "upload": upload,
        "reading": reading,
        "confirm": confirm,
        "error": error,
    }
    return render(request, "plans/breakdown_import.html", context, status=status)
