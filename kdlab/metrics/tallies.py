"""What a run adds to each measure of a test, sentence by sentence, in few bytes.

Measures here are functions of sums over sentences: of these tallies `samples` makes each anew, so
that runs can be judged where neither their weights nor the text are. n sentences, R reference sets.
"""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from kdlab.corpora.text import Pairs
from kdlab.metrics.bleu import bleu_counts, chrf_counts
from kdlab.metrics.outputs import Outputs, Said
from kdlab.metrics.validity import mode_hit

Arrays = Mapping[str, np.ndarray]
UNITS = 1024  # a nat: rounding moves no measure by one part in ten thousand


def of_test(pairs: Pairs) -> dict[str, np.ndarray]:
    """What all runs on a test share.

    words: [n] of the gold target, in `pairs.unit`     length, characters: [R, n] of each
    reference, in BLEU's pieces and without white space     truth: [n] log p* of all references
    together, as `packed`; only where they are drawn from p*
    """
    sets = pairs.reference_sets
    found = {
        "words": small([len(pairs.unit.cut(line)) for line in pairs.target]),
        "length": small(np.stack([bleu_counts(lines, lines, pairs.unit)[:, 9] for lines in sets])),
        "characters": small([[len(_joined(line)) for line in lines] for lines in sets]),
    }
    if pairs.grammar is not None and pairs.references:
        both = [zip(lines, pairs.source, strict=True) for lines in sets]
        found["truth"] = packed(
            np.sum([[pairs.grammar.log_prob(y, x) for y, x in each] for each in both], 0)
        )
    return found


def of_run(said: Outputs, pairs: Pairs, agreed: np.ndarray | None = None) -> dict[str, np.ndarray]:
    """What one run adds.

    gold, pieces: [n] log p, as `packed`, and target pieces of all references together
    ngrams, chrf: [R, n, 2, 4] and [R, n, 2, 6] n-grams that match, greedily and with the beam
    length, characters, words: [n, 2] of these lines     log_prob: [n, 2] theirs, as `packed`
    truth, mode: [n, 2] on minitalks, their log p*, as `packed`, and whether they are p*'s best
    agreed: [n, 4] see `agreement_counts`, if there is a teacher to agree with
    """
    searches = [_of_lines(each, pairs) for each in (said.greedy, said.beam)]
    # Side by side: where both searches say the same, so do these bytes.
    found = {name: np.stack([each[name] for each in searches], -1) for name in searches[0]}
    found |= {name: small(np.moveaxis(found[name], -1, -2)) for name in ("ngrams", "chrf")}
    found |= {"gold": packed(np.sum(said.gold, 0)), "pieces": small(np.sum(said.pieces, 0))}
    return found if agreed is None else found | {"agreed": small(agreed)}


def small(counts: Sequence | np.ndarray) -> np.ndarray:
    """Counts in the fewest bytes that hold them all."""
    counts = np.asarray(counts)
    return counts.astype(np.min_scalar_type(int(counts.max(initial=0))))


def packed(log_p: Sequence[float | None] | np.ndarray) -> np.ndarray:
    """Log-probabilities as whole numbers: 1 + -log p in units, and 0 for log 0 and for None.

    >>> unpacked(packed([math.log(0.5), 0.0, -math.inf, None])).round(3).tolist()
    [-0.693, 0.0, -inf, -inf]
    """
    far = -np.array([-math.inf if p is None else p for p in log_p], float)
    there = np.isfinite(far)
    return small(np.where(there, 1 + np.round(UNITS * np.where(there, far, 0)), 0).clip(0))


def unpacked(units: np.ndarray) -> np.ndarray:
    """Log-probabilities again, nats."""
    return np.where(units > 0, (1 - units.astype(float)) / UNITS, -np.inf)


def _of_lines(said: Said, pairs: Pairs) -> dict[str, np.ndarray]:
    counts = np.stack(
        [bleu_counts(said.lines, lines, pairs.unit) for lines in pairs.reference_sets]
    )
    found = {
        "ngrams": counts[..., :4],  # [R, n, 4]
        "chrf": np.stack([chrf_counts(said.lines, lines) for lines in pairs.reference_sets]),
        "length": small(counts[0, :, 8]),
        "characters": small([len(_joined(line)) for line in said.lines]),
        "words": small([len(pairs.unit.cut(line)) for line in said.lines]),
        "log_prob": packed(said.log_probs),
    }
    if (grammar := pairs.grammar) is not None:
        both = list(zip(said.lines, pairs.source, strict=True))
        found["truth"] = packed([grammar.log_prob(y, x) for y, x in both])
        found["mode"] = np.array([mode_hit([y], [x], grammar) == 1 for y, x in both])
    return found


def _joined(line: str) -> str:
    """As chrF reads a line: without white space."""
    return "".join(line.split())
