"""Cross-fitting: each source is translated by a teacher that never saw it, nor its translation.

A teacher that decodes its own training set says many targets by heart; what students learn from it
is then partly the gold text again.
"""

from collections.abc import Sequence
from pathlib import Path

from kdlab.corpora.text import Pairs
from kdlab.distill.nbest_lists import decoded_training_set
from kdlab.distill.sequence_level import Distillable, replaced
from kdlab.errors import RecipeError
from kdlab.search import LengthRule, raw_sum
from kdlab.translator import Translator, best_text


def without_fold(corpus: Distillable, fold: int, folds: int) -> Distillable:
    """The corpus whose training set lacks one of `folds` parts: what that part's teacher learns.

    A source that occurs more than once is in one part only. fold: 0 to folds - 1
    Raises RecipeError if there are fewer than two folds, or not this one.
    """
    if not 0 <= fold < folds or folds < 2:
        raise RecipeError(f"fold is {fold} of {folds}; expected 0 to folds - 1, two or more folds.")
    rows = [i for i, f in enumerate(_folds(corpus.train, folds)) if f != fold]
    return corpus.with_train(corpus.train.rows(rows), f"gold without {fold + 1}/{folds}")


def cross_fitted(
    teachers: Sequence[Translator], corpus: Distillable, beam: int = 5,
    rule: LengthRule = raw_sum, *, folder: Path | None = None,
) -> Distillable:  # fmt: skip
    """`sequence_level` where teacher i, trained on `without_fold(corpus, i, …)`, translates fold i.

    Each teacher has learned from less text than one on all of it would, (folds - 1) / folds.
    Raises RecipeError for fewer than two teachers.
    Source: ours, after the cross-fitting of Chernozhukov et al. (2018).
    """
    folds = len(teachers)
    if folds < 2:
        raise RecipeError(f"There are {folds} teachers; cross-fitting needs two or more.")
    fold_of = _folds(corpus.train, folds)
    said = [""] * len(fold_of)
    for fold, teacher in enumerate(teachers):
        rows = [i for i, f in enumerate(fold_of) if f == fold]
        source = [corpus.train.source[i] for i in rows]
        lists = decoded_training_set(teacher, source, beam, rule, folder=folder)
        for i, best in zip(rows, lists, strict=True):
            said[i] = best_text(best)
    return replaced(corpus, said, f"Seq-KD beam {beam}, {folds} folds", teachers[0])


def _folds(pairs: Pairs, folds: int) -> list[int]:
    """The fold of each pair: sources are dealt out in the order in which they first appear."""
    number = {source: i for i, source in enumerate(dict.fromkeys(pairs.source))}
    return [number[source] % folds for source in pairs.source]
