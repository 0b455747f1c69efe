"""What an arm's student is trained on: functions of the gold corpus and its teacher."""

from collections.abc import Callable
from functools import partial

from kdlab.distill import cross_fitted, sequence_level, without_fold
from kdlab.experiments.corpus import Corpus
from kdlab.experiments.runs import Run
from kdlab.experiments.train import train
from kdlab.search import gnmt

Targets = Callable[[Corpus, Run | None, int], Corpus]  # gold corpus, teacher, beam


def gold(corpus: Corpus, teacher: Run | None, beam: int) -> Corpus:
    """The human targets."""
    return corpus


def seq_kd(corpus: Corpus, teacher: Run, beam: int) -> Corpus:
    """What the teacher's beam finds, no length rule: the paper's."""
    return sequence_level(teacher, corpus, beam)


def seq_kd_gnmt(corpus: Corpus, teacher: Run, beam: int) -> Corpus:
    """The same with a length rule, which favours longer outputs."""
    return sequence_level(teacher, corpus, beam, partial(gnmt, alpha=1.0))


def seq_kd_cross_fitted(corpus: Corpus, teacher: Run, beam: int) -> Corpus:
    """Two teachers, each translating the half that it never saw."""
    halves = [train(teacher.recipe, without_fold(corpus, fold, 2)) for fold in range(2)]
    return cross_fitted(halves, corpus, beam)
