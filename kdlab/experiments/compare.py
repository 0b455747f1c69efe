"""`compare`: several systems on one test, as a table to read."""

from collections.abc import Sequence

import pandas as pd

from kdlab.corpora.text import Pairs
from kdlab.corpora.unit import Unit
from kdlab.errors import RecipeError
from kdlab.experiments.corpus import Corpus, load_again
from kdlab.experiments.runs import Run
from kdlab.metrics.scores import scores
from kdlab.progress import counted
from kdlab.tables import Table
from kdlab.translator import Translator

# Measure: (column, digits after the point)
COLUMNS = {
    "bleu_greedy": ("BLEU@1", 1),
    "bleu_beam5": ("BLEU@5", 1),
    "chrf_greedy": ("chrF", 1),
    "ppl": ("PPL", 2),
    "mode_mass": ("mode mass", 3),
    "top1_agreement": ("TA", 3),
    "words_per_s_greedy": ("words/s", None),
    "characters_per_s_greedy": ("characters/s", None),
    "valid_rate_greedy": ("valid", 3),
}
# BLEU of characters is on another scale than BLEU of words.
OTHER_UNIT = {Unit.CHARACTER: {"BLEU@1": "char BLEU@1", "BLEU@5": "char BLEU@5"}}


def compare(systems: Sequence[Translator], pairs: Pairs | None = None) -> pd.DataFrame:
    """One row a system: BLEU greedy and beam 5, chrF, PPL, mode mass, TA, words/s, parameters.

    TA is against the teacher that the system was trained with, or that wrote its targets.
    On minitalks also the share of valid outputs (greedy). A row is named by its number, recipe and
    targets, and by loss, size or seed where those are the same. Printed, it shows every column in
    the width of the terminal.
    pairs: by default the first test of the corpus that all of them learnt from
    Raises RecipeError if there is no system, if one is none, or if there is no one test.
    """
    if isinstance(pairs, Corpus):
        raise RecipeError(f"pairs is a corpus; give one of its tests, {_tests(pairs)}.")
    if isinstance(pairs, Translator):
        raise RecipeError("systems go into one list: kd.compare([a, b], corpus.test).")
    systems = [systems] if isinstance(systems, Translator) else systems
    if not systems:
        raise RecipeError("There is no system to compare; give a list of one or more.")
    if other := [system for system in systems if not isinstance(system, Translator)]:
        raise RecipeError(f"{other[0]!r} is no trained model; expected what kd.train returns.")
    pairs = _common(systems) if pairs is None else pairs
    rows = {}
    named = zip(_titles(systems), systems, strict=True)
    for title, system in counted(named, "comparing", "system", len(systems)):
        row = scores(system, pairs, getattr(system, "teacher", None))
        cells = {
            column: round(row[name], digits)
            for name, (column, digits) in COLUMNS.items()
            if name in row
        }
        rows[title] = cells | {"params": system.params}
    table = Table.from_dict(rows, orient="index")
    order = [title for title, _ in COLUMNS.values() if title in table]
    return table[[*order, "params"]].rename(columns=OTHER_UNIT.get(pairs.unit, {}))


def _common(systems: Sequence[Translator]) -> Pairs:
    """The first test of the corpus that all runs learnt from."""
    origins = [getattr(system, "corpus", None) for system in systems]
    if origins[0] is None or any(origin != origins[0] for origin in origins):
        raise RecipeError(
            "these systems do not name one corpus that all learnt from; say on which text to "
            "compare them: kd.compare(systems, corpus.test)."
        )
    return load_again(origins[0]).test


def _tests(corpus: Corpus) -> str:
    return " or ".join(f"corpus.tests[{name!r}]" for name in corpus.tests)


def _titles(systems: Sequence[Translator]) -> list[str]:
    """A number, a name, and what else tells apart those of one name.

    Names first, then a loss's numbers, the size, the seed; twice the same run stays so.
    """
    titles = [_title(system) for system in systems]
    for detail in (_loss, _size, _seed):
        said = [detail(system) for system in systems]
        alike = [{s for t, s in zip(titles, said, strict=True) if t == title} for title in titles]
        titles = [
            f"{title}, {s}" if len(others) > 1 else title
            for title, s, others in zip(titles, said, alike, strict=True)
        ]
    return [f"{number} {title}" for number, title in enumerate(titles, 1)]


def _title(system: Translator) -> str:
    """What it is called, what it minimised where its name does not say so, and its targets."""
    if not isinstance(system, Run) or system.recipe is None:
        return system.name
    loss = type(system.recipe.loss).__name__
    return f"{system.name}{'' if loss in system.name else f' {loss}'}, {system.targets}"


def _loss(system: Translator) -> str:
    return str(system.recipe.loss) if isinstance(system, Run) and system.recipe else ""


def _size(system: Translator) -> str:
    return f"{system.params:,} parameters"


def _seed(system: Translator) -> str:
    return f"seed {getattr(system, 'seed', 1)}"
