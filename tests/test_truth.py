"""The truth gap by enumeration and by samples; search errors against all that is known."""

import math
from types import SimpleNamespace

import pytest
import tiny
import torch

from kdlab.corpora import Pairs
from kdlab.corpora.minitalks import load_grammar
from kdlab.corpora.minitalks.grammar import Translation
from kdlab.decoding import decode
from kdlab.errors import RecipeError, ShapeError
from kdlab.metrics import (
    best_known,
    sampled_truth_gap,
    scores,
    search_error_rate,
    truth_gap,
)
from kdlab.metrics.outputs import outputs
from kdlab.metrics.truth import TruthGap
from kdlab.models import ExactModel
from kdlab.tokenizer import Tokenizer, TokenizerConfig
from kdlab.translator import Translator

SOURCES = tiny.SOURCE_WORDS[:2]


class Truth:
    """The grammar of `tiny.TRANSLATIONS`."""

    def translations(self, source: str) -> list[Translation]:
        return [Translation(*each) for each in tiny.TRANSLATIONS[source]]

    def log_prob(self, target: str, source: str) -> float:
        p = dict(tiny.TRANSLATIONS[source]).get(target, 0)
        return math.log(p) if p else -math.inf

    def mode(self, source: str) -> str:
        return tiny.TRANSLATIONS[source][0][0]


PAIRS = Pairs(
    "two", SOURCES, ("dorma", "relu"), references=(("dorma", "relu"), ("misto", "relu")),
    grammar=Truth(),
)  # fmt: skip


def by_hand(translator: Translator, source: str) -> float:
    """KL(p* || p), one translation after another."""
    kl = 0.0
    for text, p in tiny.TRANSLATIONS[source]:
        data = translator.encode([source], [text])
        kl += p * (math.log(p) - tiny.teacher_forced(translator.model, data.source, data.target)[0])
    return kl


@pytest.mark.parametrize("config", [tiny.PLAIN_RNN, tiny.TRANSFORMER], ids=["rnn", "transformer"])
def test_the_gap_is_the_sum_over_all_translations(config) -> None:
    translator = tiny.translator(config)
    found = truth_gap(translator, PAIRS)
    assert found.each == pytest.approx([by_hand(translator, x) for x in SOURCES], abs=1e-4)
    assert found.mean == pytest.approx(sum(found.each) / 2)
    assert min(found.each) > 0


def test_the_exact_teacher_has_no_gap() -> None:
    exact = Translator(tiny.exact(), tiny.tokenizer(), "exact")
    assert truth_gap(exact, PAIRS).each == pytest.approx((0, 0), abs=1e-6)


def test_an_even_model_has_the_gap_that_its_lengths_tell() -> None:
    translator = tiny.translator()
    torch.nn.init.zeros_(translator.model.generator.weight)
    torch.nn.init.zeros_(translator.model.generator.bias)
    pieces = [len(ids) for ids in tiny.tokenizer().encode_target(["dorma", "dorma relu", "misto"])]
    nats = [math.log(24) * n for n in pieces]
    entropy = 1.5 * math.log(2)
    expected = 0.5 * nats[0] + 0.25 * nats[1] + 0.25 * nats[2] - entropy
    assert truth_gap(translator, PAIRS).each[0] == pytest.approx(expected, rel=1e-5)


def test_minitalks_own_teacher_has_no_gap_either() -> None:
    grammar = load_grammar()
    sources = tuple(grammar.running_example(name).thai for name in ("R1", "R2"))
    texts = [t for x in sources for t, _ in grammar.translations(x)]
    tokenizer = Tokenizer.train(sources, texts, TokenizerConfig("bpe", 45, 60))
    exact = Translator(ExactModel(grammar.translations, tokenizer), tokenizer, "exact")
    pairs = Pairs("two", sources, tuple(map(grammar.mode, sources)), grammar=grammar)
    assert truth_gap(exact, pairs).each == pytest.approx((0, 0), abs=1e-5)


def test_a_sample_of_the_sources_is_evenly_spaced() -> None:
    translator = tiny.translator()
    four = PAIRS.rows([0, 1, 0, 1])
    assert truth_gap(translator, four, sentences=2).each == pytest.approx(
        2 * [truth_gap(translator, PAIRS).each[0]], abs=1e-5
    )


def test_the_sampled_gap_is_the_mean_surprise_over_references() -> None:
    gold = ((-2.0, -3.0), (-1.0, -4.0))
    expected = ((math.log(0.5) + 2 + math.log(0.25) + 1) / 2, 3.5)
    assert sampled_truth_gap(gold, PAIRS).each == pytest.approx(expected)


def test_the_sampled_gap_is_the_exact_one_on_average() -> None:
    translator = tiny.translator()
    each = ["dorma", "dorma", "dorma relu", "misto"]  # as often as p* says
    pairs = Pairs("one", SOURCES[:1], ("dorma",), tuple((y,) for y in each), grammar=Truth())
    gold = outputs(translator, pairs, beam=2).gold
    assert sampled_truth_gap(gold, pairs).mean == pytest.approx(
        by_hand(translator, SOURCES[0]), abs=1e-4
    )


def test_a_reference_that_is_no_translation_is_refused() -> None:
    wrong = Pairs("noisy", SOURCES[:1], ("lapo",), grammar=Truth())
    with pytest.raises(RecipeError, match="reference 'lapo' of noisy has p"):
        sampled_truth_gap([[-1.0]], wrong)


def test_a_row_of_scores_has_the_sampled_gap_of_drawn_references_only() -> None:
    exact = Translator(tiny.exact(), tiny.tokenizer(), "exact")
    assert scores(exact, PAIRS, beam=2)["truth_gap"] == pytest.approx(0, abs=1e-6)
    undrawn = Pairs("two", SOURCES, ("dorma", "relu"), grammar=Truth())
    assert "truth_gap" not in scores(exact, undrawn, beam=2)


@pytest.mark.parametrize("measure", [truth_gap, sampled_truth_gap])
def test_a_gap_needs_a_grammar(measure) -> None:
    pairs = Pairs("mine", SOURCES, ("dorma", "relu"))
    first = tiny.translator() if measure is truth_gap else [[-1.0, -1.0]]
    with pytest.raises(RecipeError, match="mine has no grammar"):
        measure(first, pairs)


def test_the_error_of_a_mean_is_that_of_the_spread() -> None:
    assert TruthGap((1.0, 3.0)).standard_error == pytest.approx(1.0)
    assert math.isnan(TruthGap((1.0,)).standard_error)


# ------------------------------------------------------------------ search errors


def test_a_search_error_is_a_lower_probability_than_the_best_known() -> None:
    assert search_error_rate([-1.0, -2.0, None, -3.0], [-1.0, -1.5, -9.0, -4.0]) == 0.5


def test_rounding_is_no_search_error() -> None:
    assert search_error_rate([-1.0004], [-1.0]) == 0.0


def test_no_output_has_no_rate() -> None:
    assert math.isnan(search_error_rate([], []))


def test_outputs_of_another_test_are_refused() -> None:
    with pytest.raises(ShapeError, match="1 outputs but 2 best known"):
        search_error_rate([-1.0], [-1.0, -2.0])


def test_the_best_known_is_the_best_of_beams_references_and_found() -> None:
    translator, pairs = tiny.translator(seed=3), tiny.text().dev
    wide = [best[0].log_prob for best in decode(translator.model, tiny.encoded(pairs).source, 3)]
    found = [[0.0] + [None] * 7]
    best = best_known(translator, pairs, found, beam=3)
    assert best[0] == 0.0
    assert all(b >= w for b, w in zip(best, wide, strict=True))


def test_greedy_misses_what_a_reference_shows() -> None:
    exact = Translator(tiny.exact(), tiny.tokenizer(), "exact")
    pairs = Pairs("one", SOURCES[:1], ("misto",))
    missed = [[math.log(0.2)]]
    best = best_known(exact, pairs, missed, beam=1)
    assert best == pytest.approx((math.log(0.5),))
    assert search_error_rate(missed[0], best) == 1.0


def test_the_grammars_mode_is_among_the_known() -> None:
    translator = tiny.translator()
    grammar = SimpleNamespace(mode=lambda x: "dorma")
    with_mode, without = (
        best_known(translator, Pairs("one", SOURCES[:1], ("lapo relu",), grammar=g), beam=1)
        for g in (grammar, None)
    )
    data = translator.encode(SOURCES[:1], ["dorma"])
    mode = tiny.teacher_forced(translator.model, data.source, data.target)[0]
    assert with_mode[0] == pytest.approx(max(mode, without[0]), abs=1e-4)


def test_the_exact_teachers_beam_makes_no_error() -> None:
    exact = Translator(tiny.exact(), tiny.tokenizer(), "exact")
    said = outputs(exact, PAIRS, beam=3)
    best = best_known(exact, PAIRS, [said.greedy.log_probs, said.beam.log_probs], beam=4)
    assert search_error_rate(said.beam.log_probs, best) == 0.0
