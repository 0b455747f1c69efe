"""IWSLT from the archive to the result file: all arms of `colab`, tiny, killed and begun again."""

import importlib
import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from kdlab.corpora.iwslt import iwslt15
from kdlab.experiments.recipes import PRESETS, Sizes

SYSTEMS = ["teacher", "baseline", "word_kd", "seq_kd", "seq_kd_word_kd"]


@pytest.fixture
def whole(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    monkeypatch.syspath_prepend(Path(__file__).parent / "benchmarks")
    monkeypatch.setenv("KDLAB_HOME", str(tmp_path))  # so that both are put back
    monkeypatch.setenv("TQDM_DISABLE", "1")
    return importlib.import_module("iwslt_whole")


def measured(whole: ModuleType, home: Path) -> dict:
    """The benchmark of a second: narrow models, 150 pairs, three updates."""
    size = whole.Size(150, tuple((year, 5) for year, _ in whole.REAL.tests))
    return whole.measure(home, whole.Short("colab", 3, 2, 6, 2), size, 80, narrow())


def narrow() -> Sizes:
    """The preset's, with layers of 12 and batches of 200 pieces."""

    def of(model: object, training: object) -> tuple:
        return replace(model, width=12, encoder_layers=1), replace(training, batch_tokens=200)

    return Sizes(of(*PRESETS["colab"].teacher), of(*PRESETS["colab"].student))


def trainings(home: Path) -> Counter:
    """How often each system's training began."""
    notes = map(json.loads, (home / "stages.jsonl").read_text().splitlines())
    return Counter(
        note["began"].split("/")[-2] for note in notes if note.get("began", "")[-9:] == "/training"
    )


def test_an_archive_becomes_a_result_file_and_a_killed_command_goes_on(
    whole: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reproduce = importlib.import_module("kdlab.experiments.reproduce")
    real = reproduce.run_job

    def killed(job: object) -> dict:
        if job.system == "seq_kd":
            raise MemoryError
        return real(job)

    with monkeypatch.context() as patch, pytest.raises(MemoryError):
        patch.setattr(reproduce, "run_job", killed)
        measured(whole, tmp_path)
    found = measured(whole, tmp_path)
    assert trainings(tmp_path) == dict.fromkeys(SYSTEMS, 1)
    written = json.loads((tmp_path / "iwslt15-core-colab.json").read_text())
    assert [row["system"] for row in written["runs"]] == SYSTEMS
    assert set(written["runs"][0]["metrics"]) == {"tst2012", "tst2013", "tst2012-13"}
    assert [row["updates"] for row in found["arms"]] == [3, 2, 2, 2, 2]
    assert all(row["cpu_seconds_an_update"] > 0 for row in found["arms"])
    assert found["estimate"]["said"].startswith("5 runs, about 0.0 hours")
    assert found["whole_plan_estimate"].startswith("15 runs")
    assert found["estimate"]["took"] > 0
    assert found["whole_plan_hours"]["all"] > found["whole_plan_hours"]["training"] > 0

    how = {"command": "c", "date": "d", "hardware": "h", "torch": "t"}
    page = whole.page({"note": "n", "made": how, **found})
    assert "| seq_kd_word_kd | 2 |" in page
    assert "the teacher decodes all 150 sources" in page


def test_the_invented_release_is_as_large_as_it_says_and_the_same_each_time(
    whole: ModuleType, tmp_path: Path
) -> None:
    size = replace(whole.REAL, train=2000)
    text = iwslt15(archive=whole.write_release(tmp_path / "a.tgz", size, 5000))
    assert (len(text.train), len(text.dev)) == (2000, 1252 + 658)
    assert [len(pairs) for pairs in text.tests.values()] == [1086, 1246, 2332]
    words = sum(len(line.split()) for line in text.train.target) / 2000
    assert words == pytest.approx(16.4, abs=0.8)
    assert sum(map(len, text.train.source)) / 2000 == pytest.approx(82, abs=6)
    again = iwslt15(archive=whole.write_release(tmp_path / "b.tgz", size, 5000))
    assert again.train.fingerprint == text.train.fingerprint


def test_a_stage_knows_its_own_peak_and_that_of_those_inside(
    whole: ModuleType, tmp_path: Path
) -> None:
    clock = whole.Clock(tmp_path / "stages")
    with clock.stage("outer"):
        with clock.stage("large"):
            held = bytearray(64 << 20)
            del held
        with clock.stage("small"):
            pass
    stages = clock.stages()
    if "peak_mib" not in stages["outer"]:
        pytest.skip("no /proc here")
    assert stages["outer"]["peak_mib"] >= stages["outer/large"]["peak_mib"]
    assert stages["outer/large"]["peak_mib"] > stages["outer/small"]["peak_mib"] + 50
