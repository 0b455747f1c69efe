"""`kdlab reproduce`: the runs behind a chapter's numbers, again."""

from pathlib import Path
from typing import Annotated

import typer

from kdlab.cli.options import THREADS, ColumnOptions
from kdlab.experiments.estimate import estimate
from kdlab.experiments.reproduce import reproduce as reproduce_suite
from kdlab.experiments.reproduce import unfinished
from kdlab.experiments.results import folder_to_write
from kdlab.experiments.suites import SUITES


def reproduce(
    columns: ColumnOptions,
    suite: Annotated[
        str,
        typer.Argument(help=f"What to run: {', '.join(SUITES)}; or a file of yours, FILE.py."),
    ],
    corpus: Annotated[
        str, typer.Option(help="minitalks, real, iwslt15, or a file of yours.")
    ] = "minitalks",
    preset: Annotated[
        str, typer.Option(help="How much of it: quick or standard; for iwslt15 colab or paper.")
    ] = "standard",
    jobs: Annotated[
        int,
        typer.Option(
            min=1, max=THREADS, metavar="N", help="Processes at a time, each with one CPU thread."
        ),
    ] = 1,
    cluster: Annotated[
        str | None,
        typer.Option(metavar="dask://HOST:PORT", help="Use a Dask cluster's workers instead."),
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Folder of real's files; default: $KDLAB_DATA."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Folder of the result file, CORPUS-SUITE.json; default: results, and book/results "
            "in a checkout for the book's suites.",
        ),
    ] = None,
) -> None:
    """Run all systems and seeds of a suite and write its result file.

    \b
    Example:  kdlab reproduce core --corpus minitalks --preset quick --jobs 2
              kdlab reproduce mine.py --corpus my.csv --source thai --target english --preset quick

    \b
    A file of yours holds arms, which may have losses and targets of your own:
      from kdlab.experiments.suites import Arm, own_suite
      SUITE = own_suite("Is mine better?", Arm("baseline"), Arm("mine", loss=Mine()), seeds=(1, 2))

    quick takes minutes, standard up to some hours. The file is written anew after each run, and
    runs that are finished are found again: stop it when you like, the same command goes on.
    """
    out = folder_to_write(suite) if out is None else out
    own = columns.columns
    left = unfinished(suite, corpus, preset, out=out, folder=data, columns=own)
    here = 1 if cluster else jobs  # how many workers a cluster has is not known yet
    typer.echo(estimate(left, here), err=True)  # the output is the file's path
    path = reproduce_suite(
        suite, corpus, preset, jobs=jobs, out=out, folder=data, cluster=cluster, columns=own
    )
    typer.echo(path)
