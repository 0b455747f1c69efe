"""`reproduce`: run a suite, many one-thread processes at a time, and write its result file."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from joblib import Parallel, delayed

from kdlab.distill import sequence_level
from kdlab.experiments import recipes
from kdlab.experiments.corpus import Corpus, load_corpus
from kdlab.experiments.results import find, made, summary
from kdlab.experiments.runs import Run, RunStore
from kdlab.experiments.suites import SUITES, Plan, Suite
from kdlab.experiments.train import train
from kdlab.files import read_json, write_json
from kdlab.metrics.bleu import signatures
from kdlab.metrics.scores import scores


@dataclass(frozen=True)
class Job:
    """One run of a suite: everything a worker process needs to know."""

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


def reproduce(
    name: str, corpus: str, preset: str, *, jobs: int = 1, out: Path, folder: Path | None = None
) -> Path:
    """Run every job of a suite that is not in its result file yet; returns that file.

    The teacher comes first, then its decoding of the training set, then all students, `jobs` at a
    time. The file is written anew after each run, so a stop loses at most the runs under way; rows
    of a file made from the same text and sizes are kept. Delete the file to run everything again.
    out: folder of the result file     folder: where "real"'s text lies, default $KDLAB_DATA
    Raises RecipeError for a suite, corpus or preset that is not there.
    """
    suite = find(name, SUITES, "suite")
    plan = suite.plan(corpus, preset)
    path = Path(out) / f"{corpus}-{name}{'' if preset == 'standard' else '-' + preset}.json"
    text = load_corpus(corpus, plan.corpus_preset, folder=folder)
    command = f"kdlab reproduce {name} --corpus {corpus} --preset {preset} --jobs {jobs}"
    sizes = recipes.describe(recipes.PRESETS[plan.recipe_preset])
    rows = _rows_so_far(path, text, sizes)
    students = [
        Job(name, corpus, preset, system, seed, folder)
        for seed in plan.seeds
        for system in plan.arms
        if (system, seed) not in rows
    ]
    if not students and ("teacher", 1) in rows:
        return path
    for row in _finished(Job(name, corpus, preset, "teacher", 1, folder), students, jobs):
        rows[row["system"], row["seed"]] = row
        order = ["teacher", *suite.arms]
        whole = sorted(rows.values(), key=lambda r: (order.index(r["system"]), r["seed"]))
        about = made(command, sum(r["seconds"] for r in whole)) | {"sizes": sizes}
        write_json(path, _file(suite, text, whole, about))
    return path


def _rows_so_far(path: Path, corpus: Corpus, sizes: object) -> dict[tuple[str, int], dict]:
    """Rows of a file made before from the same text and sizes: the store's runs may be gone."""
    if not path.exists():
        return {}
    old = read_json(path)
    made_from = old.get("data", {}).get("fingerprint"), old.get("made", {}).get("sizes")
    if made_from != (corpus.fingerprint, sizes):
        return {}
    return {(row["system"], row["seed"]): row for row in old["runs"]}


def _finished(teacher: Job, students: list[Job], jobs: int) -> Iterator[dict]:
    """Rows as they end: the teacher's, then the students' in whatever order."""
    yield run_job(teacher)
    decoding = (j for j in students if SUITES[j.suite].arms[j.system].targets == "seq_kd")
    if first := next(decoding, None):
        _corpus_for(first)  # decode once, before the workers ask
    workers = Parallel(n_jobs=jobs, return_as="generator_unordered")
    yield from workers(delayed(run_job)(job) for job in students)


def run_job(job: Job) -> dict:
    """Train and score one system, or find both in the store; one row of the file."""
    torch.set_num_threads(1)  # two one-thread processes do more than one of two threads
    run, corpus = _train(job)
    metrics = {}
    for test, pairs in corpus.tests.items():
        # A run without a teacher of its own is judged against each suite's; beams differ too.
        what = f"{pairs.fingerprint}-{run.teacher.key if run.teacher else ''}-{job.plan.beam}"
        kept = RunStore.default().folder / run.key / f"scores-{what}.json"
        if not kept.exists():
            write_json(kept, scores(run, pairs, run.teacher, job.plan.beam))
        metrics[test] = read_json(kept)
    return {
        "system": job.system, "seed": job.seed,
        "teacher_run": run.teacher.key if run.teacher else None,
        "params": run.params, "updates": run.updates, "seconds": round(run.seconds, 1),
        "selected_on": run.selected_on, "train_pairs": len(corpus.train), "metrics": metrics,
    }  # fmt: skip


def _train(job: Job) -> tuple[Run, Corpus]:
    plan = job.plan
    gold = load_corpus(job.corpus, plan.corpus_preset, folder=job.folder)
    teacher = train(recipes.teacher(plan.recipe_preset), gold)
    if job.system == "teacher":
        return teacher, gold
    arm = SUITES[job.suite].arms[job.system]
    corpus = _corpus_for(job)
    recipe = recipes.student(plan.recipe_preset, loss=arm.loss)
    return train(recipe, corpus, teacher, seed=job.seed), corpus


def _corpus_for(job: Job) -> Corpus:
    plan = job.plan
    gold = load_corpus(job.corpus, plan.corpus_preset, folder=job.folder)
    if SUITES[job.suite].arms[job.system].targets == "gold":
        return gold
    return sequence_level(train(recipes.teacher(plan.recipe_preset), gold), gold, beam=plan.beam)


def _file(suite: Suite, corpus: Corpus, rows: list[dict], about: dict) -> dict:
    return {
        "suite": suite.name,
        "question": suite.question,
        "data": {
            "files": list(corpus.text.files),
            "fingerprint": corpus.fingerprint,
            "train": len(corpus.train),
            "dev": len(corpus.dev),
            "test": {name: len(pairs) for name, pairs in corpus.tests.items()},
        },
        "made": about,
        "runs": rows,
        "signatures": signatures(),
        "summary": summary(rows),
        "comparisons": [],
    }
