"""A suite's runs: each scored on every test, then compared sentence by sentence."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from kdlab.corpora import Pairs
from kdlab.experiments.runs import Run
from kdlab.experiments.suites import Suite
from kdlab.files import read_json, write_json
from kdlab.metrics.outputs import Outputs, Said, outputs
from kdlab.metrics.samples import Sample, samples
from kdlab.metrics.scores import scores
from kdlab.metrics.significance import METHOD, comparison, holm

SCORE_VERSION = (
    1  # raise by hand when a measure of `scores` would be another, or there is a new one
)
Rows = Mapping[tuple[str, int], Mapping]  # (system, seed) -> a run's row of the result file


def score(run: Run, folder: Path, tests: Mapping[str, Pairs], beam: int) -> dict[str, dict]:
    """{test: metrics} of a run; what it said and its scores are kept in `folder`, its own."""
    found = {}
    for test, pairs in tests.items():
        kept = folder / f"outputs-{pairs.fingerprint}-{beam}.json"
        if not kept.exists():
            write_json(kept, asdict(outputs(run, pairs, beam)))
        # A run without a teacher of its own is judged against each suite's.
        judge = run.teacher.key if run.teacher else ""
        version = f"-v{SCORE_VERSION}" if SCORE_VERSION > 1 else ""
        row = folder / f"scores-{pairs.fingerprint}-{judge}-{beam}{version}.json"
        if not row.exists():
            write_json(row, scores(run, pairs, run.teacher, beam, read_outputs(kept)))
        found[test] = read_json(row)
    return found


def read_outputs(path: Path) -> Outputs:
    """What `score` kept of one run on one test."""
    kept = read_json(path)
    greedy, beam = (Said(**kept.pop(name)) for name in ("greedy", "beam"))
    return Outputs(greedy, beam, **kept)


def compare_runs(
    suite: Suite, rows: Rows, store: Path, tests: Mapping[str, Mapping[str, Pairs]], beam: int
) -> dict[str, list[dict]]:
    """`comparisons` and `verdicts` of a result file.

    store: the folder of all runs; a pair of systems of which it lacks a run's outputs is left out
    tests: by system, {test: pairs}; only systems that were tested on the same text are compared
    """
    comparisons, verdicts = [], []
    for test, pairs in _different(tests):
        same = {s for s, own in tests.items() if own[test].fingerprint == pairs.fingerprint}
        of = _samples({key: rows[key] for key in rows if key[0] in same}, store, pairs, beam)
        for a, b in suite.pairs:
            if a in of and b in of:
                what = {"a": a, "b": b, "test": test}
                comparisons += [
                    what | _compared(metric, of[a][metric], of[b][metric]) for metric in of[a]
                ]
        for claim in suite.claims:
            there = [s for s in claim.systems if s in of and claim.metric in of[s]]
            if len(there) == len(claim.systems):
                verdicts.append({"test": test, **claim.verdict(of)})
    return {"comparisons": comparisons, "verdicts": verdicts}


def _different(tests: Mapping[str, Mapping[str, Pairs]]) -> list[tuple[str, Pairs]]:
    """(name, pairs) of all tests: an arm's dials may have changed its text, not its name."""
    each = [(test, pairs) for own in tests.values() for test, pairs in own.items()]
    return list({(test, pairs.fingerprint): (test, pairs) for test, pairs in each}.values())


def corrected(comparisons: Sequence[Mapping]) -> list[dict]:
    """Comparisons with p_holm: p corrected for all that share its measure and its test."""
    families = defaultdict(list)
    for i, row in enumerate(comparisons):
        families[row["test"], row["metric"]].append(i)
    p_holm: dict[int, float] = {}
    for rows in families.values():
        p_holm |= zip(rows, holm([comparisons[i]["p"] for i in rows]), strict=True)
    return [{**row, "p_holm": p_holm[i]} for i, row in enumerate(comparisons)]


def _samples(
    rows: Rows, store: Path, pairs: Pairs, beam: int
) -> dict[str, dict[str, list[Sample]]]:
    """{system: {metric: [one a seed]}}, of systems all of whose outputs are in the store."""
    found: dict[str, dict[str, list[Sample]]] = {}
    incomplete = set()
    for (system, _), row in sorted(rows.items()):
        path = store / row["run"] / f"outputs-{pairs.fingerprint}-{beam}.json"
        if not path.exists():
            incomplete.add(system)
            continue
        for metric, sample in samples(read_outputs(path), pairs).items():
            found.setdefault(system, {}).setdefault(metric, []).append(sample)
    return {system: each for system, each in found.items() if system not in incomplete}


def _compared(metric: str, a: Sequence[Sample], b: Sequence[Sample]) -> dict[str, object]:
    found = _plain(asdict(comparison(a, b)))
    values = {"value_a": found.pop("a"), "value_b": found.pop("b")}
    return {"metric": metric, **values, **found, "seeds": [len(a), len(b)], "method": METHOD}


def _plain(row: Mapping[str, object]) -> dict[str, object]:
    """What JSON can hold: None for nan, which is a ratio to what may be 0."""
    return {k: None if isinstance(v, float) and math.isnan(v) else v for k, v in row.items()}
