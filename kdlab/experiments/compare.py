"""`compare`: several systems on one test, as a table to read."""

from collections.abc import Sequence

import pandas as pd

from kdlab.corpora import Pairs, Unit
from kdlab.errors import RecipeError
from kdlab.experiments.runs import Run
from kdlab.metrics.scores import scores
from kdlab.translator import Translator

# Measure: (column, digits after the point)
COLUMNS = {
    "bleu_greedy": ("BLEU@1", 1),
    "bleu_beam5": ("BLEU@5", 1),
    "ppl": ("PPL", 2),
    "mode_mass": ("mode mass", 3),
    "top1_agreement": ("TA", 3),
    "words_per_s_greedy": ("words/s", None),
    "characters_per_s_greedy": ("characters/s", None),
    "valid_rate_greedy": ("valid", 3),
}
# BLEU of characters is on another scale than BLEU of words.
OTHER_UNIT = {Unit.CHARACTER: {"BLEU@1": "char BLEU@1", "BLEU@5": "char BLEU@5"}}


def compare(systems: Sequence[Translator], pairs: Pairs) -> pd.DataFrame:
    """One row a system: BLEU greedy and beam 5, perplexity, mode mass, TA, words/s, parameters.

    TA is against the teacher that the system was trained with, or that wrote its targets.
    On minitalks also the share of valid outputs (greedy). A row is named by its number, its loss
    and its targets. Raises RecipeError if there is no system.
    """
    if not systems:
        raise RecipeError("There is no system to compare; give a list of one or more.")
    rows = {}
    for number, system in enumerate(systems, 1):
        row = scores(system, pairs, getattr(system, "teacher", None))
        named = {
            title: round(row[name], digits)
            for name, (title, digits) in COLUMNS.items()
            if name in row
        }
        rows[f"{number} {_title(system)}"] = named | {"params": system.params}
    table = pd.DataFrame.from_dict(rows, orient="index")
    order = [title for title, _ in COLUMNS.values() if title in table]
    return table[[*order, "params"]].rename(columns=OTHER_UNIT.get(pairs.unit, {}))


def _title(system: Translator) -> str:
    if isinstance(system, Run) and system.recipe is not None:
        return f"{type(system.recipe.loss).__name__}, {system.targets}"
    return system.name
