"""`kdlab train`: a recipe and a corpus in, a run's key out."""

from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from kdlab.cli.options import CorpusOptions, Seed, Threads, open_teacher, use_threads
from kdlab.distill.sequence_level import sequence_level
from kdlab.distill.targets import read_targets
from kdlab.experiments import recipes
from kdlab.experiments.corpus import Corpus, load_again
from kdlab.experiments.runs import Run
from kdlab.experiments.train import train as train_recipe
from kdlab.losses.nll import NLL
from kdlab.losses.word_kd import WordKD
from kdlab.translator import Translator


class Role(str, Enum):
    """Which of a preset's two models."""

    TEACHER = "teacher"
    STUDENT = "student"


class Loss(str, Enum):
    """Losses by their name on the command line."""

    NLL = "nll"
    WORD_KD = "word-kd"


@dataclass(frozen=True)
class RecipeOptions:
    """What is trained and how."""

    role: Annotated[
        Role, typer.Option(help="The preset's big model or its small one.")
    ] = Role.STUDENT  # fmt: skip
    loss: Annotated[
        Loss, typer.Option(help="nll: the targets alone. word-kd: the teacher's distributions too.")
    ] = Loss.NLL  # fmt: skip
    alpha: Annotated[
        float | None,
        typer.Option(
            metavar="NUMBER", help="word-kd: weight of the teacher's term, 0 to 1; default 0.5."
        ),
    ] = None
    temperature: Annotated[
        float | None,
        typer.Option(
            metavar="NUMBER", help="word-kd: divides both models' logits, above 0; default 1."
        ),
    ] = None
    updates: Annotated[
        int | None,
        typer.Option(
            min=1, max=10**9, metavar="N", help="Training updates; default: the preset's number."
        ),
    ] = None

    def recipe(self, preset: str) -> recipes.Recipe:
        """The recipe that was asked for."""
        if self.role is Role.TEACHER and self.loss is not Loss.NLL:
            raise typer.BadParameter(f"--loss {self.loss.value} is for --role student.")
        made = (
            recipes.teacher(preset)
            if self.role is Role.TEACHER
            else recipes.student(preset, loss=self._loss())
        )
        if self.updates is None:
            return made
        return replace(made, training=replace(made.training, updates=self.updates))

    def _loss(self) -> NLL | WordKD:
        numbers = {"alpha": self.alpha, "temperature": self.temperature}
        given = {name: value for name, value in numbers.items() if value is not None}
        if self.loss is Loss.WORD_KD:
            return WordKD(**given)
        if given:
            raise typer.BadParameter(f"--{next(iter(given))} is for --loss word-kd.")
        return NLL()


def train(
    corpus: CorpusOptions,
    recipe: RecipeOptions,
    teacher: Annotated[
        str | None,
        typer.Option(
            metavar="RUN",
            help="Whom word-kd reads and agreement (TA) is measured against; or 'exact'.",
        ),
    ] = None,
    data_from: Annotated[
        str | None,
        typer.Option(
            metavar="FILE.tsv|RUN",
            help="Other targets than the corpus's: a file of source, tab, target, such as `kdlab "
            "distill` writes; or a teacher (a run, FILE.py:FUNCTION), whose output (beam 5) is "
            "then the target (Seq-KD).",
        ),
    ] = None,
    seed: Seed = 1,
    threads: Threads = None,
) -> None:
    """Train a model and print its run's key, which other commands ask for.

    \b
    Example:  kdlab train --preset tiny --role teacher
              kdlab train --loss word-kd --alpha 0.5 --teacher KEY
              kdlab train --data-from distilled.tsv --teacher KEY

    On one CPU core the tiny teacher takes about a minute, its student less; standard minutes;
    real-quick and paper hours. What was trained before with the same settings is found again.
    Stop it when you like: the same command goes on from the last evaluation.
    """
    use_threads(threads)
    written = data_from if data_from and not data_from.endswith(".tsv") else None
    again = corpus.asked(teacher, written)
    asked = recipe.recipe(again["preset"])
    if recipe.loss is Loss.WORD_KD and teacher is None:
        raise typer.BadParameter("--loss word-kd needs --teacher RUN.")
    text = load_again(again)
    judge = open_teacher(teacher, text) if teacher else None
    run = train_recipe(asked, _with_targets(text, data_from, judge), judge, seed=seed)
    typer.echo(_summary(run), err=True)
    typer.echo(run.key)  # alone on stdout: KEY=$(kdlab train …)


def _with_targets(corpus: Corpus, name: str | None, teacher: Translator | None) -> Corpus:
    if name is None:
        return corpus
    if name.endswith(".tsv"):
        return read_targets(corpus, Path(name), teacher)
    return sequence_level(open_teacher(name, corpus), corpus)


def _summary(run: Run) -> str:
    dev = ", ".join(f"dev {name} {value:.1f}" for name, value in run.selected_on.items())
    return (
        f"{run.name}, {run.targets} targets, seed {run.seed}: {dev}; {run.updates:,} updates, "
        f"{run.seconds:.0f} s, {run.params:,} parameters"
    )
