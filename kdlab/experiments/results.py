"""Result files: written part by part as runs end, read by chapters through `results`."""

import math
import os
import platform
import statistics
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import torch
from scipy.special import stdtrit

from kdlab.errors import RecipeError
from kdlab.experiments.current import stale
from kdlab.experiments.result_file import read_result
from kdlab.files import shipped
from kdlab.names import find
from kdlab.tables import MEASURES, shown
from kdlab.version import version

NEAR, IN_CHECKOUT = "results", "book/results"  # folders of the working folder


class Value(float):
    """A mean over seeds that knows its interval; prints as "25.2 [24.6, 25.8], 3 seeds".

    low, high: nan of a single seed, which has no interval and prints as "25.2, 1 seed"
    """

    low: float
    high: float
    seeds: int

    def __new__(cls, mean: float, low: float, high: float, seeds: int) -> "Value":
        """Mean, ends of the 95 % interval, and how many seeds."""
        value = super().__new__(cls, mean)
        value.low, value.high, value.seeds = low, high, seeds
        return value

    def __getnewargs__(self) -> tuple[float, float, float, int]:
        return float(self), self.low, self.high, self.seeds  # or it could not be copied

    def __str__(self) -> str:
        if self.seeds == 1:
            return f"{self:.1f}, 1 seed"
        return f"{self:.1f} [{self.low:.1f}, {self.high:.1f}], {self.seeds} seeds"


@dataclass(frozen=True)
class System:
    """One system's figures on one test: `system.bleu_greedy` and so on, each a Value."""

    name: str
    figures: Mapping[str, Value]

    def __getattr__(self, metric: str) -> Value:
        if metric.startswith("__"):
            raise AttributeError(metric)
        try:
            return find(metric, self.figures, f"metric of {self.name}")
        except RecipeError as error:  # so that hasattr() answers
            raise AttributeError(str(error)) from None

    def __repr__(self) -> str:
        """Its figures, as tables show them, and the names of the rest."""
        tabled = {metric: v for metric, v in self.figures.items() if metric in MEASURES}
        each = [f"{metric} {shown(value, metric)}" for metric, value in tabled.items()]
        rest = [metric for metric in self.figures if metric not in tabled]
        return _filled(f"System {self.name}: ", "; ".join(each) + _also(rest))


@dataclass(frozen=True)
class Results:
    """A result file read for one test: `results["seq_kd"].bleu_greedy`; about: the whole file.

    path: of the file, since one of the working folder comes before the book's own
    """

    systems: Mapping[str, System]
    about: Mapping[str, object]
    test: str = ""
    path: Path | None = None

    def __repr__(self) -> str:
        """The question, the systems with their seeds, and what else the file holds."""
        asked = f"Results of {self.about.get('suite', 'a suite')} on {self.test}: "
        seeds = sorted({v.seeds for s in self.systems.values() for v in s.figures.values()})
        held = {part: len(self.about.get(part, ())) for part in ("runs", "comparisons", "verdicts")}
        return "\n".join([
            _filled(asked, str(self.about.get("question", ""))),
            _filled("  systems: ", ", ".join(self.systems)),
            *([f"  file: {self.path}"] if self.path else []),
            f"  {' to '.join(map(str, {*seeds[:1], *seeds[-1:]}))} seeds; in the file "
            + ", ".join(f"{n} {part}" for part, n in held.items()),
        ])  # fmt: skip

    def __getitem__(self, system: str) -> System:
        return find(system, self.systems, "system")

    def comparison(self, a: str, b: str, metric: str) -> Mapping[str, object]:
        """{difference, low, high, p, ratio, …} of two systems: the file's row, on this test.

        Raises RecipeError, with the comparisons there are, if these two were not compared.
        """
        rows = {
            f"{row['a']} - {row['b']}, {row['metric']}": row
            for row in self.about.get("comparisons", ())
            if row["test"] == self.test
        }
        return find(f"{a} - {b}, {metric}", rows, "comparison")

    @property
    def verdicts(self) -> list[Mapping[str, object]]:
        """What became of the suite's claims on this test: {name, claim, holds, figure, low, …}."""
        return [row for row in self.about.get("verdicts", ()) if row["test"] == self.test]

    @property
    def verdict(self) -> str:
        """Of the suite's hypothesis, by its rule: "supported" if every claim of it holds, "not
        supported" if one fails, "not tested" if one was not asked here, "not testable" if one
        cannot be, else "not separated"; "" for a suite without a rule."""
        of = {row["name"]: row["holds"] for row in self.verdicts}
        holds = [of.get(name, "not asked") for name in self.about.get("rule", ())]
        if not holds:
            return ""
        if "no" in holds:
            return "not supported"
        for missing, word in (("not asked", "not tested"), ("not testable", "not testable")):
            if missing in holds:
                return word
        return "supported" if set(holds) == {"yes"} else "not separated"


def results(name: str, test: str | None = None, folder: Path | None = None) -> Results:
    """Read the nearest result file of this name, and say in `path` which that was.

    name: "minitalks-core", or the path of a file that ends in .json     test: which test's figures,
    the first one by default     folder: to look in, default the working folder, its `results` and
    `book/results`, then what came with kdlab
    Raises RecipeError, with the names there are, if the file, test, system or metric is not there,
    and ResultError for a damaged file.
    """
    path = nearest_file(name, folder)
    about = read_result(path)
    if "runs" in about and "made" in about:
        about["waiting"] = stale(path, about)
    tests = {row["test"]: None for row in about["summary"]}
    test = test or next(iter(tests), "")
    find(test, dict.fromkeys(tests, True), "test")
    figures: dict[str, dict[str, Value]] = {}
    for row in about["summary"]:
        if row["test"] == test:
            ends = (math.nan, math.nan) if row["seeds"] == 1 else (row["low"], row["high"])
            value = Value(row["mean"], *ends, row["seeds"])
            figures.setdefault(row["system"], {})[row["metric"]] = value
    return Results({s: System(s, f) for s, f in figures.items()}, about, test, path)


def nearest_file(name: str, folder: Path | None = None) -> Path:
    """The path that `results` reads. Raises as it does."""
    here = Path(name if name.endswith(".json") else f"{name}.json")
    if here.is_file() and (folder is None or name.endswith(".json")):
        return here
    folders = [shipped("book/results"), Path(IN_CHECKOUT), Path(NEAR)]
    files: dict[str, Path] = {}
    for where in [Path(folder)] if folder else folders:  # the nearest last: it stays
        files |= {path.stem: path for path in sorted(where.glob("*.json"))}
    return find(name.removesuffix(".json"), files, "result file")


def folder_to_write(name: str) -> Path:
    """Where `reproduce` writes unless it is told, so that `results` finds it from there.

    The book's own suites go to the book, where there is one; one's own never.
    """
    book = Path(IN_CHECKOUT)
    return book if book.is_dir() and not name.endswith(".py") else Path(NEAR)


def summary(runs: Sequence[Mapping]) -> list[dict]:
    """Mean and 95 % t-interval over seeds, for every system, test and metric; nan is left out.

    low, high: None of a single seed
    """
    values: dict[tuple[str, str, str], list[float]] = {}
    for run in runs:
        for test, metrics in run["metrics"].items():
            size = {"params": run["params"]} if "params" in run else {}
            for metric, value in {**metrics, **size}.items():
                if not math.isnan(value):
                    values.setdefault((run["system"], test, metric), []).append(value)
    rows = []
    for (system, test, metric), each in values.items():
        mean, low, high = interval(each)
        what = {"system": system, "test": test, "metric": metric, "mean": mean}
        ends = {"low": None, "high": None} if len(each) == 1 else {"low": low, "high": high}
        rows.append(what | ends | {"seeds": len(each)})
    return rows


def interval(values: Sequence[float]) -> tuple[float, float, float]:
    """Mean and its 95 % t-interval; of one value there is none: nan.

    >>> [round(x, 2) for x in interval([1.0, 2.0, 3.0])]
    [2.0, -0.48, 4.48]
    """
    mean, n = statistics.fmean(values), len(values)
    if n == 1:
        return mean, math.nan, math.nan
    half = float(stdtrit(n - 1, 0.975)) * statistics.stdev(values) / math.sqrt(n)
    return mean, mean - half, mean + half


def made(command: str, seconds: float) -> dict[str, object]:
    """How and where a file was made."""
    return {
        "command": command,
        "date": date.today().isoformat(),
        "hardware": f"{os.cpu_count()} CPU cores, {platform.machine()}, {cpu_kind()}",
        "threads": torch.get_num_threads(),
        "python": platform.python_version(),
        "torch": torch.__version__,
        "kdlab": version(),
        "hours": round(seconds / 3600, 3),
    }


def _filled(head: str, text: str) -> str:
    """Lines of a terminal's width, the later ones indented."""
    return textwrap.fill(head + text, 80, subsequent_indent="    ")


def _also(names: Sequence[str]) -> str:
    return f"; also {', '.join(names)}" if names else ""


def cpu_kind() -> str:
    """The instructions that torch uses here: weights are the same bit for bit on one kind only."""
    return torch.backends.cpu.get_cpu_capability()
