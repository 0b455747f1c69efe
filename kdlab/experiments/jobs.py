"""One run of a suite, from its name to its row: what a worker process does."""

from dataclasses import dataclass, replace
from pathlib import Path

import torch

from kdlab.corpora import real
from kdlab.experiments import recipes
from kdlab.experiments.corpus import Corpus, load_corpus
from kdlab.experiments.judge import score
from kdlab.experiments.runs import RunStore
from kdlab.experiments.suites import SUITES, Arm, Plan
from kdlab.experiments.train import train


@dataclass(frozen=True)
class Job:
    """Everything a worker process needs to know.

    system: an arm's name, or "teacher"     folder: where "real"'s text lies, default $KDLAB_DATA
    """

    suite: str
    corpus: str
    preset: str
    system: str
    seed: int
    folder: Path | None = None

    @property
    def plan(self) -> Plan:
        """The sizes of this corpus and preset."""
        return SUITES[self.suite].plan(self.corpus, self.preset)

    @property
    def arm(self) -> Arm:
        """What the suite says of this system."""
        return SUITES[self.suite].arms[self.system]

    @property
    def gold(self) -> Corpus:
        """The suite's corpus; of real text with a test that is out of its domain too."""
        preset = self.plan.corpus_preset
        if self.corpus == "real":
            return load_corpus(real(self.folder, preset, talks=("tst2010",)))
        return load_corpus(self.corpus, preset, folder=self.folder)


def run_job(job: Job) -> dict:
    """Train and score one system, or find both in the store; one row of the file."""
    torch.set_num_threads(1)  # two one-thread processes do more than one of two threads
    gold = job.gold
    teacher = train(recipes.teacher(job.plan.recipe_preset), gold)
    corpus, run = gold, teacher
    if job.system != "teacher":
        corpus = train_set(job, gold)
        run = train(_recipe(job), corpus, teacher, seed=job.seed)
    metrics = score(run, RunStore.default().folder / run.key, corpus.tests, job.plan.beam)
    return {
        "system": job.system, "seed": job.seed, "run": run.key,
        "teacher_run": run.teacher.key if run.teacher else None,
        "params": run.params, "updates": run.updates, "seconds": round(run.seconds, 1),
        "selected_on": run.selected_on, "train_pairs": len(corpus.train), "metrics": metrics,
    }  # fmt: skip


def train_set(job: Job, gold: Corpus) -> Corpus:
    """What a student of this job is trained on; decodes the training set if nobody has yet."""
    return job.arm.targets(gold, recipes.teacher(job.plan.recipe_preset), job.plan.beam)


def _recipe(job: Job) -> recipes.Recipe:
    recipe = recipes.student(job.plan.recipe_preset, loss=job.arm.loss)
    updates = job.arm.updates * recipe.training.updates
    return replace(recipe, training=replace(recipe.training, updates=updates))
