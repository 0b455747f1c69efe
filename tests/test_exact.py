"""The grammar as a teacher: its next-piece probabilities are those of enumeration."""

import math

import pytest
import tiny
import torch

from kdlab.batching import Batch
from kdlab.corpora import load_grammar
from kdlab.decoding import decode
from kdlab.errors import RecipeError
from kdlab.metrics import log_probs, mode_mass
from kdlab.models import ExactModel
from kdlab.special_ids import IDS
from kdlab.tokenizer import Tokenizer, TokenizerConfig

SOURCE = tiny.SOURCE_WORDS[0]


def batch(target: str, source: str = SOURCE) -> Batch:
    """One pair."""
    return tiny.encoded(tiny.Pairs("one", (source,), (target,))).batch([0])


def enumerated(
    translations: list[tuple[list[int], float]], prefix: list[int], V: int
) -> torch.Tensor:
    """p*(next | prefix), by walking over all translations."""
    p = torch.zeros(V, dtype=torch.double)
    for ids, probability in translations:
        if ids[: len(prefix)] == prefix and len(ids) > len(prefix):
            p[ids[len(prefix)]] += probability
    return p / p.sum()


def check(
    model: ExactModel, source: str, translations: list[tuple[str, float]], tokenizer: Tokenizer
) -> None:
    """Every position under every translation's prefix agrees with enumeration."""
    texts = [text for text, _ in translations]
    ids = tokenizer.encode_target(texts)
    known = [(i, p) for i, (_, p) in zip(ids, translations, strict=True)]
    data = tiny.Encoded(tokenizer.encode_source([source] * len(texts)), ids)
    one = data.batch(range(len(texts)))
    found = model(one.source, one.source_mask, one.prefix).exp()
    for b, target in enumerate(ids):
        for t in range(len(target)):
            p = enumerated(known, target[:t], tokenizer.target_size).float()
            assert torch.allclose(found[b, t], p, atol=1e-6)


def test_every_next_piece_has_its_share_of_the_translations() -> None:
    check(tiny.exact(), SOURCE, list(tiny.TRANSLATIONS[SOURCE]), tiny.tokenizer())


def test_minitalks_next_pieces_have_their_shares_too() -> None:
    grammar = load_grammar()
    sources = [grammar.running_example(name).thai for name in ("R1", "R2", "R3")]
    found = {s: [(t.text, t.probability) for t in grammar.translations(s)] for s in sources}
    english = [text for each in found.values() for text, _ in each]
    tokenizer = Tokenizer.train(sources, english, TokenizerConfig("bpe", 45, 60))
    model = ExactModel(found.__getitem__, tokenizer)
    for source in sources:
        check(model, source, found[source][:40], tokenizer)


def test_a_sentences_log_probability_is_the_grammars() -> None:
    texts, p = zip(*tiny.TRANSLATIONS[SOURCE], strict=True)
    data = tiny.encoded(tiny.Pairs("all", (SOURCE,) * len(texts), texts))
    assert log_probs(tiny.exact(), data).exp().tolist() == pytest.approx(p, abs=1e-6)


@pytest.mark.parametrize("beam", [1, 5])
def test_search_finds_the_mode_with_its_mass(beam: int) -> None:
    (best, *_), = decode(tiny.exact(), tiny.tokenizer().encode_source([SOURCE]), beam)  # fmt: skip
    assert tiny.tokenizer().decode(best.ids) == "dorma"
    assert mode_mass([best.log_prob]) == pytest.approx(0.5)


def test_a_wide_beam_finds_the_whole_distribution() -> None:
    (found,) = decode(tiny.exact(), tiny.tokenizer().encode_source([SOURCE]), beam=9)
    said = {tiny.tokenizer().decode(h.ids): round(math.exp(h.log_prob), 6) for h in found}
    assert said == dict(tiny.TRANSLATIONS[SOURCE])


def test_a_source_it_does_not_know_has_no_hypothesis() -> None:
    unknown = tiny.tokenizer().encode_source([tiny.SOURCE_WORDS[2]])
    assert decode(tiny.exact(), unknown, 1) == decode(tiny.exact(), unknown, 3) == [[]]


def test_after_the_end_its_logits_are_zero() -> None:
    one = batch("dorma")
    longer = torch.cat([one.prefix, torch.tensor([[IDS.eos, IDS.pad]])], 1)
    logits = tiny.exact()(one.source, one.source_mask, longer)
    assert not logits[0, -2:].any()


def test_a_prefix_off_the_grammar_is_refused_with_its_piece() -> None:
    one = batch("lapo")
    piece = int(one.prefix[0, 1])
    with pytest.raises(RecipeError, match=f"piece {piece} begins no translation"):
        tiny.exact()(one.source, one.source_mask, one.prefix)


def test_a_step_off_the_grammar_says_nothing() -> None:
    model, one = tiny.exact(), batch("lapo")
    _, state = model.step(one.prefix[:, 0], model.start(one.source, one.source_mask))
    log_p, _ = model.step(one.prefix[:, 1], state)
    assert torch.isinf(log_p).all()


def test_it_has_no_parameters_and_no_hidden_states() -> None:
    model, one = tiny.exact(), batch("dorma")
    trace = model.trace(one.source, one.source_mask, one.prefix)
    assert (list(model.parameters()), trace.attention, trace.encoder) == ([], None, ())


def test_each_source_is_asked_of_the_grammar_once() -> None:
    asked: list[str] = []

    def translations(source: str) -> tuple:
        asked.append(source)
        return tiny.TRANSLATIONS[source]

    model, one = ExactModel(translations, tiny.tokenizer()), batch("dorma")
    for _ in range(3):
        model(one.source, one.source_mask, one.prefix)
    assert asked == [SOURCE]
