"""Making the PDF of a letter in force. The row without a file is the truth; making one twice does no harm."""

from documents.keeping import make_pdf
from documents.pdf import render_pdf
from supervision.models import Letter, letter_file_name
from supervision.wording import official_letter


def render_letter_file(letter_id: int) -> bool:
    """Typeset one letter and keep the file, unless it is there already.

    Returns:
        Whether a file was made; see `documents.keeping.make_pdf`.
    """
    letter = Letter.objects.without_file().select_related("unit").prefetch_related("items").filter(pk=letter_id).first()
    if letter is None:
        return False
    return make_pdf(
        Letter.objects.without_file(),
        letter,
        lambda: render_pdf(official_letter(letter)),
        name=letter_file_name(letter, ""),
        action="letter.render",
        summary=f"生成PDF（{letter.number}）",
    )


def render_missing_letters() -> int:
    """Make every file that is missing: the sweep that picks up what the broker lost.

    Returns:
        How many were made.
    """
    waiting = list(Letter.objects.without_file().order_by("pk").values_list("pk", flat=True))
    return sum(render_letter_file(pk) for pk in waiting)
