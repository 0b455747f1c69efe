"""The palette: every system has a look, and no two that meet in a figure are alike."""

import matplotlib.markers
import pytest

from kdlab.experiments.suites import SUITES
from kdlab.palette import LOOKS, look


@pytest.mark.parametrize("part", ["marker", "shape", "name"])
def test_no_two_systems_look_alike_without_colour(part):
    assert len({getattr(one, part) for one in LOOKS.values()}) == len(LOOKS)


def test_methods_differ_in_colour_and_a_methods_variants_share_it():
    methods = ["teacher", "baseline", "word_kd", "seq_kd", "seq_inter", "seq_kd_word_kd"]
    assert len({look(system).colour for system in methods}) == len(methods)
    assert look("seq_kd_longer").colour == look("seq_kd").colour


def test_new_systems_bring_no_new_colour():
    assert len({one.colour for one in LOOKS.values()}) == 7


@pytest.mark.parametrize("suite", SUITES)
def test_every_arm_of_a_suite_has_a_name_of_its_own(suite):
    names = {look(system).name for system in SUITES[suite].arms}
    # h2's arm "_plain" is the same system on the other corpus: they never meet.
    arms = {system.removesuffix("_plain") for system in SUITES[suite].arms}
    assert len(names) == len(arms)


@pytest.mark.parametrize("suite", ["leaderboard", "table1"])
def test_arms_that_one_figure_shows_differ_in_shape(suite):
    ends = ("_early", "_ivf", "_scratch", "_3")  # no arms of the figure; the same one otherwise
    shown = [system for system in SUITES[suite].arms if not system.endswith(ends)]
    assert len({look(system).marker for system in shown}) == len(shown)


@pytest.mark.parametrize(
    ("system", "name"),
    [
        ("pruned_80", "pruned, 80 %"),
        ("retrained_95", "pruned, trained again, 95 %"),
        ("pruned_even_50", "pruned, 50 % of each matrix"),
        ("fixed_0", "Hybrid, fixed gate, g = 0"),
        ("fixed_25", "Hybrid, fixed gate, g = .25"),
        ("fixed_100", "Hybrid, fixed gate, g = 1"),
        ("seq_kd_of_teacher_w48", "Seq-KD student, teacher of width 48"),
        ("seq_kd_w16_longer", "Seq-KD student, width 16, longer"),
        ("seq_kd_beam5", "Seq-KD student, beam 5"),
        ("token_noise40", "words only, noise .40"),
    ],
)
def test_a_condition_adds_to_the_name(system, name):
    assert look(system).name == name


@pytest.mark.parametrize("system", LOOKS)
def test_a_mark_is_one_that_matplotlib_draws_and_fills(system, caplog):
    mark = matplotlib.markers.MarkerStyle(look(system).marker)
    assert mark.is_filled() and len(mark.get_path().vertices) > 0
    assert not caplog.records  # a glyph that no font has is logged, and drawn as a dummy


@pytest.mark.parametrize("background", ["#ffffff", "#121212"])
@pytest.mark.parametrize("colour", sorted({one.colour for one in LOOKS.values()}))
def test_colours_stand_out_from_a_light_and_a_dark_page(colour, background):
    light, dark = sorted(map(luminance, (colour, background)), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 3


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
