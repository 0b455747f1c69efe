"""What a notebook shows of a thing at the end of a cell: a few lines, with what one asks first."""

from functools import cache

import pytest

import kdlab as kd
from kdlab.metrics import align
from kdlab.metrics.outputs import outputs
from tests import tiny

FEW = 12  # lines


@cache
def things() -> dict[str, object]:
    """One of each that holds much."""
    text, read = tiny.text(), kd.results("minitalks-core")
    run = kd.train(tiny.recipe(loss=kd.losses.LabelSmoothing(0.2)), tiny.corpus())
    said = outputs(tiny.translator(), text.tests["test"], 2)
    shipped = kd.load_corpus("minitalks", "tiny")
    return {
        "corpus": shipped, "text": shipped.text, "pairs": shipped.train, "test": shipped.test,
        "tokenizer": shipped.tokenizer, "grammar": shipped.grammar,
        "exact": shipped.exact_teacher(), "results": read, "system": read["seq_kd"], "run": run,
        "distilled": kd.distill.sequence_level(run, tiny.corpus(), 2),
        "translator": tiny.translator(), "outputs": said, "said": said.greedy,
        "encoded": tiny.encoded(text.train), "recipe": run.recipe,
        "aligned": align([s.split() for s in text.train.target], [["a"]] * 96),
    }  # fmt: skip


@pytest.mark.parametrize("name", [
    "corpus", "text", "pairs", "test", "tokenizer", "grammar", "exact", "results", "system", "run",
    "distilled", "translator", "outputs", "said", "encoded", "recipe", "aligned",
])  # fmt: skip
def test_it_is_a_few_lines(name: str) -> None:
    shown = repr(things()[name])
    assert len(shown.splitlines()) <= FEW and len(shown) < 1000, shown


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("corpus", ["Corpus minitalks tiny, gold targets", "train: 6,000 pairs", "test: 1,000"]),
        ("corpus", ["longest 50 and 75 characters", "Tokenizer: bpe, 1,000 and 1,000 pieces"]),
        ("distilled", ["Seq-KD beam 2 targets"]),
        ("results", ["Results of core on test: Does a small model", "seq_kd_word_kd", " runs, "]),
        ("system", ["System seq_kd: bleu_greedy 5", "params 89,992"]),
        ("run", ["'invented': loss LabelSmoothing(epsilon=0.2,", "gold targets, seed 1"]),
        ("run", ["Transformer, 3,040 parameters", "8 updates", "dev bleu"]),
        ("translator", ["Translator 'untrained 0': Transformer, 3,040 parameters"]),
        ("exact", ["Translator 'exact minitalks': ExactModel"]),
        ("outputs", ["beam 2  Said: 8 lines"]),
        ("encoded", ["Encoded: 96 pairs, longest"]),
    ],
)
def test_it_says_what_one_asks_first(name: str, said: list[str]) -> None:
    shown = repr(things()[name])
    assert [part for part in said if part not in shown] == [], shown


def test_a_run_names_its_key_and_its_teacher() -> None:
    teacher = things()["run"]
    recipe = tiny.recipe(loss=kd.losses.WordKD())
    student = kd.train(recipe, tiny.corpus(), teacher)
    assert student.key in repr(student) and "teacher 'invented'" in repr(student)


def test_a_corpus_says_that_other_sentences_are_other_sentences() -> None:
    pairs = tiny.text().train
    assert repr(pairs) != repr(pairs.with_target(pairs.target[::-1]))


def test_nothing_is_said_of_the_first_pair_where_there_is_none() -> None:
    assert repr(kd.corpora.Pairs("empty", (), ())).startswith("Pairs empty: 0 pairs, longest 0 and")
