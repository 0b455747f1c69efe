"""Figures of probabilities and words: what they draw is what the losses compute."""

import warnings

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.colors import to_hex

from kdlab import plots
from kdlab.errors import RecipeError, ShapeError
from kdlab.losses import knn_target, threshold
from kdlab.losses.best_pieces import best_pieces
from kdlab.losses.ranking import hierarchical_ranking
from kdlab.palette import look

# R3's losses and R1's neighbours, as in the chapters.
LOSSES = [1.05, 0.16, 0.51, 0.02, 0.01, 0.03, 0.92, 0.02, 0.01]
WORDS = "She brought a book to show us . </s>".split()
QUEUE = [0.1, 0.2, 0.3, 0.4, 0.6, 0.8, 1.2, 1.5, 2.0]
NEAR = [(10, "before"), (12, "already"), (20, "before"), (30, "once"), (45, "before")]
PRONOUNS = ["I", "We", "He"]
Q, P = (0.55, 0.35, 0.10), (0.42, 0.48, 0.10)


@pytest.fixture(autouse=True)
def _warnings_are_errors():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield
    assert not plt.get_fignums()


def bars(axes, label=None) -> list[tuple[float, float]]:
    """(centre, height) of the bars, of one label or all."""
    found = [c for c in axes.containers if label in (None, c.get_label())]
    return [(b.get_x() + b.get_width() / 2, b.get_height()) for c in found for b in c]


def ticks(axes, which="x") -> list[str]:
    return [label.get_text() for label in getattr(axes, f"get_{which}ticklabels")()]


def test_a_mode_mass_histogram_is_of_shares_and_marks_the_mean():
    axes = plots.mode_masses({"seq_kd": [0.0, 0.05, 0.5, 1.0]}, bins=10).axes[0]
    values, _, _ = axes.patches[0].get_data()
    assert values.tolist() == [0.5, 0, 0, 0, 0, 0.25, 0, 0, 0, 0.25]
    assert axes.collections[0].get_offsets().tolist() == [[0.3875, 0]]
    assert axes.get_title("left") == "Seq-KD student: mean 0.39"


def test_rows_of_mode_masses_share_both_axes():
    figure = plots.mode_masses({"baseline": [0.1, 0.1], "seq_kd": [0.1, 0.9]})
    first, second = figure.axes
    assert first.get_ylim() == second.get_ylim() and first.get_ylim()[1] >= 1
    assert first.get_xlim() == second.get_xlim() == (0, 1)


def test_a_mode_mass_above_1_is_refused():
    with pytest.raises(ShapeError, match="'seq_kd' has 1.2; expected probabilities"):
        plots.mode_masses({"seq_kd": [1.2]})


def test_distributions_draw_a_bar_for_each_word_and_label():
    path = {"Φ = .2": (0.381, 0.348, 0.271), "Φ = 1": Q}
    axes = plots.distributions(path, PRONOUNS).axes[0]
    assert bars(axes, "Φ = 1") == [(pytest.approx(i + 0.21), q) for i, q in enumerate(Q)]
    assert ticks(axes) == PRONOUNS
    assert len({c[0].get_hatch() for c in axes.containers}) == 2


def test_a_distribution_of_a_system_has_its_colour_and_any_other_a_grey():
    axes = plots.distributions({"reverse_kl": Q, "mixed": P}, PRONOUNS).axes[0]
    system, other = (to_hex(c[0].get_facecolor()) for c in axes.containers)
    assert system == look("reverse_kl").colour
    assert other[1:3] == other[3:5] == other[5:7]
    assert axes.containers[0].get_label() == "reverse KL"


def test_distributions_that_do_not_fit_their_words_are_refused():
    with pytest.raises(ShapeError, match="'q' has 3 numbers for 2 words"):
        plots.distributions({"q": Q}, ["I", "We"])
    with pytest.raises(ShapeError, match="'q' has -1; expected probabilities"):
        plots.distributions({"q": [-1]}, ["I"])
    with pytest.raises(ShapeError, match="There are 7 distributions; draw 6"):
        plots.distributions({str(i): Q for i in range(7)}, PRONOUNS)


@pytest.mark.parametrize(
    ("queue", "at", "chosen"), [([], 0.51, {"She", "a", "us"}), (QUEUE, 0.8, {"She", "us"})]
)
def test_the_hard_words_of_a_batch_and_of_a_queue_get_the_teacher(queue, at, chosen):
    axes = plots.partition_point(LOSSES, 1 / 3, words=WORDS, queue=queue).axes[0]
    named = dict(zip(axes.get_xticks().tolist(), ticks(axes), strict=True))
    assert {named[round(x)] for x, _ in bars(axes, "gold and teacher")} == chosen
    assert axes.lines[0].get_ydata() == [at, at]


def test_bars_of_a_partition_go_from_the_hardest_word_to_the_easiest():
    axes = plots.partition_point(LOSSES, 1 / 3, words=WORDS, queue=QUEUE).axes[0]
    heights = [height for _, height in sorted(bars(axes))]
    assert heights == sorted(LOSSES + QUEUE, reverse=True)


def test_chosen_words_differ_in_hatch_and_colour():
    axes = plots.partition_point(LOSSES, 0.5, words=WORDS).axes[0]
    chosen, rest = axes.containers
    assert chosen[0].get_hatch() and not rest[0].get_hatch()
    assert chosen[0].get_facecolor() != rest[0].get_facecolor()


@settings(deadline=None, max_examples=10)
@given(
    st.lists(st.floats(0, 9, width=32), min_size=1, max_size=30), st.sampled_from([0.07, 0.5, 1])
)
def test_the_marked_threshold_is_the_losses_own(losses, share):
    axes = plots.partition_point(losses, share).axes[0]
    assert axes.lines[0].get_ydata()[0] == threshold(torch.tensor(losses), share).item()


def test_thousands_of_losses_are_drawn_as_two_outlines():
    axes = plots.partition_point(np.linspace(0, 4, 5000), 0.25).axes[0]
    chosen, rest = (patch.get_data()[0] for patch in axes.patches)
    assert np.isfinite(chosen).sum() == 1250 and np.isfinite(rest).sum() == 3750


def test_a_partition_without_losses_words_or_share_is_refused():
    with pytest.raises(ShapeError, match="There are 0 losses and 0 words"):
        plots.partition_point([], 0.5)
    with pytest.raises(ShapeError, match="There are 9 losses and 1 words"):
        plots.partition_point(LOSSES, 0.5, words=["She"])
    with pytest.raises(RecipeError, match="share is 0; expected a number above 0"):
        plots.partition_point(LOSSES, 0)


@pytest.mark.parametrize("temperature", [5, 20])
def test_neighbours_add_up_to_the_target_of_knn_kd(temperature):
    axes = plots.neighbours(NEAR[::-1], temperature).axes[1]
    ids = {word: i for i, word in enumerate(ticks(axes, "y"))}
    near = torch.tensor([d for d, _ in NEAR], dtype=torch.float64)
    q = knn_target(torch.tensor([ids[w] for _, w in NEAR]), near, len(ids), temperature)
    drawn = [sum(bar.get_width() for bar in stack) for stack in axes.containers]
    assert drawn == pytest.approx(q.tolist())
    assert list(ids) == ["before", "already", "once"]


def test_neighbours_stand_by_distance_and_their_words_say_how_many():
    above, below = plots.neighbours(NEAR[::-1], 20).axes
    assert ticks(above, "y")[:2] == ["before, d = 10", "already, d = 12"]
    assert [len(stack) for stack in below.containers] == [3, 1, 1]
    assert [t.get_text().strip() for t in below.texts] == ["0.583", "0.296", "0.120"]


def test_far_neighbours_still_have_weights():
    axes = plots.neighbours([(1e6, "a"), (1e6 + 5, "b")], 5).axes[1]
    assert axes.containers[0][0].get_width() == pytest.approx(1 / (1 + np.exp(-1)))


def test_neighbours_without_distance_or_temperature_are_refused():
    with pytest.raises(ShapeError, match=r"The neighbours are \[\]"):
        plots.neighbours([], 20)
    with pytest.raises(ShapeError, match="-4, 'once'"):
        plots.neighbours([(-4, "once")], 20)
    with pytest.raises(RecipeError, match="temperature is 0; expected"):
        plots.neighbours(NEAR, 0)


def paying(figure) -> dict[str, float]:
    """By pair, "v over u": what it pays in both parts together, as drawn."""
    below = figure.axes[1]
    stacks = zip(*below.containers, strict=True)
    return {
        name: sum(bar.get_width() for bar in stack)
        for name, stack in zip(ticks(below, "y"), stacks, strict=True)
    }


def test_r1s_student_pays_for_we_over_i_in_both_parts():
    figure = plots.ranking(PRONOUNS, P, Q, k=2)
    assert paying(figure) == {"We over I": pytest.approx(0.12)}
    assert [stack[0].get_width() for stack in figure.axes[1].containers] == [
        pytest.approx(0.06),
        pytest.approx(0.06),
    ]
    assert figure.axes[1].get_title("left") == "ranking loss 0.120"


def test_an_arrow_goes_from_the_bar_that_is_too_high_to_the_one_that_is_too_low():
    above = plots.ranking(PRONOUNS, P, Q, k=2).axes[0]
    (arrow,) = above.texts
    assert arrow.xyann == (1.2, 0.48) and arrow.xy == (0.2, 0.42)
    assert ticks(above) == ["I", "We"]


def test_a_student_that_ranks_as_its_teacher_pays_nothing():
    figure = plots.ranking(PRONOUNS, (0.5, 0.4, 0.1), Q, k=3)
    assert not figure.axes[1].containers and not figure.axes[0].texts
    assert figure.axes[1].get_title("left").endswith("no pair in the wrong order")


numbers = st.permutations(range(1, 7)).map(lambda n: torch.tensor(n, dtype=torch.float64))


@settings(deadline=None, max_examples=10)
@given(numbers, numbers, st.integers(1, 6))
def test_the_pairs_that_pay_are_those_with_a_positive_term(p, q, k):
    p, q = p / p.sum(), q / q.sum()
    figure = plots.ranking(list("abcdef"), p.tolist(), q.tolist(), k=k)
    drawn = paying(figure) if figure.axes[1].containers else {}
    hers, mine = best_pieces(q, k).tolist(), best_pieces(p, k).tolist()
    wrong = {(v, u) for u in hers for v in mine if q[u] > q[v] and p[v] > p[u]}
    wrong |= {(u, hers[0]) for u in hers if p[u] > p[hers[0]]}
    assert set(drawn) == {f"{'abcdef'[v]} over {'abcdef'[u]}" for v, u in wrong}
    loss = sum(part.item() for part in hierarchical_ranking(p[None, None], q[None, None], k))
    assert sum(drawn.values()) == pytest.approx(loss)


def test_a_ranking_of_other_words_or_too_many_is_refused():
    with pytest.raises(ShapeError, match="The student has 2 numbers for 3 words"):
        plots.ranking(PRONOUNS, P[:2], Q, k=2)
    with pytest.raises(ShapeError, match="'teacher' has 2; expected probabilities"):
        plots.ranking(PRONOUNS, P, (2, 0, 0), k=2)
    with pytest.raises(RecipeError, match="k is 4; expected 1 to 3"):
        plots.ranking(PRONOUNS, P, Q, k=4)
