"""`compare`: several systems on one test, as a table to read."""

from collections.abc import Sequence

import pandas as pd

from kdlab.corpora import Pairs
from kdlab.metrics.scores import scores
from kdlab.translator import Translator

COLUMNS = {
    "bleu_greedy": "BLEU@1",
    "bleu_beam5": "BLEU@5",
    "ppl": "PPL",
    "mode_mass": "mode mass",
    "top1_agreement": "TA",
    "words_per_s_greedy": "words/s",
    "valid_rate_greedy": "valid",
    "mode_hit_greedy": "mode hit",
}


def compare(systems: Sequence[Translator], pairs: Pairs) -> pd.DataFrame:
    """One row a system: BLEU greedy and beam 5, perplexity, mode mass, TA, words/s, parameters.

    TA is against the teacher that the system was trained with, or that wrote its targets.
    On minitalks also the share of valid outputs and of exact modes (greedy).
    """
    rows = {}
    for number, system in enumerate(systems, 1):
        row = scores(system, pairs, getattr(system, "teacher", None))
        named = {title: row[name] for name, title in COLUMNS.items() if name in row}
        title = ", ".join(filter(None, (system.name, getattr(system, "targets", ""))))
        rows[f"{number} {title}"] = named | {"params": system.params}
    return pd.DataFrame.from_dict(rows, orient="index")
