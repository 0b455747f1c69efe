"""`kdlab distill`: a teacher's own translations of the training set, as a file to train on."""

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from kdlab.cli.options import (
    OWN,
    WIDEST,
    CorpusOptions,
    Force,
    TeacherName,
    Threads,
    check_out,
    open_teacher,
    use_threads,
)
from kdlab.distill.interpolation import interpolation
from kdlab.distill.sequence_level import sequence_level
from kdlab.distill.targets import write_targets


class Method(str, Enum):
    """Which of a teacher's outputs becomes the target."""

    SEQ_KD = "seq-kd"
    SEQ_INTER = "seq-inter"


METHODS = {Method.SEQ_KD: (sequence_level, 5), Method.SEQ_INTER: (interpolation, 35)}


def distill(
    corpus: CorpusOptions,
    teacher: TeacherName,
    out: Annotated[Path, typer.Option(metavar="FILE.tsv", help="File to write: source, target.")],
    method: Annotated[
        Method,
        typer.Option(help="seq-kd: the best output. seq-inter: of all, the one nearest the gold."),
    ] = Method.SEQ_KD,
    beam: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=WIDEST,
            metavar="N",
            help="Hypotheses kept in search; default 5, for seq-inter 35.",
        ),
    ] = None,
    force: Force = False,
    threads: Threads = None,
) -> None:
    """Write a teacher's translations of the training set as new targets.

    The teacher is a run, or whatever you have that translates lines: FILE.py:FUNCTION.

    \b
    Example:  kdlab distill --teacher KEY --out distilled.tsv
              kdlab train --data-from distilled.tsv --teacher KEY

    On one CPU core the tiny corpus takes about a minute, standard several. Stop it when you like:
    the same command goes on where it was.
    """
    use_threads(threads)
    if out.suffix != ".tsv":
        raise typer.BadParameter(f"--out is {out}; the name must end in .tsv.")
    check_out(out, force)
    make, usual = METHODS[method]
    text = corpus.load(teacher)
    distilled = make(open_teacher(teacher, text), text, beam or usual)
    write_targets(distilled, out)
    typer.echo(f"{out}: {len(distilled.train):,} pairs, {distilled.targets}", err=True)
    judge = "" if OWN in teacher else f" --teacher {teacher}"  # a function judges no student
    typer.echo(f"next: kdlab train {corpus} --data-from {out}{judge}", err=True)
