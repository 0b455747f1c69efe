"""The presets for IWSLT: a few updates of each on an archive of invented lines."""

import inspect
import json
import random
import tarfile
from dataclasses import replace
from pathlib import Path

import pytest
import tiny

from kdlab.cli import app
from kdlab.corpora.iwslt import fetch_iwslt15
from kdlab.distill import interpolation
from kdlab.experiments import recipes
from kdlab.experiments.recipes import PRESETS, Sizes
from kdlab.experiments.suites import SUITES
from kdlab.models import RNNConfig
from kdlab.training import SGD

YEARS = ("tst2010", "tst2011", "tst2012", "tst2013")


def release(folder: Path) -> Path:
    """An archive of the official release's shape with a few hundred invented lines."""
    draw = random.Random(1)
    lines = [draw.choices(range(6), k=draw.randint(2, 5)) for _ in range(400)]
    inner = folder / "th-en.tgz"
    with tarfile.open(inner, "w:gz") as tar:
        for language, words, join in (
            ("th", tiny.SOURCE_WORDS, ""), ("en", tiny.TARGET_WORDS, " "),
        ):  # fmt: skip
            text = [join.join(words[w] for w in line) for line in lines]
            _add(tar, folder, f"train.tags.th-en.{language}", "\n".join(text[:300]) + "\n")
            for i, year in enumerate(YEARS):
                segments = "".join(
                    f'<seg id="{n}"> {line} </seg>\n'
                    for n, line in enumerate(text[300 + 20 * i : 320 + 20 * i], 1)
                )
                doc = f'<mteval><doc docid="{i}">\n{segments}</doc></mteval>\n'
                _add(tar, folder, f"IWSLT15.TED.{year}.th-en.{language}.xml", doc)
    with tarfile.open(folder / "2015-01.tgz", "w:gz") as tar:
        tar.add(inner, "2015-01/texts/th/en/th-en.tgz")
    return folder / "2015-01.tgz"


def _add(tar: tarfile.TarFile, folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text, encoding="utf-8")
    tar.add(folder / name, f"th-en/{name}")


def test_the_paper_preset_is_the_papers() -> None:
    sizes = PRESETS["paper"]
    assert sizes.teacher[0] == RNNConfig(2, 500, 0.3)
    assert sizes.student[0] == RNNConfig(2, 100, 0.3)
    assert sizes.student[1].optimiser == SGD(1.0)
    assert sizes.student[1].updates == 13 * sizes.student[1].every  # epochs
    for suite in ("core", "table1", "leaderboard"):
        assert SUITES[suite].plan("iwslt15", "paper").pieces == 25_000
        assert SUITES[suite].plan("iwslt15", "paper").beam == 5
    assert inspect.signature(interpolation).parameters["beam"].default == 35


@pytest.mark.parametrize("preset", ["paper", "colab"])
def test_a_suite_on_iwslt_says_its_time_and_runs(
    preset: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.setenv("KDLAB_HOME", str(tmp_path / "home"))
    fetch_iwslt15(release(tmp_path))
    monkeypatch.setitem(recipes.PRESETS, preset, _short(PRESETS[preset]))
    core, where = SUITES["core"], ("iwslt15", preset)
    plan = replace(core.plans[where], arms=("baseline", "word_kd"), seeds=(1,))
    monkeypatch.setitem(SUITES, "core", replace(core, plans={where: plan}))
    with pytest.raises(SystemExit) as ended:
        app(["reproduce", "core", "--corpus", "iwslt15", "--preset", preset, "--out",
             str(tmp_path)])  # fmt: skip
    assert ended.value.code in (0, None)
    assert "3 runs, about " in capsys.readouterr().err
    rows = json.loads((tmp_path / f"iwslt15-core-{preset}.json").read_text())["runs"]
    assert [row["system"] for row in rows] == ["teacher", "baseline", "word_kd"]
    assert set(rows[0]["metrics"]) == {"tst2012", "tst2013", "tst2012-13"}


def _short(sizes: Sizes) -> Sizes:
    """The same with narrow layers and three updates."""

    def shorter(model: object, training: object) -> tuple:
        narrow = {"hidden": 16} if isinstance(model, RNNConfig) else {"width": 12}
        short = replace(training, updates=3, batch_tokens=60, every=3, dev_sentences=3)
        return replace(model, **narrow), short

    return Sizes(shorter(*sizes.teacher), shorter(*sizes.student))
