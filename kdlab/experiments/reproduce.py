"""`reproduce`: run a suite, many one-thread processes at a time, and write its result file."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from joblib import Parallel, delayed

from kdlab.arrays import read_arrays
from kdlab.corpora.columns import AS_THEY_ARE, Columns
from kdlab.experiments.cluster import on_cluster
from kdlab.experiments.corpus import Corpus
from kdlab.experiments.current import JUDGED, before, fingerprints, sizes
from kdlab.experiments.jobs import Job, run_job, taught
from kdlab.experiments.judge import agrees, corrected, in_order, judged
from kdlab.experiments.result_file import Rows
from kdlab.experiments.results import made, summary
from kdlab.experiments.runs import RunStore
from kdlab.experiments.scoring import tallies_file
from kdlab.experiments.sentences import OfRun, Sentences, read_sentences, write_sentences
from kdlab.experiments.suites import suite_named
from kdlab.experiments.suites.claims import DECISION_RULE
from kdlab.experiments.suites.suite import Suite
from kdlab.experiments.workers import of_this_process
from kdlab.fields import typed
from kdlab.files import check_writable, write_json
from kdlab.metrics.bleu import signatures
from kdlab.metrics.tallies import of_test
from kdlab.progress import progress


def reproduce(
    name: str, corpus: str, preset: str, *, jobs: int = 1, out: Path, folder: Path | None = None,
    cluster: str | None = None, columns: Columns = AS_THEY_ARE,
) -> Path:  # fmt: skip
    """Run every job of a suite that is not in its result file yet; returns that file.

    What others stand on comes first: a teacher, then its decoding of the training set, then all
    students, `jobs` at a time, and last the comparisons. The file, and the runs' sentences in
    `sentences/` beside it, are written anew after each run, so a stop loses at most the runs under
    way; rows that are there, by an arm that is still the same, are kept. Delete the file to run
    everything again.
    out: folder of the result file     folder: where "real"'s text lies, default $KDLAB_DATA
    columns: of one's own text, where they are not clear by themselves
    cluster: "dask://HOST:PORT" of a scheduler whose workers share $KDLAB_HOME; all of them are used
    name: a suite's, or the path of a file that holds one, which every worker reads for itself
    Raises RecipeError for a suite, corpus or preset that is not there, or if no cluster answers,
    StoreError if the file cannot be written, or was made from another text or with other sizes, and
    ResultError if it is damaged or its scores are not what its sentences say.
    """
    suite, path = suite_named(name), result_file(out, name, corpus, preset)
    first = Job(name, corpus, preset, "teacher", 1, folder, columns)
    old, gold = before(path, first), first.gold
    command = f"kdlab reproduce {name} --corpus {corpus} --preset {preset} --jobs {jobs}"
    command = f"{command} {typed(columns)}".rstrip()
    rows, said = dict(old.rows), read_sentences(path, old.rows)
    agrees(rows, said, path)
    wanted = _missing(rows, said, first)
    check_writable(path)

    def write(judged: Mapping[str, list]) -> None:
        whole = in_order(suite, rows)
        about = made(command, sum(r["seconds"] for r in whole)) | {"sizes": sizes(first)}
        if not wanted:  # judged again, and nothing made: it is as old as it was
            about = old.made
        write_json(path, {**_file(suite, gold, whole, about), **judged})

    still = _still(suite, old.judged, {job.system for job in wanted})
    bar = progress(len(wanted), path.stem, "run")
    with bar, on_cluster(cluster) if cluster else of_this_process():
        for job, row in _finished(suite, wanted, -1 if cluster else jobs):
            rows[row["system"], row["seed"]] = row
            _add(said, job, row)
            write_sentences(path, said)
            write(still)
            bar.update()
    write(_merged(still, judged(suite, rows, said)))
    return path


def result_file(out: Path, name: str, corpus: str, preset: str) -> Path:
    """Where `reproduce` writes; of a suite, and of a corpus, from a file that file's name."""
    end = "" if preset == "standard" else f"-{preset}"
    suite = Path(name).stem if name.endswith(".py") else name
    return Path(out) / f"{Path(corpus).name.split('.')[0]}-{suite}{end}.json"


def unfinished(
    name: str, corpus: str, preset: str, *, out: Path, folder: Path | None = None,
    columns: Columns = AS_THEY_ARE,
) -> list[Job]:  # fmt: skip
    """The jobs that `reproduce` would still run. Raises as it does."""
    path = result_file(out, name, corpus, preset)
    first = Job(name, corpus, preset, "teacher", 1, folder, columns)
    rows = before(path, first).rows
    said = read_sentences(path, rows)
    agrees(rows, said, path)
    check_writable(path)
    return _missing(rows, said, first)


def _missing(rows: Rows, said: Sentences, first: Job) -> list[Job]:
    """The jobs of a plan that have no row, or no sentences though their run is in the store."""
    store = RunStore.default()
    return [
        replace(first, system=system, seed=seed)
        for system, seed in first.plan.runs
        if (system, seed) not in rows
        or ((system, seed) not in said.runs and store.has(rows[system, seed]["run"]))
    ]


def _add(said: Sentences, job: Job, row: Mapping) -> None:
    """The tallies of a run that has just been scored, and of its tests if they are new."""
    folder, judge = RunStore.default().folder / row["run"], row["teacher_run"] or ""
    tests, beam = job.gold.tests, job.plan.beam
    for pairs in tests.values():
        if pairs.fingerprint not in said.tests:
            said.tests[pairs.fingerprint] = of_test(pairs)
    texts = fingerprints(job.gold)
    arrays = {
        test: read_arrays(tallies_file(folder, text, judge, beam)) for test, text in texts.items()
    }
    said.runs[row["system"], row["seed"]] = OfRun(row["run"], beam, texts, arrays)


def _still(suite: Suite, old: Mapping[str, list], again: set[str]) -> dict[str, list]:
    """What the suite still compares and claims, of systems of which no run was made again."""
    claims = {claim.name: claim for claim in suite.claims}
    return {
        "comparisons": [
            row
            for row in old["comparisons"]
            if (row["a"], row["b"]) in suite.pairs and not {row["a"], row["b"]} & again
        ],
        "verdicts": [
            row
            for row in old["verdicts"]
            if row["name"] in claims and not again & set(claims[row["name"]].systems)
        ],
    }


def _merged(old: Mapping[str, list], new: Mapping[str, list]) -> dict[str, list]:
    """New comparisons and verdicts; of systems whose outputs are gone, those of the old file."""

    def what(row: Mapping) -> tuple:
        return tuple(row.get(k) for k in ("test", "a", "b", "metric", "name"))

    merged = {
        part: list({what(row): row for row in [*old[part], *new[part]]}.values()) for part in JUDGED
    }
    return merged | {
        "comparisons": corrected(merged["comparisons"]),
        "verdicts": corrected(merged["verdicts"], ("test",)), "summary": new["summary"],
    }  # fmt: skip


def _finished(suite: Suite, wanted: list[Job], jobs: int) -> Iterator[tuple[Job, dict]]:
    """Jobs and rows as they end: first all that stand on nothing, then what stands on those, …"""
    workers = Parallel(n_jobs=jobs, batch_size=1, return_as="generator_unordered")
    depths = {suite.depth(job.system) for job in wanted}
    for depth in sorted(depths):
        level = {(j.system, j.seed): j for j in wanted if suite.depth(j.system) == depth}
        # Training sets that several share are decoded once, before the workers ask.
        first = {(job.arm.targets, job.arm.teacher): job for job in reversed(level.values())}
        for _ in workers(delayed(_decode)(job) for job in first.values() if job.arm.teacher):
            pass
        for row in workers(delayed(run_job)(job) for job in level.values()):
            yield level[row["system"], row["seed"]], row


def _decode(job: Job) -> None:
    taught(job)  # a corpus is too large to send back


def _file(suite: Suite, corpus: Corpus, rows: list[dict], about: dict) -> dict:
    return {
        "suite": suite.name,
        "question": suite.question,
        "data": {
            "files": list(corpus.text.files),
            "fingerprint": corpus.fingerprint,
            "unit": corpus.text.unit,
            "train": len(corpus.train),
            "dev": len(corpus.dev),
            "test": {name: len(pairs) for name, pairs in corpus.tests.items()},
            "tests": fingerprints(corpus),
        },
        "made": about,
        "runs": rows,
        "signatures": signatures(corpus.text.unit),
        "summary": summary(rows),
        "decision_rule": DECISION_RULE,
        "rule": list(suite.rule_on(corpus.grammar is not None)),
        "ruled": suite.ruled,
    }
