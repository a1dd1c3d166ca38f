"""Typesetting printed forms, and forgetting them after a while. The row without a file is the truth."""

from datetime import timedelta

from django.template.loader import render_to_string

from core import clock
from documents.keeping import make_pdf
from documents.pdf import page_to_pdf
from tasks.models import PrintedForm
from tasks.models.printed import printed_file_name

STYLESHEET = "documents/progress-form.css"
# A paper is printed at once; the row only waits for it to be fetched.
KEPT_FOR = timedelta(days=7)


def render_form_file(form_id: int) -> bool:
    """Typeset one form and keep the file, unless it is there already.

    Returns:
        Whether a file was made; see `documents.keeping.make_pdf`.
    """
    form = PrintedForm.objects.without_file().select_related("task").filter(pk=form_id).first()
    if form is None:
        return False
    return make_pdf(
        PrintedForm.objects.without_file(),
        form,
        lambda: page_to_pdf(render_to_string("tasks/printed_form.html", form.content), STYLESHEET),
        name=printed_file_name(form, ""),
        action="task.print_form",
        summary=f"生成进展情况报送表（{form.task.code}）",
    )


def render_missing_forms() -> int:
    """Make every file that is missing, and forget forms that were printed long ago.

    Returns:
        How many were made.
    """
    for form in PrintedForm.objects.filter(requested_at__lt=clock.now() - KEPT_FOR):
        if form.pdf:
            form.pdf.delete(save=False)
        form.delete()
    return sum(render_form_file(pk) for pk in list(PrintedForm.objects.without_file().values_list("pk", flat=True)))
