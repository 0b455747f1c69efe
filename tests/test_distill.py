"""Distilled data: in corpus order, through interruptions, and never another teacher's."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import killed
import pytest
import tiny

from kdlab.corpora import Pairs
from kdlab.distill import (
    cache_top_k,
    choose,
    cross_fitted,
    decoded_training_set,
    interpolation,
    nbest_lists,
    sequence_level,
    without_fold,
)
from kdlab.errors import CheckpointError, RecipeError, StoreError
from kdlab.files import home
from kdlab.search import gnmt, per_token, raw_sum

LINES = tuple(f"line {i}" for i in range(10))


@dataclass
class Parrot:
    """A teacher that says what it is told, and notes what it was asked.

    answers: source -> its n-best texts     fails_at: the question at which it breaks off
    """

    answers: dict[str, tuple[str, ...]] = field(default_factory=dict)
    key: str = "parrot"
    fails_at: int = 99
    asked: list[str] = field(default_factory=list)

    def nbest(self, lines: Sequence[str], beam: int, rule: object) -> list[list]:
        if len(self.asked) + len(lines) > self.fails_at:
            raise KeyboardInterrupt
        self.asked += lines
        said = [self.answers.get(line, (f"{line}!", f"{line}?", line))[:beam] for line in lines]
        return [[(text, -1.0 * i) for i, text in enumerate(each)] for each in said]


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nbest_lists, "CHUNK", 3)


def first(lists: list) -> list[str]:
    return [best[0][0] for best in lists]


def test_outputs_come_in_the_order_of_the_corpus(tmp_path: Path) -> None:
    lists = decoded_training_set(Parrot(), LINES, 5, folder=tmp_path)
    assert first(lists) == [f"{line}!" for line in LINES]


def test_a_real_models_outputs_are_those_of_translating(tmp_path: Path) -> None:
    teacher, source = tiny.translator(), tiny.text().dev.source
    lists = decoded_training_set(teacher, source, 3, folder=tmp_path)
    assert first(lists) == teacher.translate(source, beam=3)


@pytest.mark.parametrize("keep", [1, 2, 3])
def test_as_many_are_kept_as_asked(tmp_path: Path, keep: int) -> None:
    lists = decoded_training_set(Parrot(), LINES, 3, keep=keep, folder=tmp_path)
    assert {len(best) for best in lists} == {keep}


def test_a_second_call_asks_nothing(tmp_path: Path) -> None:
    expected = decoded_training_set(Parrot(), LINES, 5, folder=tmp_path)
    again = Parrot()
    assert decoded_training_set(again, LINES, 5, folder=tmp_path) == expected
    assert again.asked == []


@pytest.mark.parametrize(
    "change",
    [
        {"teacher": Parrot(key="other")},
        {"source": LINES[:-1]},
        {"beam": 4},
        {"rule": per_token},
        {"keep": 2},
        {"rule": partial(gnmt, alpha=0.1)},
    ],
)
def test_another_teacher_corpus_or_search_decodes_anew(tmp_path: Path, change: dict) -> None:
    same = {"teacher": Parrot(), "source": LINES, "beam": 5, "rule": raw_sum, "keep": 1}
    decoded_training_set(**same, folder=tmp_path)
    other = {**same, "teacher": Parrot(), **change}
    decoded_training_set(**other, folder=tmp_path)
    assert other["teacher"].asked


def test_two_settings_of_one_rule_are_two_rules_and_each_is_found_again(tmp_path: Path) -> None:
    for alpha in (0.1, 0.9):
        decoded_training_set(Parrot(), LINES, 2, partial(gnmt, alpha=alpha), folder=tmp_path)
    again = Parrot()
    decoded_training_set(again, LINES, 2, partial(gnmt, alpha=0.9), folder=tmp_path)
    assert (len(list(tmp_path.glob("*.jsonl"))), again.asked) == (2, [])


def test_a_rule_without_a_name_is_refused(tmp_path: Path) -> None:
    for rule in (lambda p, n: p, max, Parrot()):
        with pytest.raises(RecipeError, match="rule is .*, which has no name"):
            decoded_training_set(Parrot(), LINES, 2, rule, folder=tmp_path)


def test_a_rule_of_ones_own_that_was_changed_is_another(tmp_path: Path) -> None:
    spaces = [{}, {}, {}]
    for space, divided_by in zip(spaces, ("n", "n", "n + 1"), strict=True):
        exec(f"def mine(p, n): return p / ({divided_by})", space)
    teachers = [Parrot(), Parrot(), Parrot()]
    for teacher, space in zip(teachers, spaces, strict=True):
        decoded_training_set(teacher, LINES, 5, space["mine"], folder=tmp_path)
    assert [teacher.asked == list(LINES) for teacher in teachers] == [True, False, True]


@pytest.mark.parametrize("fails_at", [0, 4, 9])
def test_an_interrupted_decoding_goes_on_where_it_was(tmp_path: Path, fails_at: int) -> None:
    broken, later = Parrot(fails_at=fails_at), Parrot()
    with pytest.raises(KeyboardInterrupt):
        decoded_training_set(broken, LINES, 5, folder=tmp_path)
    lists = decoded_training_set(later, LINES, 5, folder=tmp_path)
    assert broken.asked + later.asked == list(LINES)
    assert first(lists) == [f"{line}!" for line in LINES]


@pytest.mark.parametrize("torn", ['[["line 3', "[", "\u0e19".encode()[:2].decode("latin-1")])
def test_a_line_torn_by_a_kill_is_decoded_again(tmp_path: Path, torn: str) -> None:
    with pytest.raises(KeyboardInterrupt):
        decoded_training_set(Parrot(fails_at=3), LINES, 5, folder=tmp_path)
    (part,) = tmp_path.glob("*.part")
    with open(part, "ab") as file:
        file.write(torn.encode("latin-1"))
    later = Parrot()
    lists = decoded_training_set(later, LINES, 5, folder=tmp_path)
    assert later.asked == list(LINES[3:])
    assert first(lists) == [f"{line}!" for line in LINES]


def test_a_text_may_hold_any_line_separator(tmp_path: Path) -> None:
    strange = "a\u2028b\u0085c\x0bd\ne\r\n"
    for _ in range(2):  # decoded, then read
        lists = decoded_training_set(Parrot({"x": (strange,)}), ("x", "y"), 1, folder=tmp_path)
        assert first(lists) == [strange, "y!"]


def test_a_decoding_killed_on_its_way_ends_as_the_uninterrupted_one(tmp_path: Path) -> None:
    killed.kill_nine(tmp_path / "killed", "decode", "nbest")
    (part,) = (tmp_path / "killed" / "d").glob("*.part")
    assert len(part.read_text(encoding="utf-8").splitlines()) == killed.CHUNK
    assert killed.decode(tmp_path / "killed") == killed.decode(tmp_path / "whole")


def test_the_part_under_way_is_gone_at_the_end(tmp_path: Path) -> None:
    decoded_training_set(Parrot(), LINES, 5, folder=tmp_path)
    assert {path.suffix for path in tmp_path.iterdir()} == {".jsonl", ".lock"}


def test_lists_are_kept_in_the_store_by_default(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("KDLAB_HOME", str(tmp_path))
    decoded_training_set(Parrot(), LINES, 5)
    assert list((home() / "decoded").glob("*.jsonl"))


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match=r"file/x/\w+.lock cannot be made"):
        decoded_training_set(Parrot(), LINES, 5, folder=tmp_path / "file" / "x")


@pytest.mark.usefixtures("capsys")  # the progress bar goes to no file
def test_a_full_disk_is_told_and_loses_no_whole_line(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"\.part could not be written"), tiny.full_disk(100):
        decoded_training_set(Parrot(), LINES, 5, folder=tmp_path)
    later = Parrot()
    assert first(decoded_training_set(later, LINES, 5, folder=tmp_path)) == [
        f"{line}!" for line in LINES
    ]
    assert 0 < len(later.asked) < len(LINES)


def corpus(*pairs: tuple[str, str]) -> tiny.Corpus:
    """The invented corpus with another training set."""
    source, target = zip(*pairs, strict=True)
    return tiny.corpus().with_train(Pairs("train", source, target), "gold")


def test_sequence_level_puts_the_teachers_best_in_place_of_gold(tmp_path: Path) -> None:
    gold = corpus(("x", "gold x"), ("y", "gold y"))
    teacher = Parrot({"y": ("best y", "second y")})
    distilled = sequence_level(teacher, gold, beam=2, folder=tmp_path)
    assert list(distilled.train) == [("x", "x!"), ("y", "best y")]
    assert distilled.teacher is teacher
    assert distilled.targets == "Seq-KD beam 2"


def test_distilling_leaves_dev_tests_and_pieces_alone(tmp_path: Path) -> None:
    gold = corpus(("x", "gold x"))
    distilled = sequence_level(Parrot(), gold, folder=tmp_path)
    assert (distilled.dev, distilled.tests) == (gold.dev, gold.tests)
    assert distilled.tokenizer is gold.tokenizer
    assert distilled.fingerprint != gold.fingerprint


@pytest.mark.parametrize("nothing", [(), ("",), (" ",)])
def test_a_source_about_which_the_teacher_is_silent_is_left_out(
    tmp_path: Path, nothing: tuple
) -> None:
    gold = corpus(("x", "gold x"), ("y", "gold y"), ("z", "gold z"))
    distilled = sequence_level(Parrot({"y": nothing}), gold, folder=tmp_path)
    assert list(distilled.train) == [("x", "x!"), ("z", "z!")]


def test_interpolation_takes_what_is_most_like_the_reference(tmp_path: Path) -> None:
    gold = corpus(("x", "the cat sat on the mat"))
    teacher = Parrot({"x": ("a dog ran off", "the cat sat on a mat", "the mat")})
    found = interpolation(teacher, gold, beam=3, folder=tmp_path)
    assert list(found.train) == [("x", "the cat sat on a mat")]
    assert found.targets == "Seq-Inter beam 3"


@pytest.mark.parametrize("nothing", [(), ("", " ")])
def test_interpolation_keeps_the_reference_where_the_teacher_is_silent(
    tmp_path: Path, nothing: tuple
) -> None:
    gold = corpus(("x", "gold x"), ("y", "gold y"))
    found = interpolation(Parrot({"y": nothing}), gold, beam=1, folder=tmp_path)
    assert list(found.train) == [("x", "x!"), ("y", "gold y")]


def test_of_equally_good_hypotheses_the_likelier_is_chosen() -> None:
    assert choose(["nothing right", "nothing here"], "the cat sat") == 0
    assert choose(["the mat", "the cat sat on mat", "x"], "the cat sat on the mat") == 1


def test_a_stored_cache_is_read_back(tmp_path: Path) -> None:
    teacher, data = tiny.translator(), tiny.encoded(tiny.text().dev)
    first, again = (cache_top_k(teacher, data, 3, path=tmp_path / "q") for _ in range(2))
    assert first.pieces.equal(again.pieces)
    assert first.log_q.equal(again.log_q)


@pytest.mark.parametrize("change", ["teacher", "data", "k"])
def test_a_stored_cache_of_something_else_is_refused(tmp_path: Path, change: str) -> None:
    teacher, data, k = tiny.translator(), tiny.encoded(tiny.text().dev), 3
    cache_top_k(teacher, data, k, path=tmp_path / "q")
    other = {
        "teacher": (tiny.translator(seed=1), data, k),
        "data": (teacher, tiny.encoded(tiny.text().train), k),
        "k": (teacher, data, 4),
    }[change]
    with pytest.raises(CheckpointError, match=f"q was made of {{'k': 3, .* expected .*'{change}'"):
        cache_top_k(*other, path=tmp_path / "q")


@pytest.mark.parametrize("k", [0, 24])
def test_a_cache_of_no_or_all_pieces_is_refused(k: int) -> None:
    with pytest.raises(RecipeError, match=f"k is {k}; expected 1 to 23"):
        cache_top_k(tiny.translator(), tiny.encoded(tiny.text().dev), k)


def test_the_stored_lists_can_be_read_by_anyone(tmp_path: Path) -> None:
    decoded_training_set(Parrot({"น้ำ": ("water",)}), ("น้ำ",), 1, folder=tmp_path)
    (path,) = tmp_path.glob("*.jsonl")
    assert json.loads(path.read_text(encoding="utf-8")) == [["water", 0.0]]


FOLDED = (("a", "1"), ("b", "2"), ("a", "3"), ("c", "4"), ("d", "5"))


def test_the_folds_are_the_training_set_and_share_no_source() -> None:
    left_out = [set(FOLDED) - set(without_fold(corpus(*FOLDED), f, 2).train) for f in range(2)]
    assert left_out == [{("a", "1"), ("a", "3"), ("c", "4")}, {("b", "2"), ("d", "5")}]


def test_each_source_is_translated_by_the_teacher_that_never_saw_it(tmp_path: Path) -> None:
    teachers = [
        Parrot({x: (f"{x} by {name}",) for x in "abcd"}, key=name) for name in ("first", "second")
    ]
    distilled = cross_fitted(teachers, corpus(*FOLDED), folder=tmp_path)
    assert distilled.train.source == ("a", "b", "a", "c", "d")
    assert distilled.train.target == (
        "a by first", "b by second", "a by first", "c by first", "d by second",
    )  # fmt: skip


@pytest.mark.parametrize(("fold", "folds"), [(2, 2), (-1, 2), (0, 1)])
def test_a_fold_that_is_not_there_is_refused(fold: int, folds: int) -> None:
    with pytest.raises(RecipeError, match=f"fold is {fold} of {folds}"):
        without_fold(corpus(*FOLDED), fold, folds)


def test_cross_fitting_needs_two_teachers() -> None:
    with pytest.raises(RecipeError, match="There are 1 teachers"):
        cross_fitted([Parrot()], corpus(*FOLDED))
