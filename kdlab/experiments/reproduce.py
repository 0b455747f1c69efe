"""`reproduce`: run a suite, many one-thread processes at a time, and write its result file."""

from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from pathlib import Path

from joblib import Parallel, delayed

from kdlab.errors import StoreError
from kdlab.experiments import recipes
from kdlab.experiments.cluster import on_cluster
from kdlab.experiments.corpus import Corpus
from kdlab.experiments.jobs import ALSO, VERSIONS, Job, made_with, run_job, taught
from kdlab.experiments.judge import SCORE_VERSION, compare_runs, corrected
from kdlab.experiments.results import made, summary
from kdlab.experiments.runs import RunStore
from kdlab.experiments.suites import Suite, suite_named
from kdlab.experiments.suites.claims import DECISION_RULE
from kdlab.files import read_json, write_json
from kdlab.metrics.bleu import signatures

JUDGED = ("comparisons", "verdicts")
WHAT = ("learns", "departs")  # what an arm is, in a row


def reproduce(
    name: str, corpus: str, preset: str, *, jobs: int = 1, out: Path, folder: Path | None = None,
    cluster: str | None = None,
) -> Path:  # fmt: skip
    """Run every job of a suite that is not in its result file yet; returns that file.

    What others stand on comes first: a teacher, then its decoding of the training set, then all
    students, `jobs` at a time, and last the comparisons. The file is written anew after each run,
    so a stop loses at most the runs under way; rows that are there, by an arm that is still the
    same, are kept. Delete the file to run everything again.
    out: folder of the result file     folder: where "real"'s text lies, default $KDLAB_DATA
    cluster: "dask://HOST:PORT" of a scheduler whose workers share $KDLAB_HOME; all of them are used
    name: a suite's, or the path of a file that holds one, which every worker reads for itself
    Raises RecipeError for a suite, corpus or preset that is not there, or if no cluster answers,
    and StoreError if the file that is there was made from another text or with other sizes.
    """
    suite, path = suite_named(name), result_file(out, name, corpus, preset)
    gold, sizes, old = _before(path, name, corpus, preset, folder)
    plan = suite.plan(corpus, preset)
    command = f"kdlab reproduce {name} --corpus {corpus} --preset {preset} --jobs {jobs}"
    rows = {(row["system"], row["seed"]): row for row in old["runs"]}
    wanted = _missing(rows, name, corpus, preset, folder)

    def write(judged: Mapping[str, list]) -> None:
        order = list(dict.fromkeys(["teacher", *suite.arms]))
        whole = sorted(rows.values(), key=lambda r: (order.index(r["system"]), r["seed"]))
        about = made(command, sum(r["seconds"] for r in whole)) | {"sizes": sizes}
        if not wanted:  # judged again, and nothing made: it is as old as it was
            about = old["made"]
        write_json(path, {**_file(suite, gold, whole, about), **judged})

    still = _still(suite, old, {job.system for job in wanted})
    with on_cluster(cluster) if cluster else nullcontext():
        for row in _finished(suite, wanted, -1 if cluster else jobs):
            rows[row["system"], row["seed"]] = row
            write(still)
    store = RunStore.default().folder
    tests = {s: Job(name, corpus, preset, s, 1, folder).gold.tests for s in {s for s, _ in rows}}
    write(_merged(still, compare_runs(suite, rows, store, tests, plan.beam)))
    return path


def result_file(out: Path, name: str, corpus: str, preset: str) -> Path:
    """Where `reproduce` writes; of a suite, and of a corpus, from a file that file's name."""
    end = "" if preset == "standard" else f"-{preset}"
    suite = Path(name).stem if name.endswith(".py") else name
    return Path(out) / f"{Path(corpus).name.split('.')[0]}-{suite}{end}.json"


def unfinished(
    name: str, corpus: str, preset: str, *, out: Path, folder: Path | None = None
) -> list[Job]:
    """The jobs that `reproduce` would still run. Raises as it does."""
    path = result_file(out, name, corpus, preset)
    *_, old = _before(path, name, corpus, preset, folder)
    rows = {(row["system"], row["seed"]): row for row in old["runs"]}
    return _missing(rows, name, corpus, preset, folder)


def _before(
    path: Path, name: str, corpus: str, preset: str, folder: Path | None
) -> tuple[Corpus, object, dict[str, list]]:
    """The gold corpus, the sizes of its preset, and the result file so far."""
    gold = Job(name, corpus, preset, "teacher", 1, folder).gold
    suite = suite_named(name)
    plan = suite.plan(corpus, preset)
    sizes = recipes.describe(recipes.PRESETS[plan.recipe_preset])
    return gold, sizes, _file_so_far(path, suite, gold, sizes, plan.beam)


def _missing(rows: Mapping, name: str, corpus: str, preset: str, folder: Path | None) -> list[Job]:
    """The jobs of a plan that have no row."""
    each = [("teacher", 1), *suite_named(name).plan(corpus, preset).students]
    return [
        Job(name, corpus, preset, system, seed, folder)
        for system, seed in each
        if (system, seed) not in rows
    ]


def _file_so_far(
    path: Path, suite: Suite, gold: Corpus, sizes: object, beam: int
) -> dict[str, list]:
    """What a file made before holds that is still so; its runs may be gone from the store.

    Raises StoreError if it was made from another text, other sizes or tests: it stays as it is.
    """
    empty: dict[str, list] = {"runs": [], **{part: [] for part in JUDGED}}
    if not path.exists():
        return empty
    old = read_json(path)
    tests, data = _fingerprints(gold), old.get("data", {})
    then = {
        "text": data.get("fingerprint"), "sizes": old.get("made", {}).get("sizes"),
        "tests": data.get("tests", tests),
    }  # fmt: skip
    now = {"text": gold.fingerprint, "sizes": sizes, "tests": tests}
    if other := [what for what in now if then[what] != now[what]]:
        raise StoreError(
            f"{path} was made with other {' and other '.join(other)} than today's; move it away or "
            "give another --out, and all of it is run anew."
        )
    whole = [
        r
        for r in old["runs"]
        if "run" in r
        and r["metrics"].keys() - ALSO.keys() == gold.tests.keys()
        and _same_arm(suite, r, beam)
    ]
    kept = {part: old.get(part, []) for part in JUDGED}
    listed = {row["system"] for row in old["runs"]}
    return empty | kept | {"runs": _standing(suite, whole, listed), "made": old["made"]}


def _fingerprints(gold: Corpus) -> dict[str, str]:
    return {name: pairs.fingerprint for name, pairs in gold.tests.items()}


def _same_arm(suite: Suite, row: Mapping, beam: int) -> bool:
    """Whether the suite's arm of this name is what it was, and is made and measured as it was.

    Files say the first since 2026-11-22; of what they do not say, it was version 1, and beam 5.
    """
    if row["system"] not in ("teacher", *suite.arms):
        return False
    arm = suite.arm(row["system"])
    now = made_with(beam)
    first = dict.fromkeys(now, 1) | {"beam": 5}
    if row.get("scored", 1) != SCORE_VERSION or row.get("made_with", first) != now:
        return False
    said = row.get("code", "") == arm.code and all(
        row.get(what, getattr(arm, what)) == getattr(arm, what) for what in WHAT
    )
    return said and all(
        name in row["metrics"] and row.get("also", {}).get(name, 1) == VERSIONS[name]
        for name in suite.also
    )


def _standing(suite: Suite, rows: list[dict], listed: set[str]) -> list[dict]:
    """Rows whose teacher and start are what they were, as far as the file lists them."""
    there: dict[tuple[str, int], str] = {}
    for row in sorted(rows, key=lambda row: suite.depth(row["system"])):
        arm = suite.arm(row["system"])
        taught = there.get((arm.teacher, 1)) == row["teacher_run"] or arm.teacher not in listed
        begun = (arm.start, row["seed"]) in there or arm.start not in listed
        if taught and begun:
            there[row["system"], row["seed"]] = row["run"]
    return [row for row in rows if (row["system"], row["seed"]) in there]


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
    return merged | {"comparisons": corrected(merged["comparisons"])}


def _finished(suite: Suite, wanted: list[Job], jobs: int) -> Iterator[dict]:
    """Rows as they end: first all that stand on nothing, then what stands on those, and so on."""
    workers = Parallel(n_jobs=jobs, batch_size=1, return_as="generator_unordered")
    depths = {suite.depth(job.system) for job in wanted}
    for depth in sorted(depths):
        level = [job for job in wanted if suite.depth(job.system) == depth]
        # Training sets that several share are decoded once, before the workers ask.
        first = {(job.arm.targets, job.arm.teacher): job for job in reversed(level)}
        for _ in workers(delayed(_decode)(job) for job in first.values() if job.arm.teacher):
            pass
        yield from workers(delayed(run_job)(job) for job in level)


def _decode(job: Job) -> None:
    taught(job)  # a corpus is too large to send back


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
            "tests": _fingerprints(corpus),
        },
        "made": about,
        "runs": rows,
        "signatures": signatures(),
        "summary": summary(rows),
        "decision_rule": DECISION_RULE,
        "rule": list(suite.rule),
        "ruled": suite.ruled,
    }
