"""Attention maps: a cell a weight, a dot where most is read, and no row that is no distribution."""

import warnings

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import pytest
import torch

from kdlab import plots
from kdlab.errors import ShapeError

WEIGHTS = [[0.1, 0.9], [0.6, 0.4], [0.5, 0.5]]
READERS, READ = ["new", "book", "."], ["book", "new"]


@pytest.fixture(autouse=True)
def _warnings_are_errors():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield
    assert not plt.get_fignums()


def test_a_cell_is_as_dark_as_its_weight():
    drawn = plots.attention({"R2": (WEIGHTS, READERS, READ)}).axes[0].images[0]
    assert drawn.get_array().tolist() == WEIGHTS
    assert drawn.get_clim() == (0, 1)


def test_a_dot_marks_what_is_read_most():
    dots = plots.attention({"R2": (WEIGHTS, READERS, READ)}).axes[0].collections[0]
    assert dots.get_offsets().tolist() == [[1, 0], [0, 1], [0, 2]]


def test_maps_stand_beside_each_other_and_shared_names_are_written_once():
    other = ([[1.0]], ["EOS"], ["EOS"])
    figure = plots.attention(
        {"a": (torch.tensor(WEIGHTS), READERS, READ), "b": (WEIGHTS, READERS, READ), "c": other}
    )
    names = [[t.get_text() for t in axes.get_yticklabels()] for axes in figure.axes[:3]]
    assert names == [READERS, ["", "", ""], ["EOS"]]
    assert [axes.get_title("left") for axes in figure.axes[:3]] == ["a", "b", "c"]


def test_wide_maps_stand_below_each_other_each_with_its_names():
    wide = ([[1.0] + [0.0] * 8], ["a"], list("abcdefghi"))
    first, second = plots.attention({"encoder": wide, "decoder": wide}).axes[:2]
    assert first.get_position().y0 > second.get_position().y1
    assert [t.get_text() for t in second.get_yticklabels()] == ["a"]


@pytest.mark.parametrize(
    ("maps", "said"),
    [
        ({}, "no map to draw"),
        ({"R2": (WEIGHTS, READERS[:2], READ)}, "'R2' has 3 rows"),
        ({"R2": (WEIGHTS, READERS, [*READ, "EOS"])}, "3 of what is read"),
        ({"R2": ([[0.1, 0.1]], ["new"], READ)}, "'new' of 'R2' adds up to 0.200"),
        ({"R2": ([[-0.1, 1.1]], ["new"], READ)}, "expected probabilities"),
    ],
)
def test_what_is_no_map_is_refused(maps, said):
    with pytest.raises(ShapeError, match=said):
        plots.attention(maps)
