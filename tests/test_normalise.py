"""Normalising takes a time that grows with the line, and says what it always said."""

import re
import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kdlab.thai import is_blank, normalise

TRICKY = st.text(st.sampled_from("กนุูิํ่้์๎ฺำาเ e\u0301\u05b0\u0323\u200b\u00a0\0"), max_size=24)
RANK = dict(zip("ฺุูิํ่้์๎", (0, 1, 1, 1, 1, 2, 2, 3, 3), strict=True))


def one_step(text: str) -> str:
    """Each rule once: how the spelling was defined when a line took the square of its length."""
    text = unicodedata.normalize("NFC", text).replace("เเ", "แ")
    text = re.sub("[ฺุูิํ่้์๎]+", lambda run: "".join(sorted(run[0], key=RANK.__getitem__)), text)
    text = re.sub("ํ([่้]*)า", r"\1ำ", text)
    text = re.sub("ำ([่้]+)", r"\1ำ", text)
    return re.sub("[ \u00a0]+", " ", text).strip(" ")


@given(TRICKY)
def test_the_spelling_is_what_one_step_at_a_time_ends_in(text: str) -> None:
    slow = re.sub("[\u200b\0]", "", text)
    while (again := one_step(slow)) != slow:
        slow = again
    assert normalise(text) == slow


MARKS = "ุิ่์ฺ\u0301\u05b0ำ"
PILES = st.tuples(st.text(st.sampled_from(MARKS), min_size=1, max_size=4), st.integers(20, 60))
TYPED = [
    "ำ่", "ํา่", "ุ่", "ำ์่", "\u0301\u0323", "เ", "ก ", "ำ\u0301่", "ิ่\u05b0", "ุ์\u0301",
]  # fmt: skip


@given(PILES)
@settings(max_examples=60, deadline=None)
def test_a_pile_of_marks_that_no_language_has_is_spelled_one_way_too(pile: tuple) -> None:
    marks, times = pile
    assert normalise(normalise("ก" + marks * times)) == normalise("ก" + marks * times)


def seconds(line: str) -> float:
    """Of this process alone, the best of five."""
    each = []
    for _ in range(5):
        began = time.process_time()
        normalise(line)
        each.append(time.process_time() - began)
    return min(each)


@pytest.mark.parametrize("typed", ["ำ่", "ํา่", "ุ่", "ำ์่", "\u0301\u0323", "เ", "ก "])
def test_a_line_ten_times_as_long_takes_ten_times_as_long(typed: str) -> None:
    """Of its square it would be a hundred times."""
    assert seconds(typed * 20_000) < 30 * seconds(typed * 2_000)


@given(TRICKY)
def test_a_line_is_blank_when_nothing_of_it_is_left(text: str) -> None:
    assert is_blank(text) == (normalise(text) == "")
