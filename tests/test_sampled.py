"""Sampled targets: the teacher's own distribution, the same draws whatever the batches."""

import math
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import tiny
import torch

from kdlab.corpora import Pairs
from kdlab.distill import nbest_lists, sampled
from kdlab.distill.sampled import _Draws, numbered
from kdlab.errors import CorpusError, RecipeError
from kdlab.search import raw_sum
from kdlab.translator import Translator

KNOWN = tiny.SOURCE_WORDS[0]  # "dorma" .5, "dorma relu" .25, "misto" .25


def corpus(*sources: str) -> tiny.Corpus:
    return tiny.corpus().with_train(Pairs("train", sources, sources), "gold")


def exact() -> Translator:
    return Translator(tiny.exact(), tiny.tokenizer(), "exact")


def texts(teacher: Translator, *sources: str, seed: int = 1, temperature: float = 1.0) -> list:
    lists = _Draws(teacher, temperature, seed).nbest(numbered(sources), 1, raw_sum)
    return [best[0][0] for best in lists]


def test_samples_come_as_often_as_the_teacher_says() -> None:
    drawn = Counter(texts(exact(), *[KNOWN] * 300))
    for text, p in tiny.TRANSLATIONS[KNOWN]:
        assert drawn[text] / 300 == pytest.approx(p, abs=4 * math.sqrt(p * (1 - p) / 300))


def test_a_low_temperature_gives_the_greedy_output() -> None:
    teacher, lines = tiny.translator(), tiny.text().dev.source
    assert texts(teacher, *lines, temperature=1e-4) == teacher.translate(lines)
    assert texts(teacher, *lines) != teacher.translate(lines)


def test_temperature_divides_the_log_probability_of_each_piece() -> None:
    drawn = Counter(texts(exact(), *[KNOWN] * 300, temperature=0.5))
    first = Counter(text.split()[0] for text in drawn.elements())
    p = 0.75**2 / (0.75**2 + 0.25**2)  # the first word's .75 and .25, squared
    assert first["dorma"] / 300 == pytest.approx(p, abs=4 * math.sqrt(p * (1 - p) / 300))


def test_what_is_stored_beside_a_sample_is_its_log_probability_at_temperature_1() -> None:
    lists = _Draws(exact(), 2.0, 1).nbest(numbered([KNOWN] * 20), 1, raw_sum)
    p = {text: math.log(share) for text, share in tiny.TRANSLATIONS[KNOWN]}
    for ((text, log_p),) in lists:
        assert log_p == pytest.approx(p[text], abs=1e-5)


@pytest.mark.parametrize("config", [tiny.TRANSFORMER, tiny.FED_RNN])
def test_a_sample_does_not_depend_on_its_neighbours(config: object) -> None:
    teacher, lines = tiny.translator(config), tiny.text().train.source[:12]
    together = texts(teacher, *lines)
    assert together == [text for line in lines for text in texts(teacher, line)]
    assert together == texts(teacher, *reversed(lines))[::-1]


def test_a_repeated_source_is_drawn_anew() -> None:
    teacher, line = tiny.translator(), tiny.text().dev.source[0]
    assert len(set(texts(teacher, *[line] * 8))) > 4


def test_another_seed_gives_other_samples() -> None:
    teacher, lines = tiny.translator(), tiny.text().dev.source
    assert texts(teacher, *lines) != texts(teacher, *lines, seed=2)


@pytest.mark.parametrize("training", [True, False])
def test_drawing_leaves_the_teacher_and_the_callers_numbers_as_they_were(training: bool) -> None:
    teacher, before = tiny.translator(), torch.get_rng_state()
    teacher.model.train(training)
    before = torch.get_rng_state()
    texts(teacher, *tiny.text().dev.source)
    assert teacher.model.training is training
    assert torch.get_rng_state().equal(before)


def test_the_corpus_holds_the_samples_in_its_order(tmp_path: Path) -> None:
    teacher, gold = tiny.translator(), tiny.corpus()
    found = sampled(teacher, gold, folder=tmp_path)
    said = texts(teacher, *gold.train.source)
    expected = [(s, y) for s, y in zip(gold.train.source, said, strict=True) if y.strip()]
    assert list(found.train) == expected
    assert (found.targets, found.teacher) == ("sampled temperature 1", teacher)
    assert (found.dev, found.tests, found.tokenizer) == (gold.dev, gold.tests, gold.tokenizer)


def test_several_samples_a_source_begin_with_the_one(tmp_path: Path) -> None:
    gold = corpus(KNOWN, tiny.SOURCE_WORDS[1])
    one, three = (sampled(exact(), gold, 2.0, n, folder=tmp_path) for n in (1, 3))
    assert three.train.source == gold.train.source * 3
    assert three.train.target[:2] == one.train.target
    assert three.targets == "sampled temperature 2, 3 a source"


def test_a_source_about_which_the_teacher_is_silent_is_left_out(tmp_path: Path) -> None:
    found = sampled(exact(), corpus("มิโซ", KNOWN), folder=tmp_path)
    assert found.train.source == (KNOWN,)
    with pytest.raises(CorpusError, match="teacher 'exact' says nothing for any of 1 sources"):
        sampled(exact(), corpus("มิโซ"), folder=tmp_path)


@dataclass(frozen=True, eq=False)
class Counting(Translator):
    """Notes how many sentences it was asked to read."""

    read: list[int] = field(default_factory=list)


def counting() -> Counting:
    known, read = tiny.translator(), []
    known.model.register_forward_pre_hook(lambda model, inputs: read.append(len(inputs[0])))
    return Counting(known.model, known.tokenizer, known.name, read)


def test_samples_are_stored_and_found_again(tmp_path: Path) -> None:
    first, again = counting(), counting()
    found = sampled(first, tiny.corpus(), folder=tmp_path)
    assert sampled(again, tiny.corpus(), folder=tmp_path).train == found.train
    assert (sum(first.read), sum(again.read)) == (96, 0)


@pytest.mark.parametrize("change", [{"temperature": 0.9}, {"n": 2}, {"seed": 2}])
def test_other_settings_are_drawn_anew(tmp_path: Path, change: dict) -> None:
    sampled(tiny.translator(), tiny.corpus(), folder=tmp_path)
    other = counting()
    sampled(other, tiny.corpus(), folder=tmp_path, **change)
    assert sum(other.read) > 0


def test_another_teacher_draws_anew(tmp_path: Path) -> None:
    for seed in (0, 1):
        sampled(tiny.translator(seed=seed), tiny.corpus(), folder=tmp_path)
    assert len(list(tmp_path.glob("*.jsonl"))) == 2


def test_interrupted_drawing_goes_on_to_the_same_samples(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(nbest_lists, "CHUNK", 7)
    gold = corpus(*tiny.text().train.source[:20])
    whole = sampled(tiny.translator(), gold, folder=tmp_path).train
    (done,) = tmp_path.glob("*.jsonl")
    done_lines = done.read_text(encoding="utf-8").splitlines(keepends=True)
    lines = [f"{number} {line}" for number, line in enumerate(done_lines, 1)]
    done.with_suffix(".part").write_text("".join(lines[:9]) + lines[9][:5], encoding="utf-8")
    done.unlink()
    later = counting()
    assert sampled(later, gold, folder=tmp_path).train == whole
    assert sum(later.read) == 11


@pytest.mark.parametrize("temperature", [0, -1.0])
def test_a_temperature_that_is_not_above_0_is_refused(temperature: float) -> None:
    with pytest.raises(RecipeError, match=f"temperature is {temperature}; expected a number"):
        sampled(tiny.translator(), tiny.corpus(), temperature)


def test_no_sample_at_all_is_refused() -> None:
    with pytest.raises(RecipeError, match="n is 0; expected 1 or more"):
        sampled(tiny.translator(), tiny.corpus(), n=0)
