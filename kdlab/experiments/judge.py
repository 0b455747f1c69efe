"""A result file judged from its rows and their sentences: nothing is trained, no text is read."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from kdlab.errors import ResultError
from kdlab.experiments.result_file import Rows, read_result, rows_of
from kdlab.experiments.results import summary
from kdlab.experiments.sentences import Sentences, read_sentences, sentences_file
from kdlab.experiments.suites import suite_named
from kdlab.experiments.suites.suite import Suite
from kdlab.metrics.samples import Sample
from kdlab.metrics.significance import METHOD, comparison, holm
from kdlab.names import find

# What a file compares its pairs by; `ask` and claims know every measure that has samples.
COMPARED = ("bleu_", "beam_gap", "mode_mass", "ppl", "valid_rate_")
CLOSE = 1e-4  # of a score, to what its sentences say: logarithms are kept in whole units
OfTest = dict[str, dict[str, list[Sample]]]  # system -> metric -> one a seed


def judge(path: Path) -> dict:
    """The result file with its summary, comparisons and verdicts made anew, by today's statistics.

    Raises ResultError if it, or what lies beside it, is damaged, contradicts itself or is missing.
    """
    about, rows, sentences = _read(path)
    suite = _suite_of(about)
    if missing := [key for key in rows if key not in sentences.runs]:
        system, seed = missing[0]
        raise ResultError(
            f"{sentences_file(Path(path))} has no sentences of {system}, seed {seed} (and of "
            f"{len(missing) - 1} more runs); {path} can be judged anew once its command has made "
            "them."
        )
    return {**about, **judged(suite, rows, sentences)}


def _suite_of(about: Mapping) -> Suite:
    """The suite of a result file: one of ours by name, one's own by the file in its command."""
    command = str(about.get("made", {}).get("command")).split()
    own = [word for word in command if word.endswith(".py")]
    return suite_named(own[0] if own else str(about.get("suite")))


def in_order(suite: Suite, rows: Rows) -> list[Mapping]:
    """The rows of a file as it lists them: by the suite's arms, not by who was done first."""
    listed = dict.fromkeys(["teacher", *suite.arms, *(system for system, _ in rows)])
    order = list(listed)  # at its end what was an arm once
    return sorted(rows.values(), key=lambda row: (order.index(row["system"]), row["seed"]))


def judged(suite: Suite, rows: Rows, sentences: Sentences) -> dict[str, list[dict]]:
    """`summary`, `comparisons` and `verdicts` of a result file.

    A comparison's p_holm is corrected for all by its measure on its test, a claim's for all claims
    on it. A pair of systems of which some run has no sentences is left out, and so is a claim.
    """
    comparisons, verdicts = [], []
    for test, of in _by_test(rows, sentences):
        for a, b in suite.pairs:
            if a in of and b in of:
                comparisons += _compared(of, test, a, b, COMPARED)
        for claim in suite.claims:
            there = [s for s in claim.systems if s in of and claim.metric in of[s]]
            if len(there) == len(claim.systems):
                verdicts.append({"test": test, **claim.verdict(of)})
    return {
        "summary": summary(in_order(suite, rows)),
        "comparisons": corrected(comparisons),
        "verdicts": corrected(verdicts, ("test",)),
    }


def ask(path: Path, a: str, b: str, metric: str | None = None, test: str | None = None) -> list:
    """Rows as a file's `comparisons`, of two systems that it need not have compared.

    metric, test: one of them; all by default. Not corrected for how often one asks.
    Raises RecipeError for a name that is not there, ResultError as `judge` does.
    """
    _, rows, sentences = _read(path)
    systems = dict.fromkeys(system for system, _ in rows)
    for system in (a, b):
        find(system, systems | dict.fromkeys(systems, True), "system")
    found = []
    for name, of in _by_test(rows, sentences):
        if a in of and b in of and test in (None, name):
            found += _compared(of, name, a, b)
    if not found and not sentences_file(Path(path)).exists():
        raise ResultError(
            f"{sentences_file(Path(path))} is not there, and without it two systems cannot be "
            "compared; the file's own command makes it."
        )
    if not found:
        where = f" on {test}" if test else ""
        raise ResultError(
            f"{sentences_file(Path(path))} lacks the sentences of {a} or {b}{where}, or they were "
            "tested on different text; what is not kept cannot be compared."
        )
    if metric:
        find(metric, {row["metric"]: True for row in found}, f"measure of {a} and {b}")
    return [row for row in found if metric in (None, row["metric"])]


def agrees(rows: Rows, sentences: Sentences, path: Path) -> None:
    """Raises ResultError if a score of a row is not what the run's sentences say."""
    for system, seed in rows.keys() & sentences.runs.keys():
        scores = rows[system, seed]["metrics"]
        for (test, _), samples in sentences.samples(system, seed).items():
            for metric in scores.get(test, {}).keys() & samples.keys():
                score, said = scores[test][metric], samples[metric].value
                if not math.isclose(score, said, rel_tol=CLOSE, abs_tol=CLOSE):
                    raise ResultError(
                        f"{path} says {metric} {score:g} of {system}, seed {seed}, on {test}; its "
                        f"sentences say {said:g}. One of them was changed by hand or belongs to "
                        "another run: restore both files."
                    )


def corrected(rows: Sequence[Mapping], family: Sequence[str] = ("test", "metric")) -> list[dict]:
    """Rows with p_holm: p corrected for all that are alike in what `family` names."""
    families = defaultdict(list)
    for i, row in enumerate(rows):
        families[tuple(row[name] for name in family)].append(i)
    p_holm: dict[int, float] = {}
    for alike in families.values():
        p_holm |= zip(alike, holm([rows[i]["p"] for i in alike]), strict=True)
    return [{**row, "p_holm": p_holm[i]} for i, row in enumerate(rows)]


def _read(path: Path) -> tuple[dict, Rows, Sentences]:
    about = read_result(path, needs=("runs",))
    rows = rows_of(path, about)
    sentences = read_sentences(Path(path), rows)
    agrees(rows, sentences, path)
    return about, rows, sentences


def _by_test(rows: Rows, sentences: Sentences) -> list[tuple[str, OfTest]]:
    """Each test's samples: an arm's dials may have changed its text, not its name. Only systems of
    which all runs have sentences are there."""
    whole = {system for system, _ in rows} - {
        s for s, seed in rows if (s, seed) not in sentences.runs
    }
    found: dict[tuple[str, str], OfTest] = {}
    for system, seed in sorted(rows):
        if system in whole:
            for which, samples in sentences.samples(system, seed).items():
                of = found.setdefault(which, {}).setdefault(system, {})
                for metric, sample in samples.items():
                    of.setdefault(metric, []).append(sample)
    return [(test, of) for (test, _), of in found.items()]


def _compared(
    of: OfTest, test: str, a: str, b: str, only: tuple[str, ...] = ("",)
) -> list[dict[str, object]]:
    rows = []
    for metric in of[a]:
        if metric.startswith(only) and metric in of[b]:
            found = _plain(asdict(comparison(of[a][metric], of[b][metric])))
            values = {"value_a": found.pop("a"), "value_b": found.pop("b")}
            seeds = [len(of[a][metric]), len(of[b][metric])]
            what = {"a": a, "b": b, "test": test, "metric": metric}
            rows.append({**what, **values, **found, "seeds": seeds, "method": METHOD})
    return rows


def _plain(row: Mapping[str, object]) -> dict[str, object]:
    """What JSON can hold: None for nan, which is a ratio to what may be 0."""
    return {k: None if isinstance(v, float) and math.isnan(v) else v for k, v in row.items()}
