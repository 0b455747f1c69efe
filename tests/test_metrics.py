"""Measures: equal to sacreBLEU's, to sums done by hand, and to the grammar's truth."""

import math
from dataclasses import replace
from types import SimpleNamespace

import pytest
import sacrebleu
import tiny
import torch
from torch import Tensor

from kdlab.corpora import Pairs
from kdlab.corpora.minitalks import load_grammar
from kdlab.errors import RecipeError, ShapeError
from kdlab.metrics import (
    attention_chance,
    attention_share,
    bleu,
    chrf,
    log_probs,
    mode_hit,
    mode_mass,
    perplexity,
    scores,
    sentence_bleu,
    signatures,
    source_worth,
    top1_agreement,
    valid_rate,
)
from kdlab.metrics.agreement import agreement_on
from kdlab.metrics.alignment import last_pieces, piece_spans
from kdlab.metrics.scores import dev_scores
from kdlab.models.protocol import Trace
from kdlab.translator import Translator

SAID = ["the cat sat on a mat .", "we will try it tomorrow", "no"]
GOLD = ["the cat sat on the mat .", "we try it tomorrow , they say", "yes , of course"]
OTHER = ["a cat was sitting on the mat .", "we will try it tomorrow", "no way"]


def test_bleu_is_sacrebleus() -> None:
    assert bleu(SAID, [GOLD]) == pytest.approx(sacrebleu.corpus_bleu(SAID, [GOLD]).score, abs=1e-5)


def test_chrf_is_sacrebleus() -> None:
    assert chrf(SAID, [GOLD]) == pytest.approx(sacrebleu.corpus_chrf(SAID, [GOLD]).score, abs=1e-5)


@pytest.mark.parametrize("metric", [bleu, chrf])
def test_several_references_are_scored_one_at_a_time_and_averaged(metric) -> None:
    each = metric(SAID, [GOLD]), metric(SAID, [OTHER])
    assert metric(SAID, [GOLD, OTHER]) == pytest.approx(sum(each) / 2, abs=1e-5)


@pytest.mark.parametrize(
    ("hypothesis", "score"),
    [("the cat sat on mat", 57.8930), ("a cat is on the mat", 32.4668), ("the mat", 13.5335)],
)
def test_sentence_bleu_is_the_references(hypothesis: str, score: float) -> None:
    assert sentence_bleu(hypothesis, "the cat sat on the mat") == pytest.approx(score, abs=1e-4)


@pytest.mark.parametrize("said", ["", "☂"])
def test_saying_nothing_right_scores_zero(said: str) -> None:
    assert bleu([said], [["the cat sat on the mat"]]) == 0.0
    assert sentence_bleu(said, "the cat sat on the mat") == 0.0


def test_signatures_name_version_and_settings() -> None:
    found = signatures()
    assert f"version:{sacrebleu.__version__}" in found["bleu"]
    assert "tok:13a" in found["bleu"]
    assert "nc:6" in found["chrf"]


@pytest.mark.parametrize("metric", [bleu, chrf])
def test_another_number_of_references_is_refused_with_both_counts(metric) -> None:
    with pytest.raises(ShapeError, match="There are 3 hypotheses but 2 references"):
        metric(SAID, [GOLD, GOLD[:2]])


def test_mode_mass_is_a_mean_of_probabilities() -> None:
    assert mode_mass([math.log(0.9), math.log(0.1)]) == pytest.approx(0.5)
    assert math.isnan(mode_mass([]))


def test_the_mode_mass_of_the_grammar_is_its_modes_probability() -> None:
    exact = Translator(tiny.exact(), tiny.tokenizer(), "exact")
    ((_, log_p),), ((_, sure),) = exact.nbest(tiny.SOURCE_WORDS[:2], beam=1)
    assert mode_mass([log_p, sure]) == pytest.approx((0.5 + 1.0) / 2)


@pytest.mark.parametrize("batch_tokens", [1, 4000])
def test_a_perplexity_is_that_of_sentences_one_by_one(batch_tokens: int) -> None:
    network, data = tiny.translator().model, tiny.encoded(tiny.text().dev)
    each = [
        tiny.teacher_forced(network, [x], [y])[0]
        for x, y in zip(data.source, data.target, strict=True)
    ]
    assert log_probs(network, data, batch_tokens).tolist() == pytest.approx(each, abs=1e-4)
    pieces = sum(map(len, data.target))
    assert perplexity(network, data) == pytest.approx(math.exp(-sum(each) / pieces), rel=1e-5)


def test_an_even_model_has_the_vocabularys_perplexity() -> None:
    network = tiny.translator().model
    torch.nn.init.zeros_(network.generator.weight)
    torch.nn.init.zeros_(network.generator.bias)
    assert perplexity(network, tiny.encoded(tiny.text().dev)) == pytest.approx(24, rel=1e-5)


def test_a_perplexity_beyond_all_numbers_is_finite() -> None:
    class Certain(torch.nn.Module):
        """Sure of padding: every gold piece has probability 0."""

        def forward(self, source: Tensor, mask: Tensor, prefix: Tensor) -> Tensor:
            return torch.full((*prefix.shape, 24), float("-inf")).index_fill(
                -1, torch.tensor([0]), 0.0
            )

    assert math.isfinite(perplexity(Certain(), tiny.encoded(tiny.text().dev)))


def test_perplexity_is_measured_without_dropout_and_leaves_the_mode() -> None:
    network, data = tiny.translator(tiny.FED_RNN).model, tiny.encoded(tiny.text().dev)
    expected = perplexity(network, data)
    network.train()
    assert perplexity(network, data) == expected
    assert network.training


def says(*pieces: int) -> Tensor:
    """Logits [1, T, 5] whose top-1 are these."""
    return torch.nn.functional.one_hot(torch.tensor([pieces]), 5).float()


def test_agreement_counts_real_pieces_only() -> None:
    student, teacher = says(1, 2, 3, 4, 0), says(1, 2, 4, 4, 0)
    target, mask = torch.tensor([[1, 3, 3, 3, 0]]), torch.tensor([[True] * 4 + [False]])
    found = top1_agreement(student, teacher, target, mask)
    assert (found.overall, found.disagree, found.teacher_is_gold) == (3 / 4, 2 / 3, 1 / 4)


def test_agreement_where_the_teacher_is_always_right_has_no_share_of_disagreements() -> None:
    found = top1_agreement(says(1), says(2), torch.tensor([[2]]), torch.tensor([[True]]))
    assert (found.overall, found.teacher_is_gold) == (0.0, 1.0)
    assert math.isnan(found.disagree)


def test_no_real_piece_has_no_agreement() -> None:
    found = top1_agreement(says(1), says(1), torch.tensor([[2]]), torch.tensor([[False]]))
    assert math.isnan(found.overall)


def test_agreement_of_other_vocabularies_is_refused() -> None:
    with pytest.raises(ShapeError, match=r"\[1, 1, 4\]; expected \[1, 1, 5\]"):
        top1_agreement(says(1), torch.zeros(1, 1, 4), torch.zeros(1, 1), torch.ones(1, 1))


def test_agreement_on_a_data_set_does_not_depend_on_batches() -> None:
    student, teacher = tiny.translator(seed=0).model, tiny.translator(seed=1).model
    data = tiny.encoded(tiny.text().dev)
    assert agreement_on(student, teacher, data, 1) == agreement_on(student, teacher, data)


def test_a_model_in_training_agrees_with_itself_all_the_same() -> None:
    network = tiny.translator(tiny.FED_RNN).model.train()
    assert agreement_on(network, network, tiny.encoded(tiny.text().dev)).overall == 1.0


def test_valid_outputs_and_modes_are_the_grammars() -> None:
    grammar = load_grammar()
    source = grammar.running_example("R1").thai
    mode, other = grammar.translations(source)[0].text, grammar.translations(source)[-1].text
    said, sources = [mode, other, "a cat is a mat"], [source] * 3
    assert valid_rate(said, sources, grammar) == pytest.approx(2 / 3)
    assert mode_hit(said, sources, grammar) == pytest.approx(1 / 3)


@pytest.mark.parametrize("measure", [valid_rate, mode_hit])
def test_what_needs_a_grammar_is_refused_without_one(measure) -> None:
    with pytest.raises(RecipeError, match="grammar is None"):
        measure(SAID, GOLD, None)


def test_pieces_cover_the_characters_of_their_text() -> None:
    line = "".join(tiny.SOURCE_WORDS[:3])
    pieces = tiny.tokenizer().source_pieces(line)
    covered = "".join(line[start:end] for start, end in piece_spans(pieces))
    assert covered == line
    assert piece_spans([]) == []


def test_a_source_that_begins_with_a_lone_mark_is_covered_too() -> None:
    assert piece_spans(["▁", "ดอ", "มา"]) == [(0, 0), (0, 2), (2, 4)]


def test_each_word_has_its_last_piece() -> None:
    assert last_pieces(["▁dor", "ma", "▁relu"]) == [1, 2]
    assert last_pieces([]) == []


class Peeking(torch.nn.Module):
    """Attention that, for target word w, peaks on the piece named in `at[w]`."""

    def __init__(self, at: list[int]) -> None:
        super().__init__()
        self.at = at

    def trace(self, source: Tensor, mask: Tensor, prefix: Tensor) -> Trace:
        words = last_pieces(tiny.tokenizer().target_pieces("dorma relu"))
        attention = torch.zeros(1, prefix.size(1), source.size(1))
        for word, at in zip(words, self.at, strict=True):
            attention[0, word, at] = 1.0
        return Trace(torch.zeros(1), attention)


@pytest.mark.parametrize(("aside", "share"), [(None, 1.0), (1, 0.5), (0, 0.5)])
def test_attention_share_counts_peaks_on_the_words_own_pieces(
    aside: int | None, share: float
) -> None:
    line = tiny.SOURCE_WORDS[0] + tiny.SOURCE_WORDS[1]
    cut = len(tiny.SOURCE_WORDS[0])
    spans = ((0, (0, cut)), (1, (cut, len(line))))
    pairs = Pairs(
        "one", (line,), ("dorma relu",), grammar=SimpleNamespace(alignment=lambda x, y: spans)
    )
    covering = piece_spans(tiny.tokenizer().source_pieces(line))
    at = [next(i for i, s in enumerate(covering) if s[0] < b and a < s[1]) for _, (a, b) in spans]
    if aside is not None:
        at[aside] = len(covering)  # eos
    peeking = Translator(Peeking(at), tiny.tokenizer(), "peeking")
    assert attention_share(peeking, pairs) == share


def test_chance_counts_every_piece_of_a_word_among_all_places() -> None:
    line = tiny.SOURCE_WORDS[0] + tiny.SOURCE_WORDS[1]
    pieces = piece_spans(tiny.tokenizer().source_pieces(line))
    spans = ((0, pieces[-1]), (1, (0, len(line))))
    grammar = SimpleNamespace(alignment=lambda x, y: spans)
    pairs = Pairs("one", (line,), ("dorma relu",), grammar=grammar)
    own = sum(start < end for start, end in pieces)  # a mark U+2581 may stand alone
    assert own > 1
    chance = attention_chance(tiny.tokenizer(), pairs)
    assert chance == pytest.approx((1 + own) / 2 / (len(pieces) + 1))
    assert math.isnan(attention_chance(tiny.tokenizer(), pairs.rows([])))


def test_a_model_without_attention_has_no_share() -> None:
    exact = Translator(tiny.exact(), tiny.tokenizer(), "exact")
    pairs = Pairs("one", (tiny.SOURCE_WORDS[0],), ("dorma",), grammar=SimpleNamespace())
    assert math.isnan(attention_share(exact, pairs))


class Deaf(torch.nn.Module):
    """Says the same of every source, as a model does whose attention never formed."""

    def __init__(self, inner: torch.nn.Module) -> None:
        super().__init__()
        self.inner, self.target_size = inner, inner.target_size

    def forward(self, source: Tensor, mask: Tensor, prefix: Tensor) -> Tensor:
        return self.inner(torch.ones_like(source), mask.new_ones(mask.shape), prefix)


def test_a_source_is_worth_nothing_to_a_model_that_does_not_read_it() -> None:
    line, other = ("".join(tiny.SOURCE_WORDS[i] for i in two) for two in ((0, 1), (2, 3)))
    pairs = Pairs("two", (line, other), ("dorma relu", "misto faki"))
    training = tiny.session(settings=replace(tiny.SETTINGS, updates=60))
    list(training.records())
    learned = Translator(training.model.eval(), tiny.tokenizer(), "learned")
    deaf = Translator(Deaf(learned.model), learned.tokenizer, "deaf")
    assert source_worth(deaf, pairs) == pytest.approx(0, abs=1e-5)
    assert source_worth(learned, pairs) > 0
    assert math.isnan(source_worth(learned, pairs.spread(1)))


def test_a_row_of_scores_has_every_measure_by_its_name() -> None:
    student, teacher = tiny.translator(seed=0), tiny.translator(seed=1)
    row = scores(student, tiny.text().dev, teacher, beam=2)
    assert row.keys() == {
        "bleu_greedy", "bleu_beam2", "chrf_greedy", "chrf_beam2", "ppl", "mode_mass",
        "top1_agreement", "top1_agreement_disagree", "length_ratio", "words_per_s_greedy",
        "words_per_s_beam2", "source_worth",
    }  # fmt: skip
    assert all(math.isfinite(value) for value in row.values())


def test_scores_are_those_of_the_parts() -> None:
    exact = Translator(tiny.exact(), tiny.tokenizer(), "exact")
    pairs = Pairs("one", tiny.SOURCE_WORDS[:1], ("dorma",))
    row = scores(exact, pairs)
    assert row["ppl"] == pytest.approx(perplexity(exact.model, exact.encode(*pairs_of(pairs))))
    assert row["mode_mass"] == pytest.approx(0.5)
    assert row["bleu_greedy"] == bleu(["dorma"], [["dorma"]])
    assert row["length_ratio"] == 1.0
    assert "top1_agreement" not in row


def pairs_of(pairs: Pairs) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return pairs.source, pairs.target


def test_perplexity_is_over_all_references_together() -> None:
    exact = Translator(tiny.exact(), tiny.tokenizer(), "exact")
    source, texts = tiny.SOURCE_WORDS[0], ("dorma", "misto")
    pairs = Pairs("one", (source,), texts[:1], references=tuple((t,) for t in texts))
    both = exact.encode((source, source), texts)
    assert scores(exact, pairs)["ppl"] == pytest.approx(perplexity(exact.model, both))


def test_dev_is_watched_on_evenly_spaced_sentences() -> None:
    translator, dev = tiny.translator(), tiny.text().dev
    row = dev_scores(translator, dev, 4, 1)
    some = dev.rows([0, 2, 4, 6])
    assert row["ppl"] == pytest.approx(
        perplexity(translator.model, translator.encode(some.source, some.target))
    )
    assert row["bleu"] == bleu(translator.translate(some.source), [some.target])
