"""What an arm's student is trained on: functions of the gold corpus and its teacher.

What is drawn (samples, fresh references) or trained for it (reverse models) has the teacher's seed.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from kdlab import distill
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
    return distill.sequence_level(teacher, corpus, beam)


def seq_kd_greedy(corpus: Corpus, teacher: Run, beam: int) -> Corpus:
    """What the teacher says greedily: as peaked, and what search had missed stays missed."""
    return distill.sequence_level(teacher, corpus, beam=1)


def seq_kd_gnmt(corpus: Corpus, teacher: Run, beam: int) -> Corpus:
    """The same with a length rule, which favours longer outputs."""
    return distill.sequence_level(teacher, corpus, beam, partial(gnmt, alpha=1.0))


def seq_kd_cross_fitted(corpus: Corpus, teacher: Run, beam: int) -> Corpus:
    """Two teachers, each translating the half that it never saw."""
    halves = [
        train(teacher.recipe, distill.without_fold(corpus, fold, 2), seed=teacher.seed)
        for fold in range(2)
    ]
    return distill.cross_fitted(halves, corpus, beam)


def seq_inter(corpus: Corpus, teacher: Run, beam: int) -> Corpus:
    """Of the teacher's 35 best, the one most like the reference: to fine-tune on."""
    return distill.interpolation(teacher, corpus)


def seq_inter_3(corpus: Corpus, teacher: Run, beam: int) -> Corpus:
    """Of its 3 best: where sentences are short, the 35 best hold the reference itself."""
    return distill.interpolation(teacher, corpus, 3)


def sampled(corpus: Corpus, teacher: Run, beam: int) -> Corpus:
    """One draw from the teacher for each source."""
    return distill.sampled(teacher, corpus, seed=teacher.seed)


def sampled_twice(corpus: Corpus, teacher: Run, beam: int) -> Corpus:
    """Two draws from the teacher for each source."""
    return distill.sampled(teacher, corpus, n=2, seed=teacher.seed)


def base_and_kd(corpus: Corpus, teacher: Run, beam: int) -> Corpus:
    """Gold and the teacher's output, side by side."""
    return distill.base_and_kd(teacher, corpus, beam)


def base_and_best_2(corpus: Corpus, teacher: Run, beam: int) -> Corpus:
    """Gold and the teacher's two best."""
    return distill.base_and_n_best(teacher, corpus, 2, beam)


def base_and_base(corpus: Corpus, teacher: Run | None, beam: int) -> Corpus:
    """Gold twice: the control for twice the pairs."""
    return distill.repeated(corpus)


def base_kd_and_bt(corpus: Corpus, teacher: Run, beam: int) -> Corpus:
    """Gold, the teacher's output, and sources that a reverse model makes of gold."""
    return distill.base_kd_and_bt(teacher, reverse_of(corpus, teacher), corpus, beam)


def round_trip(corpus: Corpus, teacher: Run, beam: int) -> Corpus:
    """Gold targets translated back, then forward: both sides synthetic."""
    return distill.round_trip(teacher, reverse_of(corpus, teacher), corpus, beam=beam)


def back_translated(corpus: Corpus, teacher: Run, beam: int) -> Corpus:
    """Gold targets and what a reverse model makes of them: the source alone is synthetic."""
    return distill.back_translated(reverse_of(corpus, teacher), corpus, beam=beam)


def reverse_of(corpus: Corpus, teacher: Run) -> Run:
    """The model of the other direction, of the teacher's sizes and seed."""
    recipe = teacher.recipe
    training = replace(recipe.training, every=recipe.training.updates, dev_sentences=50, dev_beam=1)
    recipe = replace(recipe, training=training)
    return train(recipe, distill.reversed_corpus(corpus), seed=teacher.seed)


def canonical(corpus: Corpus, teacher: Run | None, beam: int) -> Corpus:
    """The true mode of every source, by the grammar."""
    return distill.canonical(corpus)


def alphabetical(corpus: Corpus, teacher: Run | None, beam: int) -> Corpus:
    """Of every source's true translations, the first in a dictionary."""
    return distill.alphabetical(corpus)


def fresh(corpus: Corpus, teacher: Run, beam: int) -> Corpus:
    """Three other true references of each source, about one for each epoch."""
    return distill.fresh_references(corpus, 3, seed=teacher.seed)


def base_and_reference(corpus: Corpus, teacher: Run, beam: int) -> Corpus:
    """Gold and a second true reference: the double of base+kd without a teacher."""
    return distill.with_second_references(corpus, seed=teacher.seed)


def dropped(corpus: Corpus, teacher: Run | None, beam: int) -> Corpus:
    """Gold without its corrupted pairs, by oracle."""
    return distill.noise_dropped(corpus)


def repaired(corpus: Corpus, teacher: Run, beam: int) -> Corpus:
    """Gold with true targets in place of corrupted ones, by oracle."""
    return distill.noise_repaired(corpus, seed=teacher.seed)
