"""One spelling of Thai, and pieces that can be drawn."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kdlab.thai import clusters, is_thai, normalise, show

NAM = "น\u0e49\u0e33"  # น้ำ, water: consonant, tone mark, sara am
TRICKY = st.text(st.sampled_from("กนอุูะาำิีืึัํ็่้๊๋์ฺ๎เแ \t\u200b\ufeff\u00a0\u3000\u0301\u05b0e\u1e69\u0323"))


@pytest.mark.parametrize(
    "typed",
    [
        "น\u0e4d\u0e49\u0e32",  # nikhahit, tone, sara aa: what NFKC leaves
        "น\u0e49\u0e4d\u0e32",  # tone, nikhahit, sara aa
        "น\u0e33\u0e49",  # tone typed last
        "น\u200b\u0e49\u0e33",
        NAM,
    ],
)
def test_every_way_to_type_sara_am_becomes_tone_then_sara_am(typed: str) -> None:
    assert normalise(typed) == NAM


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("เ" + "เปล", "แปล"),
        ("ท\u0e48\u0e35", "ท\u0e35\u0e48"),  # tone before an upper vowel: ที่
        ("ผ\u0e49\u0e39", "ผ\u0e39\u0e49"),  # tone before a lower vowel: ผู้
        ("พันธ\u0e4c\u0e38", "พันธ\u0e38\u0e4c"),  # silencer before its vowel: พันธุ์
        (
            "ก\u0e48\u0e34\u0e38",
            "ก\u0e34\u0e38\u0e48",
        ),  # two vowels after the tone: no swap is left
        ("\ufeffฉัน\u200bรัก\u200dเธอ\u00ad", "ฉันรักเธอ"),
        ("  ครับ\u00a0\u3000ผม\t\n", "ครับ ผม"),
        ("a\u2028b\u0085c", "a b c"),
        ("cafe\u0301", "caf\u00e9"),
        ("", ""),
    ],
)
def test_spelling_is_made_one(typed: str, expected: str) -> None:
    assert normalise(typed) == expected


@pytest.mark.parametrize("kept", ["น้ำ", "½ ﬁ ＡＢ ①", "ฤๅษี", "ก็", "พันธุ์", "I’ll – “go”…"])
def test_compatibility_characters_and_good_thai_are_left_alone(kept: str) -> None:
    assert normalise(kept) == kept


@given(st.text() | TRICKY)
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(TRICKY)
def test_the_normal_form_is_nfc(text: str) -> None:
    assert unicodedata.is_normalized("NFC", normalise(text))


@given(st.text() | TRICKY)
def test_clusters_joined_are_the_text(text: str) -> None:
    assert "".join(clusters(text)) == text


def test_marks_stay_with_their_consonant_and_leading_vowels_stand_alone() -> None:
    assert clusters("น้ำที่เป็น") == ["น้ำ", "ที่", "เ", "ป็", "น"]


@pytest.mark.parametrize(
    ("piece", "shown"),
    [
        ("\u0e49า", "\u25cc\u0e49า"),
        ("▁\u0e31น", "▁\u25cc\u0e31น"),
        ("\u0e33", "\u25cc\u0e33"),
        ("\u0301", "\u25cc\u0301"),
        ("▁บ้าน", "▁บ้าน"),
        ("▁", "▁"),
        ("", ""),
    ],
)
def test_only_a_piece_that_begins_with_a_mark_gets_a_dotted_circle(piece: str, shown: str) -> None:
    assert show(piece) == shown


@given(TRICKY)
def test_a_shown_piece_needs_no_second_circle(piece: str) -> None:
    assert show(show(piece)) == show(piece)


@pytest.mark.parametrize(("text", "thai"), [("TED ครับ", True), ("๕๐", True), ("TED", False)])
def test_is_thai_finds_any_thai_character(text: str, thai: bool) -> None:
    assert is_thai(text) is thai
