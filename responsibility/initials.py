"""First letters of a name's pinyin, for finding a unit by typing them."""


def initials_of(name: str) -> str:
    """Return the initials of a unit's name in small letters, 县应急局 → xyjj; at most 40 letters."""
    # Its dictionary takes longer to load than everything else here, and few processes ever need it.
    from pypinyin import Style, lazy_pinyin

    letters: list[str] = lazy_pinyin(name, style=Style.FIRST_LETTER, errors="ignore")
    return "".join(letters).lower()[:40]
