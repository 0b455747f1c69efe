"""Every measure of one system on one test, as a row of plain numbers."""

import math
from collections.abc import Sequence

from kdlab.corpora.text import Pairs
from kdlab.corpora.unit import Unit
from kdlab.metrics.agreement import agreement_on
from kdlab.metrics.alignment import attention_share
from kdlab.metrics.bleu import bleu, chrf
from kdlab.metrics.length_ratio import length_ratio
from kdlab.metrics.likelihood import perplexity
from kdlab.metrics.mode_mass import mode_mass
from kdlab.metrics.outputs import Outputs, Said, outputs
from kdlab.metrics.source_worth import source_worth
from kdlab.metrics.truth import sampled_truth_gap
from kdlab.metrics.validity import mode_hit, p_star, valid_rate
from kdlab.translator import Translator


def scores(
    translator: Translator, pairs: Pairs, teacher: Translator | None = None, beam: int = 5,
    said: Outputs | None = None,
) -> dict[str, float]:  # fmt: skip
    """One row of a result file, by the names that DESIGN's result files use.

    BLEU and chrF 0 to 100, mean over `pairs.reference_sets`; ppl per target piece, of the same
    sets; shares 0 to 1. words_per_s counts words of the reference, so that two systems' figures
    compare as sentences do; decoding only, in this process, on whatever it runs on. Where
    `pairs.unit` is characters, its name is characters_per_s, and BLEU and length_ratio count them.
    teacher: with it, top-1 agreement is reported too, if both have the same pieces
    said: what the system said on this very test, if it was asked before
    Whether it reads its source: attention_share on minitalks, else source_worth, nats per piece
    truth_gap: nats per sentence, from references drawn from p* (minitalks)
    mode_mass: over the sources for which greedy search found an output
    A measure that is not defined here (no attention, no disagreement) is left out.
    """
    said = said or outputs(translator, pairs, beam)
    row = _of_lines(said.greedy, pairs, "greedy")
    row |= _of_lines(said.beam, pairs, f"beam{said.beam_size}")
    row["mode_mass"] = mode_mass([p for p in said.greedy.log_probs if p is not None])
    row["length_ratio"] = length_ratio(said.greedy.lines, pairs.target, pairs.unit)
    row["ppl"] = _perplexity(said.gold, said.pieces)
    if teacher is not None and _same_pieces(teacher, translator):
        agreed = agreement_on(
            translator.model, teacher.model, translator.encode(pairs.source, pairs.target)
        )
        row["top1_agreement"], row["top1_agreement_disagree"] = agreed.overall, agreed.disagree
    if pairs.grammar is None:
        row["source_worth"] = source_worth(translator, pairs.spread(200))
    else:
        row["attention_share"] = attention_share(translator, pairs.spread(200))
        if pairs.references:  # only those are sure to be drawn from p*
            row["truth_gap"] = sampled_truth_gap(said.gold, pairs).mean
    return {name: value for name, value in row.items() if not math.isnan(value)}


def dev_scores(translator: Translator, dev: Pairs, sentences: int, beam: int) -> dict[str, float]:
    """What training watches: BLEU with this beam, and gold perplexity, on `sentences` of dev.

    Where dev is counted in characters chrF too, by which the checkpoint is then chosen: see
    `worth`.
    """
    dev = dev.spread(sentences)
    lines = translator.translate(dev.source, beam)
    data = translator.encode(dev.source, dev.target)
    row = {"bleu": bleu(lines, dev.reference_sets, dev.unit)}
    row["ppl"] = perplexity(translator.model, data)
    return row if dev.unit is Unit.WORD else row | {"chrf": chrf(lines, dev.reference_sets)}


def _of_lines(said: Said, pairs: Pairs, name: str) -> dict[str, float]:
    unit = pairs.unit
    row = {
        f"bleu_{name}": bleu(said.lines, pairs.reference_sets, unit),
        f"chrf_{name}": chrf(said.lines, pairs.reference_sets),
        f"{unit.plural}_per_s_{name}": unit.count(pairs.target) / said.seconds,
    }
    if pairs.grammar is not None:
        row[f"valid_rate_{name}"] = valid_rate(said.lines, pairs.source, pairs.grammar)
        row[f"mode_hit_{name}"] = mode_hit(said.lines, pairs.source, pairs.grammar)
        row[f"p_star_{name}"] = p_star(said.lines, pairs.source, pairs.grammar)
    return row


def _perplexity(gold: Sequence[Sequence[float]], pieces: Sequence[Sequence[int]]) -> float:
    """Over all reference sets together."""
    return math.exp(min(-sum(map(sum, gold)) / sum(map(sum, pieces)), 700))


def _same_pieces(a: Translator, b: Translator) -> bool:
    return a.tokenizer.fingerprint == b.tokenizer.fingerprint
