"""Search errors: how often a decoder missed something that its own model likes better."""

from collections.abc import Iterable, Sequence

from kdlab.batching import Encoded
from kdlab.corpora.text import Pairs
from kdlab.decoding import decode
from kdlab.errors import ShapeError
from kdlab.metrics.likelihood import log_probs
from kdlab.translator import Translator

LogProbs = Sequence[float | None]  # log p(output given source), None where nothing was said
TOLERANCE = 1e-3  # nats; a sum made step by step and one made at once differ by rounding


def best_known(
    translator: Translator, pairs: Pairs, found: Iterable[LogProbs] = (), beam: int = 20
) -> tuple[float, ...]:
    """For each source, the highest log p(y given x) that anybody knows, nats.

    The best of `found` (greedy, beam 5, …: what `Outputs` keeps), of a wider beam, of the
    references, and on minitalks of the grammar's mode. The model's own mode may be better still.
    """
    source = translator.tokenizer.encode_source(pairs.source)
    lines = [*pairs.reference_sets]
    if pairs.grammar is not None:
        lines.append(tuple(map(pairs.grammar.mode, pairs.source)))
    wide = [best[0].log_prob if best else None for best in decode(translator.model, source, beam)]
    scored = [
        log_probs(translator.model, Encoded(source, translator.tokenizer.encode_target(y))).tolist()
        for y in lines
    ]
    each = zip(*found, wide, *scored, strict=True)
    return tuple(max(p for p in known if p is not None) for known in each)


def search_error_rate(found: LogProbs, best: Sequence[float]) -> float:
    """Share of sources whose output has a lower model probability than the best known, 0 to 1.

    A lower bound of the true rate, as the model's mode may be unknown. Outputs within 0.001 nats
    are equal; saying nothing is an error.
    found: [n], of one decoder     best: [n], of `best_known`
    Pitfall: no measure of quality. A model's likeliest output may be worse than what greedy finds.
    Raises ShapeError if they are not as many.
    """
    if len(found) != len(best):
        raise ShapeError(f"There are {len(found)} outputs but {len(best)} best known ones.")
    missed = [p is None or p < top - TOLERANCE for p, top in zip(found, best, strict=True)]
    return sum(missed) / len(missed) if missed else float("nan")
