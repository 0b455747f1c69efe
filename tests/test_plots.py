"""Figures: drawn without a warning, closed, with the colours of the book."""

import warnings

import matplotlib
import pytest

matplotlib.use("Agg")

import matplotlib.pyplot as plt
from matplotlib.colors import to_hex

from kdlab import plots
from kdlab.errors import RecipeError, ShapeError
from kdlab.palette import LOOKS, look

RUNS = {"baseline": [(2.0, 45.0), (2.2, 46.0)], "seq_kd": [(20.0, 57.0), (30.0, 58.0)]}


@pytest.fixture(autouse=True)
def _warnings_are_errors():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def words(figure) -> list[str]:
    figure.canvas.draw()
    return [text.get_text() for text in figure.findobj(matplotlib.text.Text) if text.get_text()]


def test_scatter_names_systems_and_axes():
    shown = words(plots.scatter(RUNS, x="perplexity", y="BLEU"))
    assert {"perplexity", "BLEU", "student on gold", "Seq-KD student"} <= set(shown)


def test_a_log_axis_has_plain_numbers():
    axes = plots.scatter(RUNS, x="perplexity", y="BLEU", log_x=True).axes[0]
    assert "20" in [label.get_text() for label in axes.get_xticklabels()]


def test_a_mean_is_drawn_larger_than_a_run():
    figure = plots.scatter({"baseline": [(1.0, 2.0), (3.0, 4.0)]}, x="x", y="y")
    small, big = figure.axes[0].collections
    assert big.get_sizes()[0] > small.get_sizes()[0]
    assert big.get_offsets().tolist() == [[2.0, 3.0]]


def test_a_dumbbell_is_as_long_as_the_gap():
    line = plots.dumbbell(RUNS, x="BLEU", ends=("greedy", "beam 5")).axes[0].lines[0]
    assert line.get_xdata().tolist() == pytest.approx([2.1, 45.5])


def test_a_dumbbell_says_what_its_ends_are():
    shown = words(plots.dumbbell(RUNS, x="BLEU", ends=("greedy", "beam 5")))
    assert "BLEU (hollow: greedy, filled: beam 5; small: one run each)" in shown


def test_curves_mark_a_level_by_name():
    figure = plots.curves({"seq_kd": [(0, 0.0), (9, 0.8)]}, x="updates", y="p", level=(0.3, "p*"))
    assert "p*" in words(figure)


def test_a_system_has_its_colour_in_every_figure():
    figure = plots.curves({"seq_kd": [(0, 0.0), (9, 0.8)]}, x="updates", y="p")
    assert to_hex(figure.axes[0].lines[0].get_color()) == look("seq_kd").colour


@pytest.mark.parametrize("draw", [plots.scatter, plots.curves])
def test_a_system_without_values_is_refused(draw):
    with pytest.raises(ShapeError, match="'seq_kd' has no values"):
        draw({"seq_kd": []}, x="x", y="y")
    assert not plt.get_fignums()


def test_a_figure_is_closed_and_leaves_the_style_as_it_was():
    before = dict(plt.rcParams)
    plots.scatter(RUNS, x="x", y="y")
    assert not plt.get_fignums()
    assert dict(plt.rcParams) == before


def test_the_background_is_opaque():
    assert plots.scatter(RUNS, x="x", y="y").get_facecolor() == (1, 1, 1, 1)


def test_thai_labels_are_drawn_without_a_missing_glyph():
    pytest.importorskip("fontpkg_noto_sans_thai")
    words(plots.curves({"seq_kd": [(0, 0.0), (1, 1.0)]}, x="น้ำหนัก τ", y="ทำ"))


@pytest.mark.parametrize("part", ["marker", "shape", "name"])
def test_no_two_systems_look_alike_without_colour(part):
    assert len({getattr(one, part) for one in LOOKS.values()}) == len(LOOKS)


def test_methods_differ_in_colour_and_a_methods_variants_share_it():
    methods = ["teacher", "baseline", "word_kd", "seq_kd", "seq_inter", "seq_kd_word_kd"]
    assert len({look(system).colour for system in methods}) == len(methods)
    assert look("seq_kd_longer").colour == look("seq_kd").colour


@pytest.mark.parametrize("background", ["#ffffff", "#121212"])
@pytest.mark.parametrize("system", LOOKS)
def test_colours_stand_out_from_a_light_and_a_dark_page(system, background):
    light, dark = sorted(map(luminance, (look(system).colour, background)), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 3


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def test_an_unknown_system_has_no_look():
    with pytest.raises(RecipeError, match="no look for 'sequence'"):
        look("sequence")
