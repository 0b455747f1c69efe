"""What a system says on a test, sentence by sentence: every score of it can be computed from this.

Kept beside a run, so that two systems can be compared sentence by sentence without decoding again.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from kdlab.batching import Encoded
from kdlab.corpora.text import Pairs
from kdlab.decoding import decode
from kdlab.metrics.likelihood import log_probs
from kdlab.translator import Translator


@dataclass(frozen=True)
class Said:
    """The best hypotheses of n sources with one beam; "" and None where the system says nothing.

    lines: [n]     log_probs: [n] log p(line given source), nats, eos counted
    seconds: of decoding alone
    """

    lines: tuple[str, ...]
    log_probs: tuple[float | None, ...]
    seconds: float

    def __repr__(self) -> str:
        """How many, how many silent, and the first line."""
        silent = self.log_probs.count(None)
        about = f"Said: {len(self.lines):,} lines, {silent} silent, {self.seconds:.1f} s"
        return f"{about}; the first: {self.lines[0]!r}" if self.lines else about


@dataclass(frozen=True)
class Outputs:
    """greedy, beam: what was said; beam_size: K.

    gold: [R][n] log p(reference given source) of each reference set, nats     pieces: [R][n] how
    many target pieces each has, eos counted
    """

    greedy: Said
    beam: Said
    beam_size: int
    gold: tuple[tuple[float, ...], ...]
    pieces: tuple[tuple[int, ...], ...]

    def __repr__(self) -> str:
        """A line for each kind of search, and how many reference sets were scored."""
        return (
            f"Outputs; scored beside them, reference sets: {len(self.gold)}\n"
            f"  greedy  {self.greedy}\n  beam {self.beam_size}  {self.beam}"
        )


def outputs(translator: Translator, pairs: Pairs, beam: int = 5) -> Outputs:
    """Decode a test greedily and with a beam, and ask the model about its references."""
    source = translator.tokenizer.encode_source(pairs.source)
    targets = [translator.tokenizer.encode_target(lines) for lines in pairs.reference_sets]
    gold = [log_probs(translator.model, Encoded(source, target)).tolist() for target in targets]
    return Outputs(
        _said(translator, source, 1),
        _said(translator, source, beam),
        beam,
        tuple(map(tuple, gold)),
        tuple(tuple(map(len, target)) for target in targets),
    )


def _said(translator: Translator, source: Sequence[Sequence[int]], beam: int) -> Said:
    began = time.perf_counter()
    found = decode(translator.model, source, beam)
    seconds = time.perf_counter() - began
    lines = tuple(translator.tokenizer.decode(best[0].ids) if best else "" for best in found)
    return Said(lines, tuple(best[0].log_prob if best else None for best in found), seconds)
