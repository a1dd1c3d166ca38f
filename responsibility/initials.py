"""First letters of a name's pinyin, for finding a unit by typing them."""

from pypinyin import Style, lazy_pinyin


def initials_of(name: str) -> str:
    """Return the initials of a unit's name in small letters, 县应急局 → xyjj; at most 40 letters."""
    letters: list[str] = lazy_pinyin(name, style=Style.FIRST_LETTER, errors="ignore")
    return "".join(letters).lower()[:40]
