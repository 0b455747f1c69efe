"""`kdlab runs` and `kdlab rm`: what is in the run store, and how to be rid of it."""

import sys
from enum import Enum
from typing import Annotated

import typer

from kdlab.errors import StoreError
from kdlab.experiments.runs import RunStore
from kdlab.experiments.stored import leave, one_of, runs_table, size_said, standing_on, stored


class Order(str, Enum):
    """What the list is sorted by."""

    AGE = "age"
    SIZE = "size"
    BLEU = "bleu"


ORDERS = {
    Order.AGE: lambda run: run.changed,
    Order.SIZE: lambda run: run.size,
    Order.BLEU: lambda run: -1.0 if run.dev is None else run.dev,
}


def runs(
    sort: Annotated[
        Order, typer.Option(help="age: the newest last; size, bleu: the greatest last.")
    ] = Order.AGE,
) -> None:
    """List the runs that are kept: what each was trained on, dev BLEU, size on disk and age.

    \b
    Example:  kdlab runs
              kdlab runs --sort size

    A name without figures is a training under way, or a folder that this version cannot read.
    """
    folder, found = RunStore.default().folder, stored()
    if not found:
        typer.echo(f"There is no run in {folder}; kdlab train makes one.", err=True)
        return
    table = runs_table(sorted(found, key=ORDERS[sort]))
    typer.echo(table if sys.stdout.isatty() else table.to_string())  # a pipe has no width
    total = size_said(sum(run.size for run in found))
    typer.echo(f"{len(found)} in {folder}, {total}", err=True)


def rm(
    runs: Annotated[
        list[str], typer.Argument(metavar="RUN", help="Runs: keys, or their first characters.")
    ],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Delete a teacher of runs that stay, too.")
    ] = False,
) -> None:
    """Delete runs, after saying which they are and asking.

    \b
    Example:  kdlab rm KEY KEY
              kdlab rm KEY --yes

    What was decoded by them, and tokenizers, stay. A run that was deleted can be trained again: the
    same command gives the same run.
    """
    known = stored()
    gone = list({run.key: run for run in (one_of(known, name) for name in runs)}.values())
    left = standing_on([run.key for run in gone], known)
    if left and not force:
        raise StoreError(
            f"{left[0].teacher} is the teacher of {left[0].key} ({left[0].name}, {left[0].targets} "
            f"targets, seed {left[0].seed}){f' and {len(left) - 1} more' if left[1:] else ''}, "
            "which could then not be compared with it; name those too, or give --force."
        )
    typer.echo(runs_table(gone).to_string(), err=True)
    size = size_said(sum(run.size for run in gone))
    if not yes:
        typer.confirm(f"Delete {len(gone)} of {len(known)}, {size}?", abort=True, err=True)
    leave(gone)
    typer.echo(f"deleted: {', '.join(run.key for run in gone)}; {size}", err=True)
