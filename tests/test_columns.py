"""Which columns are taken, and that a header is never trained on."""

import pytest

from kdlab.corpora.columns import Columns, find_columns
from kdlab.errors import CorpusError


@pytest.mark.parametrize(
    ("first", "taken"),
    [
        ("part en pig", (1, 2, 0)),
        ("src tgt id", (0, 1, None)),
        ("id th en", (1, 2, None)),
        ("th en", (0, 1, None)),
        ("en-GB\ttha", (0, 1, None)),
        ("Target Source", (1, 0, None)),
        ("package licence split th en", (3, 4, 2)),
        ("split reference sentence", (1, 2, 0)),
    ],
)
def test_a_headers_words_say_which_columns(first: str, taken: tuple) -> None:
    found = find_columns("x", first.split("\t" if "\t" in first else " "), Columns())
    assert (found.source, found.target, found.split, found.header) == (*taken, True)


@pytest.mark.parametrize("first", [["น้ำ", "water"], ["the cat", "hecat tay"]])
def test_a_first_pair_is_no_header(first: list[str]) -> None:
    assert not find_columns("x", first, Columns()).header


@pytest.mark.parametrize("first", [["dog", "Hund"], ["wort", "it"], ["source", "ต้นฉบับ"]])
def test_a_first_row_that_may_be_either_is_asked_about(first: list[str]) -> None:
    with pytest.raises(CorpusError, match="or the first pair. Say header=True .*--no-header"):
        find_columns("x", first, Columns())
    assert find_columns("x", first, Columns(header=True)).header
    assert not find_columns("x", first, Columns(header=False)).header


def test_a_split_where_the_split_is_says_that_there_is_no_header() -> None:
    assert not find_columns("x", ["train", "dog", "Hund"], Columns(split=1)).header


def test_a_column_asked_for_by_name_makes_the_first_row_a_header() -> None:
    found = find_columns("x", ["หมา", "แมว", "นก"], Columns("แมว", "นก"))
    assert (found.source, found.target, found.header) == (1, 2, True)


def test_columns_are_taken_by_number_from_1() -> None:
    found = find_columns("x", ["7", "the dog", "หมา"], Columns(3, 2, header=False))
    assert (found.source, found.target, found.split) == (2, 1, None)


def test_of_two_that_are_left_the_first_is_the_source() -> None:
    found = find_columns("x", ["the dog", "train", "หมา"], Columns(split=2))
    assert (found.source, found.target) == (0, 2)


def test_the_hash_can_be_preferred_to_a_split_column() -> None:
    assert find_columns("x", ["part", "en", "pig"], Columns(1, 2, "hash", True)).split is None
    assert find_columns("x", ["part", "src", "tgt"], Columns(split="hash")).split is None


def test_a_column_that_was_asked_for_is_no_split_column() -> None:
    found = find_columns("x", ["part", "whole"], Columns(source="part"))
    assert (found.source, found.target, found.split) == (0, 1, None)


def test_keys_that_are_called_source_and_target_are_taken() -> None:
    found = find_columns("x", {"id": 1, "target": "dog", "source": "หมา"}, Columns())
    assert (found.source, found.target) == ("source", "target")


def test_of_two_keys_one_is_asked_for_and_the_other_follows() -> None:
    assert find_columns("x", {"en": "dog", "th": "หมา"}, Columns(source="th")).target == "en"


@pytest.mark.parametrize(
    ("first", "asked", "message"),
    [
        (["7", "หมา", "the dog"], Columns(), "x: which columns are source and target.*3, without"),
        (["id", "text", "label"], Columns(), "There are id, text, label; give source= and target="),
        ({"en": "dog", "th": "หมา"}, Columns(), "There are en, th; give source= and target="),
        (["th", "en"], Columns(source="thai"), "x has no column named 'thai'; it has th, en"),
        (["th", "th"], Columns(source="th"), "x has more than one column named 'th'"),
        ({"th": "หมา", "en": "dog"}, Columns("fr"), "no column named 'fr'; it has th, en"),
        (["th", "en"], Columns(split=3), "split column is 3, but there are 2 columns, counted"),
        (["th", "en"], Columns(source=0), "source column is 0, but there are 2 columns"),
        ({"th": "หมา", "en": "dog"}, Columns(1), "source column is 1, but there are th, en"),
        (["a b", "c d", "e f"], Columns(1, 1), "source, target and split must be different"),
        (["th", "en"], Columns("th", header=False), "without a header no column is called 'th'"),
        ({1: "หมา", 2: "dog", 3: "x"}, Columns(), "There are 1, 2, 3; give source= and target="),
        ({"source": "a", "target": "b"}, Columns(header=True), "rows of this kind have no header"),
        (["หมา"], Columns(), "x: column 2 is missing.*'หมา'"),
    ],
)
def test_a_choice_that_would_be_a_guess_is_refused(
    first: object, asked: Columns, message: str
) -> None:
    with pytest.raises(CorpusError, match=message):
        find_columns("x", first, asked)


def test_of_many_names_a_message_lists_the_first() -> None:
    with pytest.raises(CorpusError, match="c0, c1, .* …") as refused:
        find_columns("x", [f"c{i}" for i in range(10_000)], Columns(source="th"))
    assert len(str(refused.value)) < 300
