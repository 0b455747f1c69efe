"""The other direction: the same pieces, the right sides, and nothing that is held out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
import tiny

from kdlab.corpora import Pairs
from kdlab.corpora.minitalks import load_grammar
from kdlab.distill import (
    back_translated,
    forward_translated,
    reversed_corpus,
    reversed_tokenizer,
    round_trip,
)
from kdlab.errors import CorpusError, RecipeError
from kdlab.experiments.train import train
from kdlab.tokenizer import Tokenizer, TokenizerConfig

GOLD = tiny.corpus()
SPLITS = (GOLD.train, GOLD.dev, GOLD.test)


@dataclass
class Maps:
    """A model that is a function of the line, and notes what it was asked."""

    says: Callable[[str], str]
    key: str
    tokenizer: Tokenizer = field(default_factory=tiny.tokenizer)
    name: str = "map"
    asked: list[str] = field(default_factory=list)

    def nbest(self, lines: Sequence[str], beam: int, rule: object) -> list[list]:
        self.asked += lines
        return [[(self.says(line), 0.0)] for line in lines]


def teacher(says: Callable[[str], str] = "said {}".format) -> Maps:
    return Maps(says, "teacher")


def reverse(says: Callable[[str], str] = "made of {}".format) -> Maps:
    return Maps(says, "reverse", reversed_tokenizer(tiny.tokenizer()))


def corpus(*pairs: tuple[str, str]) -> tiny.Corpus:
    source, target = zip(*pairs, strict=True)
    return GOLD.with_train(Pairs("train", source, target), "gold")


def test_every_split_is_turned() -> None:
    turned = reversed_corpus(GOLD.with_train(GOLD.train, "gold", tiny.translator()))
    for before, after in zip(SPLITS, (turned.train, turned.dev, turned.test), strict=True):
        assert (after.source, after.target) == (before.target, before.source)
    assert (turned.targets, turned.teacher) == ("gold, reversed", None)


def test_a_turned_corpus_keeps_the_rows_of_its_noise_but_not_the_grammar() -> None:
    pairs = replace(GOLD.train, noisy=(3,), grammar=load_grammar())
    text = replace(GOLD.text, train=pairs, grammar=pairs.grammar)
    turned = reversed_corpus(replace(GOLD, text=text))
    assert turned.train.noisy == (3,)
    assert (turned.grammar, turned.train.grammar) == (None, None)


def test_turned_pieces_are_the_same_pieces() -> None:
    pieces, turned = tiny.tokenizer(), reversed_tokenizer(tiny.tokenizer())
    thai, english = GOLD.dev.source, GOLD.dev.target
    assert turned.encode_source(english) == pieces.encode_target(english)
    assert turned.encode_target(thai) == pieces.encode_source(thai)
    assert [turned.decode(ids) for ids in turned.encode_target(thai)] == list(thai)


def test_turning_twice_changes_nothing() -> None:
    again = reversed_corpus(reversed_corpus(GOLD))
    assert again.fingerprint == GOLD.fingerprint
    assert again.tokenizer.config == GOLD.tokenizer.config


@pytest.mark.parametrize("joint", [False, True])
def test_turned_sizes_are_those_of_the_pieces(joint: bool) -> None:
    config = TokenizerConfig("unigram", 48 if joint else 26, 22, joint=joint)
    turned = reversed_tokenizer(Tokenizer.train(GOLD.train.source, GOLD.train.target, config))
    assert turned.config.source_size == turned.source_size == (48 if joint else 22)
    assert turned.target_size == (48 if joint else 26)


def test_a_reverse_model_is_trained_with_the_same_tools_under_a_key_of_its_own() -> None:
    forward, back = (train(tiny.recipe(), c) for c in (GOLD, reversed_corpus(GOLD)))
    assert forward.key != back.key
    assert back.tokenizer.fingerprint == reversed_tokenizer(tiny.tokenizer()).fingerprint
    found = back_translated(back, GOLD)
    assert set(found.train.target) <= set(GOLD.train.target)


def test_back_translation_puts_a_synthetic_source_before_each_reference(tmp_path: Path) -> None:
    found = back_translated(reverse(), corpus(("a", "1"), ("b", "2")), folder=tmp_path)
    assert list(found.train) == [("made of 1", "1"), ("made of 2", "2")]
    assert (found.targets, found.teacher) == ("2 back-translated beam 5", None)


def test_back_translation_takes_other_text_but_none_that_is_held_out(tmp_path: Path) -> None:
    dev = replace(GOLD.dev, references=(GOLD.dev.target, ("seen",) * len(GOLD.dev)))
    gold = replace(GOLD, text=replace(GOLD.text, dev=dev))
    text = ["new", GOLD.dev.target[0], "seen", GOLD.test.target[-1], f"{GOLD.dev.target[1]} "]
    found = back_translated(reverse(), gold, text, folder=tmp_path)
    assert list(found.train) == [("made of new", "new")]


def test_text_of_which_nothing_is_new_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="All 8 lines of text are targets of dev or a test"):
        back_translated(reverse(), GOLD, GOLD.dev.target, folder=tmp_path)


@pytest.mark.parametrize("held_out", [GOLD.dev.source[2], GOLD.test.source[0], "", " "])
def test_a_synthetic_source_that_is_held_out_or_empty_is_left_out(
    tmp_path: Path, held_out: str
) -> None:
    gold = corpus(("a", "1"), ("b", "2"))
    model = reverse({"1": held_out, "2": "new"}.get)
    assert list(back_translated(model, gold, folder=tmp_path).train) == [("new", "2")]


def test_a_running_example_is_held_out_too(tmp_path: Path) -> None:
    grammar = load_grammar()
    gold = replace(GOLD, text=replace(GOLD.text, grammar=grammar))
    thai = [grammar.running_example(name).thai for name in ("R1", "M4")]
    found = forward_translated(teacher(), gold, [*thai, "new"], folder=tmp_path)
    assert found.train.source == ("new",)
    assert found.train.grammar is grammar


def test_a_reverse_model_that_says_nothing_new_is_told(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="None of 96 lines could be back-translated beam 5"):
        back_translated(reverse(lambda line: GOLD.dev.source[0]), GOLD, folder=tmp_path)


@pytest.mark.parametrize("make", [back_translated, lambda r, c: round_trip(teacher(), r, c)])
def test_a_forward_model_is_refused_as_the_reverse_one(make: Callable) -> None:
    with pytest.raises(RecipeError, match="reverse 'map' reads the corpus's source side"):
        make(teacher(), GOLD)


def test_joint_pieces_serve_both_directions(tmp_path: Path) -> None:
    config = TokenizerConfig("unigram", 40, joint=True)
    pieces = Tokenizer.train(GOLD.train.source, GOLD.train.target, config)
    gold = replace(GOLD, tokenizer=pieces)
    model = Maps("made of {}".format, "joint", pieces)
    assert len(back_translated(model, gold, folder=tmp_path).train) == len(GOLD.train)


def test_forward_translation_gives_each_new_source_the_teachers_target(tmp_path: Path) -> None:
    model = teacher()
    found = forward_translated(model, GOLD, ["c", GOLD.dev.source[0], "d"], folder=tmp_path)
    assert list(found.train) == [("c", "said c"), ("d", "said d")]
    assert (found.targets, found.teacher) == ("2 forward-translated beam 5", model)
    assert (found.dev, found.tests) == (GOLD.dev, GOLD.tests)


def test_no_extra_text_gives_no_extra_pairs(tmp_path: Path) -> None:
    found = forward_translated(teacher(), GOLD, (), folder=tmp_path)
    assert (len(found.train), found.targets) == (0, "0 forward-translated beam 5")


def test_a_round_trip_keeps_nothing_of_the_text(tmp_path: Path) -> None:
    model = teacher()
    found = round_trip(model, reverse(), GOLD, ["1", "2"], folder=tmp_path)
    assert list(found.train) == [
        ("made of 1", "said made of 1"), ("made of 2", "said made of 2"),
    ]  # fmt: skip
    assert (found.targets, found.teacher) == ("2 round-trip beam 5", model)


def test_outputs_are_stored_and_found_again(tmp_path: Path) -> None:
    first = round_trip(teacher(), reverse(), GOLD, folder=tmp_path)
    forward, back = teacher(), reverse()
    assert round_trip(forward, back, GOLD, folder=tmp_path).train == first.train
    assert forward.asked == back.asked == []
