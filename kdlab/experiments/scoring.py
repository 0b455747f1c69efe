"""What a suite keeps of each run: what it said on every test, its scores, and their tallies."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import numpy as np

from kdlab.arrays import write_arrays
from kdlab.corpora.text import Pairs
from kdlab.errors import ResultError
from kdlab.experiments.runs import Run
from kdlab.files import read_json, write_json
from kdlab.metrics.agreement import agreement_counts
from kdlab.metrics.outputs import Outputs, Said, outputs
from kdlab.metrics.scores import scores
from kdlab.metrics.tallies import of_run

# Raise by hand when a measure of `scores` would be another, or there is a new one.
SCORE_VERSION = 2


def score(run: Run, folder: Path, tests: Mapping[str, Pairs], beam: int) -> dict[str, dict]:
    """{test: metrics} of a run; what it said, its scores and tallies are kept in `folder`, its own.

    A run without a teacher of its own is judged against each suite's.
    """
    found, judge = {}, run.teacher.key if run.teacher else ""
    for test, pairs in tests.items():
        kept = folder / f"outputs-{pairs.fingerprint}-{beam}.json"
        if not kept.exists():
            write_json(kept, asdict(outputs(run, pairs, beam)))
        row = folder / f"scores-{_which(pairs.fingerprint, judge, beam)}.json"
        if not row.exists():
            write_json(row, scores(run, pairs, run.teacher, beam, read_outputs(kept)))
        counts = tallies_file(folder, pairs.fingerprint, judge, beam)
        if not counts.exists():
            write_arrays(counts, of_run(read_outputs(kept), pairs, _agreed(run, pairs)))
        found[test] = read_kept(row)
    return found


def tallies_file(folder: Path, test: str, judge: str, beam: int) -> Path:
    """Where a run's tallies are kept. test: the test's fingerprint; judge: the teacher's key."""
    return folder / f"tallies-{_which(test, judge, beam)}.npz"


def read_outputs(path: Path) -> Outputs:
    """What `score` kept of one run on one test."""
    kept = read_kept(path)
    try:
        greedy, beam = (Said(**kept.pop(name)) for name in ("greedy", "beam"))
        return Outputs(greedy, beam, **kept)
    except (KeyError, TypeError) as error:
        raise _damaged(path, error) from error


def read_kept(path: Path) -> dict:
    """What a suite kept of a run. Raises ResultError if it is damaged: it can be made anew."""
    try:
        kept = read_json(path)
        if not isinstance(kept, dict):
            raise ValueError(f"it holds a {type(kept).__name__}")
    except (ValueError, RecursionError) as error:
        raise _damaged(path, error) from error
    return kept


def _damaged(path: Path, error: Exception) -> ResultError:
    return ResultError(f"{path} is damaged ({error}); delete it, and it is made anew.")


def _which(test: str, judge: str, beam: int) -> str:
    return f"{test}-{judge}-{beam}" + (f"-v{SCORE_VERSION}" if SCORE_VERSION > 1 else "")


def _agreed(run: Run, pairs: Pairs) -> np.ndarray | None:
    if run.teacher is None or run.teacher.tokenizer.fingerprint != run.tokenizer.fingerprint:
        return None
    data = run.encode(pairs.source, pairs.target)
    return agreement_counts(run.model, run.teacher.model, data).numpy()
