"""A line without a visible character is answered with an empty one, whichever door it came by."""

from dataclasses import dataclass
from pathlib import Path

import pytest
import tiny
from typer.testing import CliRunner

from kdlab.cli import app
from kdlab.corpora import Pairs
from kdlab.decoding import decode
from kdlab.distill import interpolation, n_best, sequence_level
from kdlab.distill.nbest_lists import decoded_training_set
from kdlab.distill.sampled import _Draws, numbered
from kdlab.experiments.runs import RunStore
from kdlab.experiments.train import train
from kdlab.metrics.outputs import outputs
from kdlab.search import raw_sum
from kdlab.special_ids import IDS

BLANKS = ["", "  ", "\u200b", "\0", "\u200b \u00a0", "\u001f\u0085", "\u061c\ufeff", "\u3000"]
LINE, OTHER = tiny.text().dev.source[:2]
every_blank = pytest.mark.parametrize("blank", BLANKS, ids=ascii)


@every_blank
@pytest.mark.parametrize("beam", [1, 3])
def test_a_translator_answers_a_blank_line_with_an_empty_one(blank: str, beam: int) -> None:
    translator = tiny.translator()
    first, last = translator.translate([LINE, OTHER], beam)
    assert translator.translate([LINE, blank, OTHER, blank], beam) == [first, "", last, ""]
    assert translator.nbest([blank], beam) == [[("", 0.0)]]


def test_a_blank_line_is_not_asked_of_the_model(monkeypatch) -> None:
    network, asked = tiny.translator().model, []
    monkeypatch.setattr(network, "start", lambda *batch: asked.append(batch))
    assert [len(best) for best in decode(network, [[IDS.eos], []], 3)] == [1, 1]
    assert asked == []


@every_blank
def test_a_blank_source_is_decoded_for_distilling_and_for_scores(
    blank: str, tmp_path: Path
) -> None:
    teacher = tiny.translator()
    lists = decoded_training_set(teacher, [LINE, blank], 2, folder=tmp_path)
    assert lists[1] == [("", 0.0)]
    said = outputs(teacher, Pairs("two", (LINE, blank), ("dorma", "relu")), 2)
    assert (said.greedy.lines[1], said.beam.lines[1]) == ("", "")
    assert _Draws(teacher, 1.0, 1).nbest(numbered([blank]), 1, raw_sum)[0][0][0] == ""


def test_the_command_answers_each_line(monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KDLAB_HOME", str(tmp_path))
    run = train(tiny.recipe(), tiny.corpus(), store=RunStore.default())
    lines = "\n".join([LINE, *BLANKS, OTHER])
    told = CliRunner().invoke(app, ["translate", run.key, "--beam", "2"], input=f"{lines}\n")
    first, last = run.translate([LINE, OTHER], 2)
    assert told.stdout.split("\n") == [first, *[""] * len(BLANKS), last, ""]


@dataclass
class Says:
    """A teacher from elsewhere whose answer to every line is the same."""

    text: str
    name: str = "says"
    key: str = "says"

    def nbest(self, lines: list[str], beam: int, rule: object) -> list[list]:
        given = [[(self.text, -1.0)] for _ in lines]
        given[0] = [("dorma", -1.0)]
        return given


@every_blank
@pytest.mark.parametrize("distil", [sequence_level, lambda t, c, **k: n_best(t, c, 1, **k)])
def test_a_blank_target_is_not_trained_on(distil, blank: str, tmp_path: Path) -> None:
    found = distil(Says(blank), tiny.corpus(), folder=tmp_path)
    assert found.train.target == ("dorma",)


@every_blank
def test_where_the_teacher_answers_blanks_the_gold_target_stays(blank: str, tmp_path: Path) -> None:
    gold = tiny.corpus()
    found = interpolation(Says(blank), gold, 2, folder=tmp_path)
    assert found.train.target == ("dorma", *gold.train.target[1:])
