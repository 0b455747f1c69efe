"""Figures: drawn without a warning, closed, with the colours of the book."""

import warnings

import matplotlib
import pytest

matplotlib.use("Agg")

import matplotlib.pyplot as plt
from matplotlib.colors import to_hex

from kdlab import plots
from kdlab.errors import ShapeError
from kdlab.experiments.results import Value
from kdlab.palette import look

HAND = (5.0, 4.0, 7.0)  # mean, low, high
SWEPT = {"baseline": [(10, HAND, [4.5, 5.5])], "seq_kd": [(10, 6.0, []), (40, 8.0, [])]}
SHARES = {"all": (0.8, 0.7, 0.9), "teacher ≠ y": (0.4, 0.3, 0.5)}
CLAIM = {"name": "E1.3", "figure": 1.5, "low": 1.0, "high": 2.0, "holds": "yes"}
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


@pytest.mark.parametrize("system", ["seq_kd", "knn_kd", "base_and_best_2"])
def test_a_run_is_drawn_in_the_systems_shape_and_colour(system):
    runs = plots.scatter({system: [(1.0, 2.0)]}, x="x", y="y").axes[0].collections[0]
    assert to_hex(runs.get_facecolor()[0]) == look(system).colour
    shape = matplotlib.markers.MarkerStyle(look(system).marker)
    drawn = shape.get_transform().transform_path(shape.get_path())
    assert runs.get_paths()[0].vertices.tolist() == drawn.vertices.tolist()


def test_many_systems_are_named_over_the_axes_where_they_hide_no_mark():
    few = ["teacher", "baseline", "word_kd", "seq_kd", "seq_inter", "layers"]
    for systems in (few, [*few, "tie_kd"]):
        figure = plots.scatter({s: [(1.0, 2.0)] for s in systems}, x="x", y="y")
        assert bool(figure.legends) == (len(systems) > 6)
        assert {look(system).name for system in systems} <= set(words(figure))


def test_a_dumbbell_is_as_long_as_the_gap():
    line = plots.dumbbell(RUNS, x="BLEU", ends=("greedy", "beam 5")).axes[0].lines[0]
    assert line.get_xdata().tolist() == pytest.approx([2.1, 45.5])


def test_a_dumbbell_says_what_its_ends_are():
    shown = words(plots.dumbbell(RUNS, x="BLEU", ends=("greedy", "beam 5")))
    assert "BLEU (hollow: greedy, filled: beam 5; small: one run each)" in shown


def test_curves_mark_a_level_by_name():
    figure = plots.curves({"seq_kd": [(0, 0.0), (9, 0.8)]}, x="updates", y="p", level=(0.3, "p*"))
    assert "p*" in words(figure)


def test_a_system_may_have_another_name_in_a_curve():
    lines = {"baseline": [(0, 0.0), (9, 0.8)]}
    figure = plots.curves(lines, x="updates", y="p", names={"baseline": "Transformer"})
    assert "Transformer" in words(figure) and "student on gold" not in words(figure)


def test_a_system_has_its_colour_in_every_figure():
    figure = plots.curves({"seq_kd": [(0, 0.0), (9, 0.8)]}, x="updates", y="p")
    assert to_hex(figure.axes[0].lines[0].get_color()) == look("seq_kd").colour


@pytest.mark.parametrize("draw", [plots.scatter, plots.curves, plots.sweep])
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


def test_curves_show_a_gate_over_training_beside_its_level():
    gate = {"hybrid": [(0, 0.5), (100, 0.8)], "fixed_25": [(0, 0.25), (100, 0.25)]}
    shown = words(plots.curves(gate, x="updates", y="mean g", level=(0.5, "g = .5")))
    assert {"Hybrid, learned gate", "Hybrid, fixed gate, g = .25", "g = .5"} <= set(shown)


def test_a_sweep_draws_a_whisker_from_low_to_high_and_each_run():
    axes = plots.sweep(SWEPT, x="width", y="BLEU").axes[0]
    whiskers, runs = axes.collections[:2]
    assert whiskers.get_segments()[0].tolist() == [[10, 4], [10, 7]]
    assert runs.get_offsets().tolist() == [[10, 4.5], [10, 5.5]]
    assert axes.lines[1].get_xydata().tolist() == [[10, 6], [40, 8]]


def test_a_sweep_reads_the_interval_that_a_result_file_gives():
    value = Value(5.0, 4.0, 7.0, seeds=3)
    axes = plots.sweep({"baseline": [(10, value, [])]}, x="width", y="BLEU").axes[0]
    assert axes.collections[0].get_segments()[0].tolist() == [[10, 4], [10, 7]]


def test_a_condition_dashes_its_line():
    lines = {"seq_kd": [(16, 5.4), (48, 4.7)], "seq_kd_beam5": [(16, 2.1), (48, 0.2)]}
    axes = plots.curves(lines, x="width", y="gain").axes[0]
    assert [line.get_linestyle() for line in axes.lines] == ["-", "--"]


@pytest.mark.parametrize("log_x", [False, True])
def test_a_sweeps_axes_hold_all_that_it_draws(log_x):
    axes = plots.sweep(SWEPT, x="width", y="BLEU", log_x=log_x, level=(9.0, "teacher")).axes[0]
    left, right = axes.get_xlim()
    low, high = axes.get_ylim()
    assert 1 < left < 10 and 40 < right < 80 and 3 < low < 4 and 9 < high < 11


def test_systems_of_a_sweep_stand_aside_by_a_few_points():
    axes = plots.sweep(SWEPT, x="width", y="BLEU").axes[0]
    baseline, seq_kd = (line.get_transform().transform((10, 5))[0] for line in axes.lines)
    assert seq_kd - baseline == pytest.approx(4 * 144 / 72)


def test_a_sweep_names_the_few_places_that_were_measured():
    axes = plots.sweep({"pruned": [(p, 9.0, []) for p in (41832, 180100)]}, x="x", y="y").axes[0]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["41.8k", "180k"]


def test_an_interval_that_ends_before_it_begins_is_refused():
    with pytest.raises(ShapeError, match=r"The interval of 'seq_kd' is \[7, 4\]"):
        plots.sweep({"seq_kd": [(10, (5, 7, 4), [])]}, x="x", y="y")


def test_agreement_has_a_group_for_each_kind_of_position():
    axes = plots.agreement({"baseline": SHARES, "seq_kd": SHARES}).axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["all", "teacher ≠ y"]
    intervals, means = axes.collections[:2]
    rows = [-0.2, 0.8]
    ends = [[[0.7, rows[0]], [0.9, rows[0]]], [[0.3, rows[1]], [0.5, rows[1]]]]
    assert [segment.tolist() for segment in intervals.get_segments()] == ends
    assert means.get_offsets().tolist() == [[0.8, rows[0]], [0.4, rows[1]]]


def test_systems_with_other_kinds_of_positions_are_refused():
    with pytest.raises(ShapeError, match=r"'seq_kd' has \['all'\]; the first"):
        plots.agreement({"baseline": SHARES, "seq_kd": {"all": 0.8}})


def test_a_claim_is_a_row_with_its_interval():
    axes = plots.shares([CLAIM], x="points").axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["E1.3"]
    interval, mark = axes.collections
    assert interval.get_segments()[0].tolist() == [[1.0, 0], [2.0, 0]]
    assert mark.get_offsets().tolist() == [[1.5, 0]]


@pytest.mark.parametrize("holds", ["yes", "no", "not separated"])
def test_only_a_claim_that_holds_is_filled(holds):
    mark = plots.shares([CLAIM | {"holds": holds}], x="points").axes[0].collections[1]
    assert (to_hex(mark.get_facecolor()[0]) != "#ffffff") == (holds == "yes")


def test_claims_may_be_plain_tuples_and_a_level_any_threshold():
    axes = plots.shares([("H1", 0.8, 0.6, 1.0, "no")], x="share", level=(0.7, "rule")).axes[0]
    assert axes.lines[0].get_xdata() == [0.7, 0.7]
    assert {"H1", "rule", "fails"} <= set(words(axes.figure))


def test_a_share_of_no_gain_is_said_in_words():
    row = CLAIM | {"figure": None, "low": None, "high": None, "holds": "not separated"}
    axes = plots.shares([CLAIM, row], x="share").axes[0]
    assert [text.get_text().strip() for text in axes.texts] == ["no share (no sure gain)"]
    assert len(axes.collections) == 2


def test_an_unknown_verdict_and_no_claims_are_refused():
    with pytest.raises(ShapeError, match="Claim 'E1.3' holds: 'maybe'; expected yes, no"):
        plots.shares([CLAIM | {"holds": "maybe"}], x="x")
    with pytest.raises(ShapeError, match="no claim to draw"):
        plots.shares([], x="x")


@pytest.mark.parametrize("draw", [plots.agreement, plots.mode_masses])
def test_no_system_and_a_system_of_nothing_are_refused(draw):
    with pytest.raises(ShapeError, match="no system to draw"):
        draw({})
    with pytest.raises(ShapeError, match="'seq_kd' has no values"):
        draw({"seq_kd": {}})
