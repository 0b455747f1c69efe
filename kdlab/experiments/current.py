"""Which runs of a result file today's command would make again, and why: no number goes stale."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kdlab.errors import StoreError
from kdlab.experiments import recipes
from kdlab.experiments.corpus import Corpus
from kdlab.experiments.jobs import VERSIONS, Job, ensemble_key, made_with, recipe_sum
from kdlab.experiments.result_file import Rows, read_result, rows_of
from kdlab.experiments.scoring import SCORE_VERSION
from kdlab.experiments.suites import SUITES, suite_named
from kdlab.experiments.suites.suite import Suite
from kdlab.files import read_json, sha256, shipped
from kdlab.metrics.significance import METHOD

COMMAND = re.compile(r"kdlab reproduce (\S+) --corpus (\S+) --preset (\S+)")
BEAM = 5  # of benchmarks
JUDGED = ("comparisons", "verdicts")
WHAT = ("learns", "departs", "code")  # what an arm is, in a row


@dataclass(frozen=True)
class Before:
    """What a result file holds that is still so; nothing, if there is no file."""

    rows: Rows = field(default_factory=dict)
    judged: Mapping[str, list] = field(default_factory=lambda: {part: [] for part in JUDGED})
    made: Mapping[str, object] = field(default_factory=dict)


def before(path: Path, job: Job) -> Before:
    """Of the file that a suite's command wrote here before. job: one of its teacher's.

    Raises StoreError if it was made from another text, other sizes or tests, and ResultError if it
    is damaged: it stays as it is.
    """
    if not path.exists():
        return Before()
    about, suite, gold = read_result(path, needs=("runs",)), suite_named(job.suite), job.gold
    tests, data = fingerprints(gold), about.get("data", {})
    then = {
        "text": data.get("fingerprint"), "sizes": about.get("made", {}).get("sizes"),
        "tests": data.get("tests", tests),
    }  # fmt: skip
    now = {"text": gold.fingerprint, "sizes": sizes(job), "tests": tests}
    if other := [what for what in now if then[what] != now[what]]:
        raise StoreError(
            f"{path} was made with other {' and other '.join(other)} than today's; move it away or "
            "give another --out, and all of it is run anew."
        )
    rows = rows_of(path, about)
    stale = outdated(rows, job)
    kept = {part: about.get(part, []) for part in JUDGED}
    standing = {key: row for key, row in rows.items() if key not in stale}
    of_tests = {key: row for key, row in standing.items() if _of_tests(row, suite, gold)}
    return Before(of_tests, kept, about.get("made", {}))


def outdated(rows: Rows, job: Job) -> dict[tuple[str, int], str]:
    """{(system, seed): why} of rows that are not what today's command would make; needs no text.

    A row that does not say which versions it came through is not known to be current. Whoever
    stands on an outdated row is outdated too.
    """
    suite, beam, found = suite_named(job.suite), job.plan.beam, {}
    listed = {system for system, _ in rows}
    for (system, seed), row in sorted(rows.items(), key=lambda item: _depth(suite, item[0][0])):
        why = _changed(suite, row, job, beam)
        if not why:
            arm = suite.arm(system)
            of = arm.teacher, job.plan.seed_of(arm.teacher, seed)
            taught = rows.get(of, {}).get("run"), row.get("teacher_run")
            members = [(arm.averages, s) for s in job.plan.seeds] if arm.averages else []
            keys = [rows.get(member, {}).get("run", "") for member in members]
            if members and (set(members) & found.keys() or row["run"] != ensemble_key(keys)):
                why = "its members are others"
            elif arm.teacher in listed and (taught[0] != taught[1] or of in found):
                why = "its teacher is another"
            elif arm.start in listed and (
                (arm.start, seed) not in rows or (arm.start, seed) in found
            ):
                why = "what it starts from is another"
        if why:
            found[system, seed] = why
    return found


def stale(path: Path, about: Mapping | None = None) -> str:
    """Why the command that a result file names would make some of it again; "" if it would not.

    Asks the file, the code, and the sums of the files that were read; needs no text.
    about: what the file holds, where it has been read
    Raises ResultError for a damaged file.
    """
    about = about or read_result(path, needs=("runs",))
    how = about.get("made", {})
    if not about["runs"] and "method" in about:  # a simulation: no run, no text, one method
        return "" if about["method"] == METHOD else "intervals are made by another method now"
    asked = COMMAND.match(str(how.get("command")))
    if not asked:  # a benchmark, which has no rows to keep
        same = how.get("made_with") == made_with(BEAM)
        return "" if same else "they do not say that today's versions made them"
    if str(asked[1]).endswith(".py"):  # of one's own: its file need not be here
        return ""
    if other := _other_files(about.get("data", {}).get("files", ())):
        return f"{other} is another now"
    name, corpus, preset = asked.groups()
    if name not in SUITES or (corpus, preset) not in SUITES[name].plans:
        return "no suite has their plan any more"
    job = Job(name, corpus, preset, "teacher", 1)
    if how.get("sizes") != sizes(job):
        return "the preset has other sizes now"
    rows = rows_of(path, about)
    again = outdated(rows, job)
    reasons = Counter(again.values())
    wanted = set(job.plan.runs)
    reasons["not run yet"] = len(wanted - rows.keys())
    return "; ".join(f"{n} of {len(wanted)} runs: {why}" for why, n in reasons.items() if n)


def sizes(job: Job) -> object:
    """Those of its preset, as a file records them."""
    return recipes.describe(recipes.PRESETS[job.plan.recipe_preset])


def fingerprints(gold: Corpus) -> dict[str, str]:
    """{test: its fingerprint}."""
    return {name: pairs.fingerprint for name, pairs in gold.tests.items()}


def _other_files(files: Sequence[Mapping]) -> str:
    """The first file that a result was measured on and that is another now; "" if there is none."""
    real = {
        entry["file"]: entry["sha256"] for entry in read_json(shipped("data/real.json"))["files"]
    }
    for file in files:
        name = str(file["file"])
        if (real.get(name) or sha256(shipped(name))) != file["sha256"]:
            return name
    return ""


def _depth(suite: Suite, system: str) -> int:
    return suite.depth(system) if system in ("teacher", *suite.arms) else 0


def _changed(suite: Suite, row: Mapping, job: Job, beam: int) -> str:
    """What has changed about an arm, or how it is made and measured; "" if nothing."""
    system, now = row["system"], made_with(beam)
    if system not in ("teacher", *suite.arms):
        return "the suite has no such system"
    if "run" not in row or "made_with" not in row:
        return "it does not say which versions it came through"
    if other := [name for name in now if row["made_with"].get(name) != now[name]]:
        return f"{', '.join(other)} of another version"
    if row.get("scored", 1) != SCORE_VERSION:
        return "scored by another version"
    arm = suite.arm(system)
    if any(row.get(what, "") != getattr(arm, what) for what in WHAT):
        return "the arm is another"
    # Files say it since the rows had sentences; `learns`, `departs` and the sizes say it, too.
    if row.get("recipe") not in (None, recipe_sum(arm.recipe(job.plan.recipe_preset))):
        return "the recipe is another"
    for name in suite.also:
        if name not in row["metrics"] or row.get("also", {}).get(name, 1) != VERSIONS[name]:
            return f"{name} of another version"
    return ""


def _of_tests(row: Mapping, suite: Suite, gold: Corpus) -> bool:
    return row["metrics"].keys() - set(VERSIONS) == gold.tests.keys()
