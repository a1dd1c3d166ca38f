"""The document's text in coloured pieces."""

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tasks.source_marks import Anchor, Mark, cut
from tests.county import County
from tests.plan_drafts import TEXT, draft


def test_overlapping_marks_share_a_piece() -> None:
    pieces = cut("全年演练400场", [Mark(0, 8, "a", "甲"), Mark(2, 4, "b", "乙"), Mark(2, 4, "b", "乙")])
    assert [(p.text, p.css, p.note) for p in pieces] == [
        ("全年", "a", "甲"),
        ("演练", "a b", "甲；乙"),
        ("400场", "a", "甲"),
    ]


def test_anchor_leads_to_its_item() -> None:
    pieces = cut("1.演练", [], [Anchor(0, 2, 7, "演练")])
    assert [(p.text, p.item_id) for p in pieces] == [("1.", 7), ("演练", None)]


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.text(max_size=40),
    st.lists(st.tuples(st.integers(-5, 50), st.integers(-5, 50)), max_size=12),
    st.lists(st.tuples(st.integers(-5, 50), st.integers(-5, 50)), max_size=4),
)
def test_pieces_joined_give_the_text_back(
    text: str, spans: list[tuple[int, int]], anchors: list[tuple[int, int]]
) -> None:
    pieces = cut(text, [Mark(a, b, "m") for a, b in spans], [Anchor(a, b, 1, "") for a, b in anchors])
    assert "".join(piece.text for piece in pieces) == text
    wanted = sum(1 for place in range(len(text)) if any(0 <= a <= place < b <= len(text) for a, b in spans))
    assert sum(len(piece.text) for piece in pieces if piece.css) == wanted


@pytest.mark.django_db
def test_markup_in_a_document_is_shown_not_run(county: County, client: Client) -> None:
    text = TEXT.replace("河口镇", "<u>").replace("各排查", "<i>")
    plan = draft(county.office, text=text, title="<script>alert(1)</script>")
    client.force_login(county.office)
    page = client.get(f"/plans/{plan.pk}/check/").content.decode()
    for tag in ("u", "i"):
        assert f"&lt;{tag}&gt;" in page
        assert f"<{tag}>" not in page
    assert "<script>alert" not in page
    # In the legend, twice in the struck line, half of which is doubtful besides, and in the list of what is set aside.
    assert page.count("mark-noise") == 4
