"""How fast a model translates: words a second, alone and in batches, greedily and by beam."""

import statistics
import time
from pathlib import Path

from kdlab.decoding import decode
from kdlab.experiments.corpus import Corpus
from kdlab.experiments.runs import Run

ROUNDS = 3
ALONE, TOGETHER = 60, 512  # sentences


def speed(run: Run, corpus: Corpus, gold: Corpus, folder: Path, beam: int) -> dict[str, float]:
    """words_per_s_{greedy|beamK}_batch{1|64}: words of the references a second of one CPU thread.

    Of targets counted in characters: characters_per_s_….
    Medians of three rounds on the first test; in batches of 64 sentences of like length, or each
    sentence alone. Reference words, so that a terse system is not a slow one; CPU time, so that a
    neighbour on the machine does not count (of an accelerator it would say nothing).
    """
    found = {}
    for size, n in ((1, ALONE), (64, TOGETHER)):
        few = gold.test.spread(n)
        length, unit = few.unit.count(few.target), few.unit.plural
        ids = sorted(run.tokenizer.encode_source(few.source), key=len)
        batches = [ids[i : i + size] for i in range(0, len(ids), size)]
        for name, K in (("greedy", 1), (f"beam{beam}", beam)):
            taken = [_seconds(run, batches, K) for _ in range(ROUNDS)]
            found[f"{unit}_per_s_{name}_batch{size}"] = length / statistics.median(taken)
    return found


def _seconds(run: Run, batches: list, beam: int) -> float:
    began = time.process_time()
    for batch in batches:
        decode(run.model, batch, beam, batch_tokens=10**9)
    return time.process_time() - began
