"""The front door: few names, exactly those that are listed, and a hint where there is none."""

import subprocess
import sys
from importlib.metadata import version

import pytest

import kdlab


def test_the_front_door_lists_what_it_opens() -> None:
    assert [n for n in dir(kdlab) if not n.startswith("_")] == sorted(kdlab.__all__)
    assert all(getattr(kdlab, name) is not None for name in kdlab.__all__)
    assert kdlab.__all__ == sorted(kdlab.__all__, key=lambda n: (n.islower(), n))


@pytest.mark.parametrize(
    "part", ["losses", "objectives", "distill", "metrics", "models", "training", "plots", "corpora"]
)
def test_tab_shows_of_each_part_what_is_meant_for_a_user(part: str) -> None:
    module = getattr(kdlab, part)
    assert [name for name in dir(module) if not name.startswith("_")] == sorted(module.__all__)


def test_the_front_door_has_at_most_25_names() -> None:
    assert len(kdlab.__all__) <= 25


def test_what_is_slow_to_load_is_loaded_when_it_is_asked_for() -> None:
    code = (
        "import sys, kdlab as kd; before = {'matplotlib', 'seaborn', 'IPython'} & set(sys.modules);"
        "kd.plots.ranking; kd.widgets; print(before, 'matplotlib' in sys.modules)"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout == "set() True\n"


def test_it_says_its_version() -> None:
    assert kdlab.__version__ == version("kdlab")


@pytest.mark.parametrize(
    ("module", "name", "said"),
    [
        ("losses", "TieKD", "There is no kd.losses.TieKD; TieKD is kd.objectives.IterativeKD."),
        ("losses", "SelectiveKD", "SelectiveKD is kd.objectives.SelectiveKD."),
        ("objectives", "WordKD", "WordKD is kd.losses.WordKD."),
        ("objectives", "word_kd", "word_kd is kd.losses.word_kd."),
        ("losses", "worldkd", "did you mean kd.losses.WordKD or kd.losses.word_kd?"),
        ("distill", "SeqKD", "SeqKD is kd.distill.sequence_level."),
        ("distill", "seq_inter", "seq_inter is kd.distill.interpolation."),
        ("metrics", "blue", "did you mean kd.metrics.bleu?"),
        ("models", "RNNconfig", "RNNconfig is kd.models.RNNConfig."),
        ("training", "adam", "adam is kd.training.Adam."),
        ("plots", "rankin", "did you mean kd.plots.ranking?"),
        ("losses", "xyzzy", "kd.methods() lists the methods"),
        ("", "WordKD", "There is no kd.WordKD; WordKD is kd.losses.WordKD."),
        ("", "trian", "did you mean kd.train?"),
    ],
)
def test_a_name_that_is_not_there_says_where_the_right_one_lives(
    module: str, name: str, said: str
) -> None:
    with pytest.raises(AttributeError) as refused:
        getattr(getattr(kdlab, module) if module else kdlab, name)
    assert said in str(refused.value)


@pytest.mark.parametrize("name", ["__wrapped__", "_repr_html_"])
def test_what_tools_ask_for_is_not_there_in_the_usual_words(name: str) -> None:
    with pytest.raises(AttributeError, match=f"module 'kdlab.losses' has no attribute '{name}'"):
        getattr(kdlab.losses, name)
