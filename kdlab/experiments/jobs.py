"""One run of a suite, from its name to its row: what a worker process does."""

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from pathlib import Path

import torch

from kdlab.compress.pruning import pruned
from kdlab.corpora.columns import AS_THEY_ARE, Columns
from kdlab.corpora.real import real
from kdlab.distill.nbest_lists import DECODE_VERSION
from kdlab.distill.sampled import SAMPLE_VERSION
from kdlab.experiments.corpus import TOKENIZER_VERSION, Corpus, load_corpus
from kdlab.experiments.inside import INSIDE_VERSION, inside
from kdlab.experiments.recipes import Recipe, describe
from kdlab.experiments.runs import RUN_VERSION, Run, RunStore
from kdlab.experiments.scoring import SCORE_VERSION, score
from kdlab.experiments.speed import speed
from kdlab.experiments.suites import suite_named
from kdlab.experiments.suites.suite import Arm, Plan
from kdlab.experiments.train import train
from kdlab.models import Ensemble
from kdlab.tokenizer import TokenizerConfig

# What a suite may ask for besides scores; stands among a row's tests, which note its version.
ALSO = {"inside": inside, "speed": speed}
VERSIONS = {"inside": INSIDE_VERSION, "speed": 1}


@dataclass(frozen=True)
class Job:
    """Everything a worker process needs to know.

    suite: its name, or the path of its file     corpus: its name, or the path of one's own
    system: an arm's name, or "teacher"     folder: where "real"'s text lies, default $KDLAB_DATA
    columns: of one's own text, where they are not clear by themselves
    """

    suite: str
    corpus: str
    preset: str
    system: str
    seed: int
    folder: Path | None = None
    columns: Columns = AS_THEY_ARE

    def __post_init__(self) -> None:
        for name in ("suite", "corpus"):
            if os.path.isfile(path := getattr(self, name)):  # a worker may have another folder
                object.__setattr__(self, name, os.path.abspath(path))

    @property
    def plan(self) -> Plan:
        """The sizes of this corpus and preset."""
        return suite_named(self.suite).plan(self.corpus, self.preset)

    @property
    def arm(self) -> Arm:
        """What the suite says of this system."""
        return suite_named(self.suite).arm(self.system)

    @property
    def gold(self) -> Corpus:
        """The arm's corpus; of real text with a test that is out of its domain too."""
        dials = (self.arm.noise, self.arm.ambiguity, self.arm.coupling)
        plan = self.plan
        return _gold(self.corpus, plan.corpus_preset, dials, self.folder, plan.pieces, self.columns)

    @property
    def teacher(self) -> "Job | None":
        """The job that trains its teacher, which has the seed of its students."""
        return self.arm.teacher and self._of(self.arm.teacher, self.seed)

    @property
    def members(self) -> "list[Job]":
        """The jobs whose runs it averages; none, if it is trained itself."""
        of = self.arm.averages
        return [self._of(of, seed) for seed in self.plan.seeds] if of else []

    @property
    def start(self) -> "Job | None":
        """The job whose run it fine-tunes."""
        return self.arm.start and self._of(self.arm.start, self.seed)

    def _of(self, system: str, seed: int) -> "Job":
        return replace(self, system=system, seed=self.plan.seed_of(system, seed))


@lru_cache(maxsize=4)  # a job and those it stands on read it many times
def _gold(
    name: str, preset: str, dials: tuple[float, ...], folder: Path | None, pieces: int | None,
    columns: Columns,
) -> Corpus:  # fmt: skip
    if name == "real":
        text = load_corpus(real(folder, preset, talks=("tst2010",)), **asdict(columns))
        where = {"folder": str(Path(folder).resolve())} if folder else {}
        return replace(text, origin={"name": name, "preset": preset, **where})
    tokenizer = pieces and TokenizerConfig(source_size=pieces, target_size=pieces, at_most=True)
    noise, ambiguity, coupling = dials if name == "minitalks" else (0.0, 1.0, 1.0)
    return load_corpus(
        name, preset, noise=noise, ambiguity=ambiguity, coupling=coupling, folder=folder,
        tokenizer=tokenizer, **asdict(columns),
    )  # fmt: skip


def taught(job: Job) -> tuple[Corpus, Run | None]:
    """What the job's model is trained on, decoded by its teacher if nobody has yet; the teacher."""
    torch.set_num_threads(1)  # two one-thread processes do more than one of two threads
    teacher = job.teacher and trained(job.teacher)[1]
    return job.arm.targets(job.gold, teacher, job.plan.beam), teacher


def trained(job: Job) -> tuple[Corpus, Run]:
    """What the job's model was trained on, and its run: from the store, or trained now.

    Before it come those that it stands on.
    """
    if job.members:
        return job.gold, _averaged(job)
    corpus, teacher = taught(job)
    recipe = job.arm.recipe(job.plan.recipe_preset)
    start = job.start and trained(job.start)[1]
    if job.arm.prune:
        start = pruned(start, job.arm.prune, job.arm.scope)
    return corpus, train(recipe, corpus, teacher, seed=job.seed, start=start)


def _averaged(job: Job) -> Run:
    """The runs of its members as one. Its history is empty: nothing is trained."""
    runs = [trained(member)[1] for member in job.members]
    return Run(
        Ensemble([run.model for run in runs]).eval(), runs[0].tokenizer, job.system,
        job.arm.recipe(job.plan.recipe_preset), ensemble_key([run.key for run in runs]), job.seed,
    )  # fmt: skip


def ensemble_key(members: Sequence[str]) -> str:
    """16 hexadecimal digits, like a run's key. members: the keys of the runs, in their order."""
    return hashlib.sha256(f"ensemble {' '.join(members)}".encode()).hexdigest()[:16]


def made_with(beam: int) -> dict[str, int]:
    """The versions of all that a row's weights and targets came through, and the beam."""
    return {
        "training": RUN_VERSION, "decoding": DECODE_VERSION, "sampling": SAMPLE_VERSION,
        "pieces": TOKENIZER_VERSION, "beam": beam,
    }  # fmt: skip


def recipe_sum(recipe: Recipe) -> str:
    """16 hexadecimal digits of all that a recipe says, for a row."""
    text = json.dumps(describe(recipe), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def run_job(job: Job) -> dict:
    """Train and score one system, or find both in the store; one row of the file."""
    gold, (corpus, run) = job.gold, trained(job)
    folder, beam = RunStore.default().folder / run.key, job.plan.beam
    metrics = score(run, folder, gold.tests, beam)
    also, code = suite_named(job.suite).also, job.arm.code
    for name in also:
        metrics[name] = ALSO[name](run, corpus, gold, folder, beam)
    return {
        "system": job.system, "seed": job.seed, "run": run.key,
        "teacher_run": run.teacher.key if run.teacher else None,
        "params": run.params, "updates": run.updates, "seconds": round(run.seconds, 1),
        "learns": job.arm.learns, "departs": job.arm.departs, **({"code": code} if code else {}),
        "selected_on": run.selected_on, "train_pairs": len(corpus.train),
        "recipe": recipe_sum(run.recipe), "text": gold.fingerprint, "cpu": run.cpu,
        "made_with": made_with(beam), "scored": SCORE_VERSION,
        "also": {name: VERSIONS[name] for name in also}, "metrics": metrics,
    }  # fmt: skip
