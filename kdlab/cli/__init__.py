"""`kdlab` on the command line: the Python API's calls, one a command, and no logic of its own."""

from typing import Annotated

import click
import typer
from typer.core import TyperGroup

from kdlab.cli.distill import distill
from kdlab.cli.evaluate import compare, evaluate
from kdlab.cli.fetch import fetch
from kdlab.cli.judge import judge
from kdlab.cli.options import command
from kdlab.cli.reproduce import reproduce
from kdlab.cli.runs import rm, runs
from kdlab.cli.streams import ENDED, end_output, standard_streams
from kdlab.cli.train import train
from kdlab.cli.translate import translate
from kdlab.errors import KdlabError
from kdlab.files import ADVICE
from kdlab.version import version

EPILOG = """
\b
From a teacher to two students, to be typed one after the other (bash or zsh, about 4 minutes):
  TEACHER=$(kdlab train --preset tiny --role teacher)
  kdlab distill --teacher $TEACHER --out distilled.tsv
  GOLD=$(kdlab train --preset tiny)
  KD=$(kdlab train --data-from distilled.tsv --teacher $TEACHER)
  kdlab compare $TEACHER $GOLD $KD

A run is named by its key, by the first few characters of it, or by its folder, and knows its
corpus: say --corpus only for another. Runs are kept in $KDLAB_HOME (default: your cache folder)
and listed by `kdlab runs`; a command given twice finds what it made the first time.
"""


# What the same command does after Ctrl-C.
AGAIN = dict.fromkeys(
    ("train", "distill", "reproduce"),
    " Give the same command again: training resumes at its last evaluation, decoding at its last "
    "512 sentences.",
) | {"fetch": " Give the same command again: the download goes on where it was."}


class _Commands(TyperGroup):
    """Turns what a user can cause into a sentence and an exit code; a bug keeps its traceback."""

    def invoke(self, ctx: typer.Context) -> object:
        """Run the command. Exit code 2 for a KdlabError, 130 for Ctrl-C, 141 for a broken pipe."""
        try:
            return super().invoke(ctx)
        except KdlabError as error:
            typer.echo(f"kdlab: {error}", err=True)
            raise typer.Exit(2) from error
        except BrokenPipeError as error:  # whoever reads has read enough, such as `| head`
            end_output()
            raise typer.Exit(ENDED) from error
        except OSError as error:
            if not error.filename or error.errno not in ADVICE:
                raise
            reason = f"{error.filename} ({error.strerror}). {ADVICE[error.errno]}"
            typer.echo(f"kdlab: the disk refuses {reason}", err=True)
            raise typer.Exit(2) from error
        except (KeyboardInterrupt, click.Abort) as error:
            if not isinstance(error.__context__ or error, KeyboardInterrupt):
                raise  # a question was answered by no
            again = AGAIN.get(ctx.invoked_subcommand, "")
            typer.echo(f"\nStopped; nothing was lost.{again}", err=True)
            raise typer.Exit(130) from error


app = typer.Typer(
    name="kdlab",
    cls=_Commands,
    epilog=EPILOG,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain text: the same in a terminal, a pipe and a screen reader
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
for _function in (
    fetch, train, distill, translate, evaluate, compare, reproduce, judge, runs, rm,
):  # fmt: skip
    app.command(_function.__name__)(command(_function))


def _say_version(asked: bool) -> None:
    if asked:
        typer.echo(f"kdlab {version()}")
        raise typer.Exit


@app.callback()
def _program(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_say_version, is_eager=True, help="Print the version and stop."
        ),
    ] = False,
) -> None:
    """Train a big translation model, let it teach a small one, and see what that changed."""


def main() -> None:
    """The program `kdlab`."""
    with standard_streams():
        app(prog_name="kdlab")
