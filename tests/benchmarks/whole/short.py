"""The core suite's plan for a preset, made short: fewer updates, sentences and pairs decoded."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from unittest.mock import patch

from kdlab import distill
from kdlab.experiments import jobs, recipes
from kdlab.experiments.corpus import Corpus, load_corpus
from kdlab.experiments.recipes import PRESETS, Sizes
from kdlab.experiments.runs import Run
from kdlab.experiments.suites import SUITES, Suite, targets
from whole.clock import Clock

SUITE, CORPUS = "core", "iwslt15"


@dataclass(frozen=True)
class Short:
    """What is left of a plan.

    teacher_updates, updates: of the teacher, of each student     pairs: that the teacher decodes;
    of the others a student keeps the gold target     sentences: of dev and of each test
    """

    preset: str = "colab"
    teacher_updates: int = 100
    updates: int = 100
    pairs: int = 256
    sentences: int = 64


@contextmanager
def shortened(short: Short, clock: Clock, sizes: Sizes | None = None) -> Iterator[None]:
    """Inside the block `kdlab reproduce core --corpus iwslt15 --preset P` runs the short plan.

    sizes: in place of the preset's, for a test
    """
    suite = SUITES[SUITE]
    few = _few_pairs(short.pairs, clock)
    arms = {
        name: replace(arm, targets=few) if arm.targets is targets.seq_kd else arm
        for name, arm in suite.arms.items()
    }
    where = CORPUS, short.preset
    plan = replace(suite.plans[where], seeds=(1,))
    sizes = sizes or PRESETS[short.preset]
    brief = Sizes(
        _brief(sizes.teacher, short.teacher_updates, short),
        _brief(sizes.student, short.updates, short),
    )
    with ExitStack() as stack:
        within = stack.enter_context
        within(patch.dict(SUITES, {SUITE: replace(suite, arms=arms, plans={where: plan})}))
        within(patch.dict(recipes.PRESETS, {short.preset: brief}))
        within(patch.object(jobs, "load_corpus", _few_sentences(short.sentences)))
        jobs._gold.cache_clear()
        try:
            yield
        finally:
            jobs._gold.cache_clear()


def plan_of(preset: str) -> tuple[Suite, list[jobs.Job]]:
    """The suite as it is now, and every job of its plan."""
    runs = SUITES[SUITE].plan(CORPUS, preset).runs
    return SUITES[SUITE], [jobs.Job(SUITE, CORPUS, preset, *run) for run in runs]


def _brief(of: tuple, updates: int, short: Short) -> tuple:
    """Model and training; evaluated once, at the end, so that nothing is saved on the way."""
    model, training = of
    sentences = min(short.sentences, training.dev_sentences)
    return model, replace(training, updates=updates, every=updates, dev_sentences=sentences)


def _few_sentences(sentences: int) -> Callable[..., Corpus]:
    def loaded(*arguments: object, **options: object) -> Corpus:
        corpus = load_corpus(*arguments, **options)
        tests = {name: pairs.spread(sentences) for name, pairs in corpus.tests.items()}
        return replace(corpus, text=replace(corpus.text, tests=tests))

    return loaded


def _few_pairs(number: int, clock: Clock) -> Callable[[Corpus, Run, int], Corpus]:
    def seq_kd(corpus: Corpus, teacher: Run, beam: int) -> Corpus:
        """Seq-KD of the first pairs, gold for the others: as many to train on as in the plan."""
        with clock.stage("decoding"):
            some = distill.sequence_level(
                teacher, corpus.with_train(corpus.train.head(number), "gold"), beam
            )
        rest = corpus.train.rows(range(min(number, len(corpus.train)), len(corpus.train)))
        whole = type(rest)(
            corpus.train.name, some.train.source + rest.source, some.train.target + rest.target,
            counted_in=corpus.train.unit,
        )  # fmt: skip
        return corpus.with_train(whole, f"Seq-KD of {number} pairs", teacher)

    return seq_kd
