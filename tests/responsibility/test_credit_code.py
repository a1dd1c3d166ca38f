"""统一社会信用代码 against GB 32100-2015."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from responsibility.credit_code import ALPHABET, check_character, credit_code_error, tidy_credit_code

# The worked example of the standard.
EXAMPLE = "91350100M000100Y43"


def test_the_example_of_the_standard_is_right() -> None:
    assert credit_code_error(EXAMPLE) == ""
    assert tidy_credit_code(" ９１３５０１００-m000100y43 ") == EXAMPLE


@pytest.mark.parametrize(
    ("code", "word"),
    [("", "18 位"), (EXAMPLE[:-1], "现为 17 位"), (EXAMPLE[:-1] + "I", "I"), (EXAMPLE[:-1] + "4", "校验位")],
)
def test_a_wrong_code_is_named(code: str, word: str) -> None:
    assert word in credit_code_error(code)


@given(st.text(ALPHABET, min_size=17, max_size=17), st.integers(0, 16), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_always_found(first: str, place: int, other: str) -> None:
    code = first + check_character(first)
    assert credit_code_error(code) == ""
    changed = code[:place] + other + code[place + 1 :]
    assert (credit_code_error(changed) == "") == (changed == code)
