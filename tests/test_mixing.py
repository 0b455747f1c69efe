"""Mixed training sets: every pair of every part, and never another corpus's held-out text."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import tiny

from kdlab.corpora import Pairs
from kdlab.distill import (
    base_and_kd,
    base_and_n_best,
    base_kd_and_bt,
    mixed,
    n_best,
    repeated,
    reversed_tokenizer,
)
from kdlab.errors import CorpusError, RecipeError


@dataclass(frozen=True)
class Says:
    """A teacher with a list of answers for any line, "{}" being the line."""

    answers: tuple[str, ...]
    key: str = "says"
    name: str = "says"
    tokenizer: object = None

    def nbest(self, lines: Sequence[str], beam: int, rule: object) -> list[list]:
        said = [[text.format(line) for text in self.answers[:beam]] for line in lines]
        return [[(text, -1.0 * rank) for rank, text in enumerate(each)] for each in said]


BASE = (("a", "1"), ("b", "2"))


def corpus(*pairs: tuple[str, str], noisy: tuple[int, ...] = ()) -> tiny.Corpus:
    source, target = zip(*pairs, strict=True)
    return tiny.corpus().with_train(Pairs("train", source, target, noisy=noisy), "gold")


def test_a_mixture_is_its_parts_one_after_the_other() -> None:
    found = mixed(corpus(*BASE), corpus(("c", "3")), corpus(("a", "4")))
    assert list(found.train) == [("a", "1"), ("b", "2"), ("c", "3"), ("a", "4")]


def test_a_mixture_keeps_dev_tests_and_pieces_and_says_what_it_is() -> None:
    gold = corpus(*BASE)
    found = mixed(gold, gold.with_train(corpus(("c", "3")).train, "made up"))
    assert (found.dev, found.tests) == (gold.dev, gold.tests)
    assert found.tokenizer is gold.tokenizer
    assert found.targets == "gold + made up"


def test_known_noise_keeps_its_place() -> None:
    found = mixed(corpus(*BASE, noisy=(1,)), corpus(("c", "3"), ("d", "4"), noisy=(0,)))
    assert [found.train.target[row] for row in found.train.noisy] == ["2", "3"]


@pytest.mark.parametrize(("keys", "kept"), [(("x", "x"), "x"), (("x", "y"), None)])
def test_the_teacher_stays_if_there_is_only_one(keys: tuple[str, str], kept: str | None) -> None:
    gold = corpus(*BASE)
    parts = [gold.with_train(gold.train, "said", Says(("{}",), key)) for key in keys]
    teacher = mixed(gold, *parts).teacher
    assert (teacher and teacher.key) == kept


@pytest.mark.parametrize("held_out", [{"dev": tiny.text().dev.head(4)}, {"tests": {}}])
def test_parts_that_hold_out_other_text_are_refused(held_out: dict) -> None:
    gold = tiny.corpus()
    other = replace(gold, text=replace(gold.text, **held_out), targets="theirs")
    with pytest.raises(CorpusError, match="'theirs' holds out other dev or test text than 'gold'"):
        mixed(gold, other)


def test_base_and_base_has_each_pair_twice_and_no_other() -> None:
    found = repeated(corpus(*BASE))
    assert Counter(found.train) == {pair: 2 for pair in BASE}
    assert found.targets == "gold + gold"


def test_no_copy_at_all_is_refused() -> None:
    with pytest.raises(RecipeError, match="times is 0; expected 1 or more"):
        repeated(corpus(*BASE), 0)


def test_base_and_kd_has_each_source_with_the_reference_and_with_the_teachers(
    tmp_path: Path,
) -> None:
    teacher = Says(("best {}", "second {}"))
    found = base_and_kd(teacher, corpus(*BASE), folder=tmp_path)
    assert list(found.train) == [*BASE, ("a", "best a"), ("b", "best b")]
    assert (found.targets, found.teacher) == ("gold + Seq-KD beam 5", teacher)


def test_the_n_best_come_rank_by_rank(tmp_path: Path) -> None:
    found = n_best(Says(("1st {}", "2nd {}", "3rd {}")), corpus(*BASE), 2, folder=tmp_path)
    assert list(found.train) == [("a", "1st a"), ("b", "1st b"), ("a", "2nd a"), ("b", "2nd b")]
    assert found.targets == "best 2 of beam 5"


@pytest.mark.parametrize("same", [("x", "x", "y"), ("x", "", "y"), ("x", " ", "x", "y")])
def test_hypotheses_that_read_the_same_or_are_empty_do_not_count(
    tmp_path: Path, same: tuple[str, ...]
) -> None:
    assert n_best(Says(same), corpus(("a", "1")), 2, folder=tmp_path).train.target == ("x", "y")


def test_a_source_with_fewer_hypotheses_gives_those_it_has(tmp_path: Path) -> None:
    assert n_best(Says(("x",)), corpus(("a", "1")), 2, folder=tmp_path).train.target == ("x",)


def test_one_decoding_serves_every_n(tmp_path: Path) -> None:
    for n in (1, 2, 3):
        n_best(Says(("x", "y", "z")), corpus(*BASE), n, folder=tmp_path)
    assert len(list(tmp_path.glob("*.jsonl"))) == 1


@pytest.mark.parametrize("n", [0, 6])
def test_more_hypotheses_than_the_beam_has_are_refused(n: int) -> None:
    with pytest.raises(RecipeError, match=f"n is {n}; expected 1 to beam = 5"):
        n_best(Says(("x",)), corpus(*BASE), n)


def test_a_silent_teacher_is_told(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="'says' says nothing for any of 2 sources"):
        n_best(Says((" ",)), corpus(*BASE), folder=tmp_path)


def test_base_and_best_2_has_each_source_three_times(tmp_path: Path) -> None:
    found = base_and_n_best(Says(("x", "y", "z")), corpus(*BASE), folder=tmp_path)
    assert Counter(found.train.source) == {"a": 3, "b": 3}
    assert set(found.train.target) == {"1", "2", "x", "y"}


def test_base_kd_and_bt_adds_the_reference_under_a_synthetic_source(tmp_path: Path) -> None:
    gold, teacher = corpus(*BASE), Says(("said {}",))
    reverse = Says(("made of {}",), "reverse", tokenizer=reversed_tokenizer(tiny.tokenizer()))
    found = base_kd_and_bt(teacher, reverse, gold, folder=tmp_path)
    assert list(found.train)[2:] == [
        ("a", "said a"), ("b", "said b"), ("made of 1", "1"), ("made of 2", "2"),
    ]  # fmt: skip
    assert found.targets == "gold + Seq-KD beam 5 + 2 back-translated beam 5"
    assert found.teacher is teacher
