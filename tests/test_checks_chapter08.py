"""Chapter 8's exercises: the threshold is the library's own, and its mistakes have their names."""

import copy

import pytest

from kdlab.checks import exercise
from kdlab.compress.pruning import _zero_smallest


def test_the_librarys_threshold_passes():
    def prune(tensors, share):
        tensors = copy.deepcopy(tensors)
        _zero_smallest(tensors, share)
        return tensors

    assert exercise("ch08-prune-code").judge(prune).ok


def test_a_share_of_each_tensor_is_named():
    def each(tensors, share):
        tensors = copy.deepcopy(tensors)
        for tensor in tensors:
            _zero_smallest([tensor], share)
        return tensors

    assert "one threshold" in exercise("ch08-prune-code").judge(each).says


@pytest.mark.parametrize(
    ("hidden", "words", "rest", "share"), [(200, 10_000, 970_000, 86.1), (500, 50_000, 0, 100.0)]
)
def test_the_key_of_the_word_tables(hidden: int, words: int, rest: int, share: float):
    tables = 3 * hidden * words + words
    assert round(100 * tables / (tables + rest), 1) == share
    if rest:
        assert exercise("ch08-tables").judge({"share": share}).ok
