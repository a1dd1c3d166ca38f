"""统一社会信用代码: 18 characters, the last of them a check character (GB 32100-2015)."""

import unicodedata

# I, O, S, V and Z are left out of the alphabet, so that none is taken for a digit.
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
LENGTH = 18


def tidy_credit_code(text: str) -> str:
    """Return the code as it is stored: half-width capitals without blanks and hyphens."""
    return "".join(char for char in unicodedata.normalize("NFKC", text).upper() if not char.isspace() and char != "-")


def check_character(first: str) -> str:
    """Return the check character of the first seventeen: Σ value × 3^place modulo 31, taken from 31."""
    total = sum(ALPHABET.index(char) * pow(3, place, 31) for place, char in enumerate(first))
    return ALPHABET[-total % 31]


def credit_code_error(code: str) -> str:
    """Say in Chinese what is wrong with a tidied code and how to mend it; empty if it is right."""
    if len(code) != LENGTH:
        return f"统一社会信用代码应为 {LENGTH} 位，现为 {len(code)} 位，请对照营业执照核对。"
    strange = sorted({char for char in code if char not in ALPHABET})
    if strange:
        return f"统一社会信用代码中不应有“{'、'.join(strange)}”（不使用字母 I、O、S、V、Z），请对照营业执照核对。"
    if check_character(code[:-1]) != code[-1]:
        return "统一社会信用代码的校验位不符，可能有一位录错，请对照营业执照核对。"
    return ""
