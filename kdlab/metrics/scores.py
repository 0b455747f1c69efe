"""Everything this book says about one system on one test."""

import math
import time
from collections.abc import Sequence

from kdlab.batching import Encoded
from kdlab.corpora.text import Pairs
from kdlab.decoding import decode
from kdlab.metrics.agreement import agreement_on
from kdlab.metrics.alignment import attention_share
from kdlab.metrics.bleu import bleu, chrf
from kdlab.metrics.likelihood import perplexity
from kdlab.metrics.mode_mass import mode_mass
from kdlab.metrics.validity import mode_hit, valid_rate
from kdlab.translator import Translator


def scores(
    translator: Translator, pairs: Pairs, teacher: Translator | None = None, beam: int = 5
) -> dict[str, float]:
    """One row of a result file, by the names that DESIGN's result files use.

    BLEU and chrF 0 to 100, mean over `pairs.reference_sets`; ppl per target piece, of the same
    sets; shares 0 to 1. words_per_s counts words of the reference, so that two systems' figures
    compare as sentences do; decoding only, in this process, on whatever it runs on.
    teacher: with it, top-1 agreement is reported too, if both have the same pieces.
    A measure that is not defined here (no attention, no disagreement) is left out.
    """
    source = translator.tokenizer.encode_source(pairs.source)
    words = sum(len(line.split()) for line in pairs.target)
    row: dict[str, float] = {}
    for name, size in (("greedy", 1), (f"beam{beam}", beam)):
        began = time.perf_counter()
        found = decode(translator.model, source, size)
        seconds = time.perf_counter() - began
        lines = [translator.tokenizer.decode(best[0].ids) if best else "" for best in found]
        row |= _text_scores(lines, pairs, name)
        row[f"words_per_s_{name}"] = words / seconds
        if size == 1:
            row["mode_mass"] = mode_mass([best[0].log_prob for best in found if best])
            row["length_ratio"] = sum(len(x.split()) for x in lines) / words
    row["ppl"] = _perplexity(translator, source, pairs.reference_sets)
    if teacher is not None and _same_pieces(teacher, translator):
        target = translator.tokenizer.encode_target(pairs.target)
        agreed = agreement_on(translator.model, teacher.model, Encoded(source, target))
        row["top1_agreement"], row["top1_agreement_disagree"] = agreed.overall, agreed.disagree
    if pairs.grammar is not None:
        row["attention_share"] = attention_share(translator, pairs.spread(200))
    return {name: value for name, value in row.items() if not math.isnan(value)}


def dev_scores(translator: Translator, dev: Pairs, sentences: int, beam: int) -> dict[str, float]:
    """What training watches: BLEU with this beam, and gold perplexity, on `sentences` of dev."""
    dev = dev.spread(sentences)
    lines = translator.translate(dev.source, beam)
    data = translator.encode(dev.source, dev.target)
    return {"bleu": bleu(lines, dev.reference_sets), "ppl": perplexity(translator.model, data)}


def _same_pieces(a: Translator, b: Translator) -> bool:
    return a.tokenizer.fingerprint == b.tokenizer.fingerprint


def _text_scores(lines: Sequence[str], pairs: Pairs, name: str) -> dict[str, float]:
    row = {
        f"bleu_{name}": bleu(lines, pairs.reference_sets),
        f"chrf_{name}": chrf(lines, pairs.reference_sets),
    }
    if pairs.grammar is not None:
        row[f"valid_rate_{name}"] = valid_rate(lines, pairs.source, pairs.grammar)
        row[f"mode_hit_{name}"] = mode_hit(lines, pairs.source, pairs.grammar)
    return row


def _perplexity(
    translator: Translator, source: list[list[int]], reference_sets: Sequence[Sequence[str]]
) -> float:
    """Over all reference sets together."""
    targets = [translator.tokenizer.encode_target(lines) for lines in reference_sets]
    together = Encoded(source * len(targets), [ids for lines in targets for ids in lines])
    return perplexity(translator.model, together)
