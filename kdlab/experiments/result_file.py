"""A result file as it lies on the disk: read whole and looked through, or refused in a sentence."""

import json
from collections.abc import Mapping
from numbers import Real
from pathlib import Path

from kdlab.errors import ResultError

Rows = dict[tuple[str, int], Mapping]  # (system, seed) -> a run's row of the result file
END = (Real, type(None))  # of an interval; a single run has none
MARKERS = ("<<<<<<< ", "=======", ">>>>>>> ")
# What every reader of a file stands on; a cost benchmark's rows have no more than that.
LISTS = {
    "runs": {"system": str, "seed": int, "metrics": dict},
    "summary": {"system": str, "test": str, "metric": str, "mean": Real, "low": END, "high": END,
                "seeds": int},
    "comparisons": {"a": str, "b": str, "test": str, "metric": str},
    "verdicts": {"test": str, "name": str, "holds": str},
}  # fmt: skip
# What `reproduce` writes of each run; what was made before a field was there lacks it.
OF_RUNS = {
    "run": str, "teacher_run": (str, type(None)), "params": Real, "seconds": Real, "learns": str,
    "departs": str, "made_with": dict, "scored": int, "also": dict, "recipe": str, "text": str,
}  # fmt: skip
WORDS = {dict: "an object", list: "a list", str: "a text", int: "a whole number", Real: "a number"}


def read_result(path: Path, needs: tuple[str, ...] = ("summary",)) -> dict:
    """The file's content. Raises ResultError, saying what and where, if it is damaged.

    needs: lists that must be there
    """
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeError) as error:
        raise ResultError(f"{path} cannot be read ({error}); restore it or move it away.") from None
    about = _parsed(path, text)
    if not isinstance(about, dict):
        raise _broken(path, f"holds {_kind(about)} where a result file holds an object")
    for name, shape in LISTS.items():
        if name in about or name in needs:
            _check(path, name, about.get(name), shape)
    for name in ("made", "data"):
        if not isinstance(about.get(name, {}), dict):
            raise _broken(path, f"has {_kind(about[name])} as {name!r}")
    for number, row in enumerate(about.get("runs", ()), 1):
        _check_scores(path, number, row)
    return about


def rows_of(path: Path, about: Mapping) -> Rows:
    """Its runs by system and seed. Raises ResultError if one of them is there twice."""
    rows: Rows = {}
    for row in about["runs"]:
        key = row["system"], row["seed"]
        if key in rows:
            raise _broken(path, f"has two rows of {key[0]}, seed {key[1]}")
        rows[key] = row
    return rows


def _parsed(path: Path, text: str) -> object:
    if not text.strip():
        raise _broken(path, "is empty")
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith(MARKERS):
            raise _broken(path, f"holds git's conflict markers in line {number}")
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _broken(path, f"is no JSON ({error}); it may be cut") from None


def _check(path: Path, name: str, rows: object, shape: Mapping[str, object]) -> None:
    if not isinstance(rows, list):
        raise _broken(path, f"has {_kind(rows)} where a list {name!r} belongs")
    for number, row in enumerate(rows, 1):
        if not isinstance(row, dict):
            raise _broken(path, f"has {_kind(row)} as row {number} of {name!r}")
        for field, kind in shape.items():
            if not _is(row.get(field, ...), kind):
                what = f"{field} {row[field]!r}"[:60] if field in row else f"no {field}"
                raise _broken(path, f"has {what} in row {number} of {name!r}")


def _check_scores(path: Path, number: int, row: Mapping) -> None:
    """A run's scores are numbers, and its other fields, where they are there, what they should."""
    who = f"{row['system']}, seed {row['seed']}"
    if not row["metrics"]:
        raise _broken(path, f"has no metrics of {who}")
    for test, scores in row["metrics"].items():
        if not isinstance(scores, dict) or not scores:
            raise _broken(path, f"has no metrics of {who}, on {test}")
        for metric, value in scores.items():
            if not _is(value, Real):
                raise _broken(path, f"has {metric} {value!r} of {who}, on {test}")
    for field, kind in OF_RUNS.items():
        if field in row and not _is(row[field], kind):
            raise _broken(path, f"has {field} {row[field]!r} in row {number} of 'runs'")


def _is(value: object, kind: object) -> bool:
    return isinstance(value, kind) and not isinstance(value, bool)


def _kind(value: object) -> str:
    return next((word for kind, word in WORDS.items() if isinstance(value, kind)), "nothing")


def _broken(path: Path, what: str) -> ResultError:
    return ResultError(
        f"{path} {what}; nothing was changed. Restore it from where it came, or move it away and "
        "make it anew with kdlab reproduce."
    )
