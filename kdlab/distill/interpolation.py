"""Sequence-level interpolation: of the teacher's n best, the one most like the reference."""

from collections.abc import Sequence
from pathlib import Path

from kdlab.corpora.unit import Unit
from kdlab.distill.nbest_lists import decoded_training_set
from kdlab.distill.sequence_level import Distillable
from kdlab.metrics.bleu import sentence_bleu
from kdlab.search import LengthRule, raw_sum
from kdlab.thai import is_blank
from kdlab.translator import Translator


def choose(nbest: Sequence[str], reference: str, unit: Unit | str | None = None) -> int:
    """Index of the hypothesis with the best smoothed sentence BLEU; of equals, the likelier.

    unit: of BLEU, see `bleu`
    >>> choose(["a cat is on the mat", "the cat sat on mat"], "the cat sat on the mat")
    1
    """
    score = [sentence_bleu(hypothesis, reference, unit) for hypothesis in nbest]
    return score.index(max(score))


def interpolation(
    teacher: Translator, corpus: Distillable, beam: int = 35, rule: LengthRule = raw_sum,
    *, folder: Path | None = None,
) -> Distillable:  # fmt: skip
    """Seq-Inter: the corpus with ỹ, of the teacher's `beam` best the one closest to y.

    For fine-tuning, in the paper. Where the teacher says nothing, y stays.
    Source: Kim & Rush (2016), section 3.3; K = 35.
    """
    train = corpus.train
    lists = decoded_training_set(teacher, train.source, beam, rule, keep=beam, folder=folder)
    target = []
    for best, reference in zip(lists, train.target, strict=True):
        said = [text for text, _ in best if not is_blank(text)]
        target.append(said[choose(said, reference, train.unit)] if said else reference)
    return corpus.with_train(train.with_target(tuple(target)), f"Seq-Inter beam {beam}", teacher)
