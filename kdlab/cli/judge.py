"""`kdlab judge`: a result file's figures from its sentences, and one's own question about them."""

from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from kdlab.errors import RecipeError
from kdlab.experiments.current import JUDGED
from kdlab.experiments.judge import ask
from kdlab.experiments.judge import judge as judge_file
from kdlab.experiments.result_file import read_result
from kdlab.experiments.results import Results
from kdlab.files import write_json
from kdlab.tables import said, verdicts_table


def judge(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A result file, book/results/CORPUS-SUITE.json.")
    ],
    pair: Annotated[
        tuple[str, str] | None,
        typer.Option(metavar="A B", help="Compare these two systems of the file, whichever."),
    ] = None,
    metric: Annotated[
        str | None, typer.Option(help="Of --pair: by this measure alone; default: by all.")
    ] = None,
    test: Annotated[
        str | None, typer.Option(help="Of --pair: on this test alone; default: on all.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the file, judged anew, here.")
    ] = None,
) -> None:
    """Judge a result file anew, by today's statistics, in seconds: nothing is trained or decoded.

    \b
    Example:  kdlab judge book/results/minitalks-core-quick.json
              kdlab judge book/results/minitalks-core-quick.json --pair seq_kd word_kd

    All it takes is the file and what each run's sentences add up to, in sentences/ beside it.
    """
    if pair is None and (metric or test):
        raise RecipeError("--metric and --test belong to a question: give --pair A B with them.")
    with pd.option_context("display.max_colwidth", None, "display.width", 200):
        if pair:
            typer.echo(_asked(ask(file, *pair, metric, test)).to_string())
            return
        before, about = read_result(file), judge_file(file)
        for name in dict.fromkeys(row["test"] for row in about["verdicts"]):
            typer.echo(f"{name}:\n{verdicts_table(Results({}, about, name)).to_string()}\n")
    same = [part for part in ("summary", *JUDGED) if before.get(part) == about[part]]
    other = [part for part in ("summary", *JUDGED) if part not in same]
    typer.echo(
        f"{len(about['summary'])} means, {len(about['comparisons'])} comparisons and "
        f"{len(about['verdicts'])} verdicts of {len(about['runs'])} runs; "
        + (f"the file has other {' and '.join(other)}." if other else "the file says the same.")
    )
    if out:
        write_json(out, about)
        typer.echo(out)


def _asked(rows: list[dict]) -> pd.DataFrame:
    """One row a measure and test: both figures, the difference with its interval, and p."""
    a, b = rows[0]["a"], rows[0]["b"]
    shown = {
        f"{row['test']} {row['metric']}": {
            a: f"{row['value_a']:.4g}", b: f"{row['value_b']:.4g}", f"{a} - {b}": said(row, 3),
            "p": "–" if row["p"] is None else f"{row['p']:.4f}",
        }
        for row in rows
    }  # fmt: skip
    return pd.DataFrame.from_dict(shown, orient="index")
