"""What changed between two computations of the same report, in words: the office sees it before taking it over."""

from reports.content import Content, Figure, rows_to_json, sections_to_json

Change = tuple[str, str, str]
NONE = "（无）"


def _shown(figure: Figure | None) -> str:
    if figure is None:
        return NONE
    return figure.number if figure.unit == "%" or figure.value is None else f"{figure.number}{figure.unit}"


def _label(content: Content, figure: Figure) -> str:
    section = content.section(figure.key.partition(".")[0])
    return f"{section.title}·{figure.label}" if section is not None and section.title else figure.label


def changed_figures(old: Content, new: Content) -> list[Change]:
    """Return (label, old, new) for every figure that is not the same, and for rows or sentences that are not.

    Figures that count the same number of other rows are named too: what they link to is different.
    """
    changes: list[Change] = []
    for key in dict.fromkeys([*old.figures, *new.figures]):
        before, after = old.figures.get(key), new.figures.get(key)
        known = after or before
        if known is None:
            continue
        label = _label(new if after else old, known)
        if _shown(before) != _shown(after):
            changes.append((label, _shown(before), _shown(after)))
        elif before is not None and after is not None and before.rows != after.rows:
            changes.append((label, _shown(before), f"{_shown(after)}（数值相同，所列明细不同）"))
    if old.as_of != new.as_of:
        changes.insert(0, ("数据截止日期", old.as_of.isoformat(), new.as_of.isoformat()))
    if not changes and (rows_to_json(old) != rows_to_json(new) or sections_to_json(old) != sections_to_json(new)):
        changes.append(("明细、表格或文字", "起草时", "有更新"))
    return changes
