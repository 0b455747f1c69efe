"""Numbers of a result file as a reader sees them: with interval, seeds, and how they were made."""

import math
import shutil
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import pandas as pd

from kdlab.errors import RecipeError
from kdlab.palette import look

FORMED = 0.5  # the share of content words, or more, where attention lies on their own source word


class Measure(NamedTuple):
    """name: as a column's head; digits: after the point; low_is_good: smaller is better."""

    name: str
    digits: int
    low_is_good: bool = False


MEASURES = {
    "bleu_greedy": Measure("BLEU, greedy", 1),
    "bleu_beam5": Measure("BLEU, beam 5", 1),
    "beam_gap": Measure("gap, beam 5 - greedy", 2),
    "chrf_greedy": Measure("chrF, greedy", 1),
    "chrf_beam5": Measure("chrF, beam 5", 1),
    "ppl": Measure("perplexity", 2, low_is_good=True),
    "mode_mass": Measure("mode mass", 3),
    "top1_agreement": Measure("TA", 2),
    "top1_agreement_disagree": Measure("TA where teacher ≠ y", 2),
    "valid_rate_greedy": Measure("valid", 2),
    "valid_rate_beam5": Measure("valid, beam 5", 2),
    "mode_hit_greedy": Measure("mode hit", 2),
    "mode_hit_beam5": Measure("mode hit, beam 5", 2),
    "p_star_greedy": Measure("p* of output", 3),
    "p_star_beam5": Measure("p* of output, beam 5", 3),
    "words_per_s_greedy": Measure("words/s, greedy", 0),
    "words_per_s_beam5": Measure("words/s, beam 5", 0),
    "characters_per_s_greedy": Measure("characters/s, greedy", 0),
    "characters_per_s_beam5": Measure("characters/s, beam 5", 0),
    "length_ratio": Measure("length ratio", 2),
    "attention_share": Measure("attention on its word", 2),
    "source_worth": Measure("worth of the source, nats", 2),
    "params": Measure("parameters", 0),
}


class Table(pd.DataFrame):
    """A data frame that is shown whole: pandas cuts a text after 50 characters, and hides columns.

    >>> print(Table({f"column {i}": [i] for i in range(12)}, index=["row"]))  # doctest: +ELLIPSIS
         column 0  column 1 ... \\
    row         0         1 ...
    <BLANKLINE>
    ...column 11...
    row ... 11...
    """

    @property
    def _constructor(self) -> type["Table"]:
        return Table  # what is selected from a table is one

    def __repr__(self) -> str:
        """Every column: what does not fit into the terminal's width goes below."""
        return self.to_string(line_width=shutil.get_terminal_size().columns)

    def _repr_html_(self) -> str:
        with pd.option_context("display.max_colwidth", None):
            return super()._repr_html_()


USUAL = ("ppl", "bleu_greedy", "bleu_beam5")
# What a page of measurements shows side by side: a phone shows about four columns.
TRANSLATIONS = ("bleu_greedy", "bleu_beam5", "beam_gap", "chrf_greedy", "length_ratio")
TRUTHS = (
    "valid_rate_greedy", "valid_rate_beam5", "p_star_greedy", "p_star_beam5",
    "mode_hit_greedy", "mode_hit_beam5",
)  # fmt: skip
DISTRIBUTIONS = (
    "ppl", "mode_mass", "top1_agreement", "top1_agreement_disagree", "attention_share",
    "source_worth",
)  # fmt: skip


def measure(metric: str) -> Measure:
    """How a metric of a result file is shown. Raises RecipeError for one that no table shows."""
    if metric not in MEASURES:
        raise RecipeError(f"No table shows {metric!r}; there are {', '.join(MEASURES)}.")
    return MEASURES[metric]


def shown(value: object, metric: str) -> str:
    """A mean with its interval, "25.2 [24.6, 25.8]"; of one seed, the number alone.

    value: a number with low, high and seeds, as a result file gives it
    """
    digits = measure(metric).digits
    mean = f"{float(value):,.{digits}f}"
    if value.seeds == 1 or value.low == value.high:
        return mean
    return f"{mean} [{value.low:,.{digits}f}, {value.high:,.{digits}f}]"


def said(row: Mapping[str, object], digits: int | None = None) -> str:
    """A row's figure with its interval: "+5.0 [+3.8, +6.2]" of a comparison's, else as it is.

    row: one of a result file's comparisons or verdicts; a share that does not exist is said in
    words     digits: after the point; by default 1 of a comparison, 2 of a verdict

    >>> said({"difference": 4.985, "low": 3.75, "high": 6.18})
    '+5.0 [+3.8, +6.2]'
    >>> said({"figure": 0.4, "low": 0.18, "high": 0.56})
    '0.40 [0.18, 0.56]'
    """
    compared = "difference" in row
    value = row["difference" if compared else "figure"]
    if None in (value, row["low"]):
        return "undefined" if compared else "no share (no sure gain)"
    digits = (1 if compared else 2) if digits is None else digits
    form = f"{'+' if compared else ''}.{digits}f"
    return f"{value:{form}} [{row['low']:{form}}, {row['high']:{form}}]"


def results_table(
    results: Mapping[str, object], systems: Sequence[str] | None = None,
    metrics: Sequence[str] = USUAL,
) -> pd.DataFrame:  # fmt: skip
    """One row a system, by default of all; one column a metric, each cell a mean with interval."""
    rows = {
        look(system).name: {
            measure(metric).name: shown(getattr(results[system], metric), metric)
            for metric in metrics
        }
        for system in (results.systems if systems is None else systems)
    }
    return pd.DataFrame.from_dict(rows, orient="index")


def held(results: Mapping[str, object], metrics: Sequence[str]) -> list[str]:
    """Those of the metrics that every system of the results has, in this order."""
    return [m for m in metrics if all(m in results[s].figures for s in results.systems)]


def systems_table(results: object) -> Table:
    """One row a system: what it learns from, in what else it departs from the preset, its size.

    results: what kd.results returned. Files made before 2026-11-22 do not say the first two.
    """
    runs: dict[str, list[Mapping]] = {}
    for run in results.about["runs"]:
        runs.setdefault(run["system"], []).append(run)
    rows = {
        look(system).name: {
            "targets, loss": each[0].get("learns", "not said"),
            "departs in": each[0].get("departs") or "-",
            "parameters": f"{each[0]['params']:,}" if "params" in each[0] else "-",
            "updates": f"{each[0]['updates']:,}" if each[0].get("updates") else "-",
            "seeds": len(each),
        }
        for system, each in runs.items()
    }
    return Table.from_dict(rows, orient="index")


def comparisons_table(
    results: object, pairs: Sequence[tuple[str, str]] | None = None,
    metrics: Sequence[str] = USUAL, *, corrected: bool = False,
) -> pd.DataFrame:  # fmt: skip
    """One row a pair of systems: difference a - b with its interval and p, one column a metric.

    results: what kd.results returned, of a file with comparisons
    pairs: by default all that the file compares
    corrected: p is p_holm, corrected for all that the file compares by this measure; the interval
    is not
    """
    which = "p_holm" if corrected else "p"
    rows = {}
    if pairs is None:
        pairs = dict.fromkeys((row["a"], row["b"]) for row in results.about["comparisons"])
    for a, b in pairs:
        cells = {}
        for metric in metrics:
            row, digits = results.comparison(a, b, metric), measure(metric).digits
            if which not in row:
                raise RecipeError(
                    "This result file has no corrected p; run its command again: "
                    f"{results.about['made']['command']}"
                )
            p = _p(row[which])
            p = p if p.startswith("<") else f"= {p}"
            cells[measure(metric).name] = f"{said(row, digits)}, p {p}"
        rows[f"{look(a).name} - {look(b).name}"] = cells
    return pd.DataFrame.from_dict(rows, orient="index")


def verdicts_table(results: object) -> Table:
    """One row a claim of the suite: what was expected, the figure with its interval, the verdict.

    results: what kd.results returned, of a file with verdicts. Its figure is a difference, a ratio
    or a share of systems, as `of` says; p is corrected for all claims of the file on this test, in
    files made since 2026-12.
    """
    rows = {
        row["name"]: {
            "claim": row["claim"],
            "of": row.get("of", ""),
            "measured": said(row),
            "holds": row["holds"],
            **({"corrected p": _p(row["p_holm"])} if "p_holm" in row else {}),
        }
        for row in results.verdicts
    }
    return Table.from_dict(rows, orient="index")


def _p(p: float | None) -> str:
    """ ".031", "< .001"; "-" of what has none."""
    if p is None or math.isnan(p):
        return "-"
    return "< .001" if p < 0.001 else f"{p:.3f}".removeprefix("0")


def per_run(
    about: Mapping, system: str, metrics: tuple[str, str], test: str | None = None
) -> list[tuple[float, float]]:
    """Two metrics of each run of a system, in the order of the seeds. about: a whole result file.

    test: the first one by default
    """
    first, second = metrics
    found = []
    for run in about["runs"]:
        if run["system"] == system:
            scores = run["metrics"][test or next(iter(run["metrics"]))]
            found.append((scores[first], scores[second]))
    return found


def made(about: Mapping) -> str:
    """How a result file was made, as Markdown: command, date, seeds, hardware, methods.

    Of BLEU its signature, of differences what gave their intervals.

    And in how many runs attention has formed, since a student that never read its source is no fair
    test; on real text, where no true alignment is known, what the right source is worth instead.
    """
    how, seeds = about["made"], {run["seed"] for run in about["runs"]}
    n = len({run.get("teacher_run") for run in about["runs"]} - {None})
    teachers = f"{n} teachers" if n > 1 else "one teacher"
    signature = about["signatures"]["bleu"].replace("|", " | ")  # so that a phone can break it
    return (
        f"`{how['command']}`, {how['date']}; {how['hardware']}, "
        f"{how['hours']:.2f} hours of training; students with {len(seeds)} "
        f"seed{'s' if len(seeds) > 1 else ''}, {teachers}{_attention(about['runs'])}; BLEU "
        f"signature {signature}{_method(about.get('comparisons', ()))}.{_waiting(about)}"
    )


def _method(comparisons: Iterable[Mapping]) -> str:
    """See `made`. A file of several sittings may have several."""
    methods = dict.fromkeys(row["method"] for row in comparisons if "method" in row)
    return f"; differences by {', and by '.join(methods)}" if methods else ""


def _waiting(about: Mapping) -> str:
    """What a reader should know of figures that today's command would make anew."""
    why = about.get("waiting")
    return f" These figures wait to be made anew, since {why}." if why else ""


def _attention(runs: Iterable[Mapping]) -> str:
    """See `made`."""
    tests = [run["metrics"] for run in runs]
    shares = [t["test"]["attention_share"] for t in tests if "attention_share" in t.get("test", {})]
    if shares:
        formed = sum(share >= FORMED for share in shares)
        return f"; attention formed in {formed} of {len(shares)} runs"
    union = [test.get("union", {}) for test in tests]
    if worth := [scores["source_worth"] for scores in union if "source_worth" in scores]:
        least = math.floor(10 * min(worth)) / 10  # "or more" must not round up
        return f"; the right source is worth {least} nats a piece or more, against another's"
    return ""
