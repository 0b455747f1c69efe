"""`kdlab translate`: lines in, lines out."""

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer

from kdlab.cli.options import Beam, Force, RunName, check_out, open_run
from kdlab.corpora.lines import read_lines
from kdlab.errors import CorpusError
from kdlab.files import write_text
from kdlab.translator import Translator

CHUNK = 256  # lines translated together


@dataclass(frozen=True)
class SearchOptions:
    """How a translation is looked for, and how much of what was found is shown."""

    beam: Beam = 5
    nbest: Annotated[
        int,
        typer.Option(
            min=1, metavar="N", help="Translations a line; above 1, the line's number comes first."
        ),
    ] = 1
    scores: Annotated[
        bool, typer.Option("--scores", help="Before each text: log p(text given line), in nats.")
    ] = False

    def __post_init__(self) -> None:
        if self.nbest > self.beam:
            raise typer.BadParameter(
                f"--nbest is {self.nbest}, but search keeps --beam {self.beam}; raise --beam."
            )


def translate(
    run: RunName,
    search: SearchOptions,
    file: Annotated[
        Path | None,
        typer.Argument(help="UTF-8, one sentence a line (.gz allowed); default: standard input."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="File to write; default: standard output.")
    ] = None,
    force: Force = False,
) -> None:
    """Translate lines of Thai, one sentence a line.

    \b
    Example:  echo เคยลองทำแล้วครับ | kdlab translate KEY
              kdlab translate KEY thai.txt --nbest 3 --scores --out english.txt

    Seconds for a page, well under a minute. A line without a visible character is answered with an
    empty one. --nbest and --scores write columns, separated by tabs, the text last.
    """
    if out:
        check_out(out, force)
    translator = open_run(run)
    lines = iter(read_lines(file)) if file else _standard_input()
    together = 1 if file is None and sys.stdin.isatty() else CHUNK  # who types gets an answer
    answers = _answers(translator, lines, search, together)
    if out:
        write_text(out, "".join(f"{answer}\n" for answer in answers))
        return
    for answer in answers:
        typer.echo(answer)  # flushes


def _answers(
    translator: Translator, lines: Iterator[str], search: SearchOptions, together: int
) -> Iterator[str]:
    number = 0
    while chunk := list(islice(lines, together)):
        for best in translator.nbest(chunk, search.beam):
            number += 1
            yield from _formatted(best or [("", 0.0)], number, search)


def _formatted(
    best: Iterable[tuple[str, float]], number: int, search: SearchOptions
) -> Iterator[str]:
    for text, log_prob in islice(best, search.nbest):
        columns = [str(number)] if search.nbest > 1 else []
        columns += [f"{log_prob:.4f}"] if search.scores else []
        yield "\t".join([*columns, text])


def _standard_input() -> Iterator[str]:
    """Lines as they come; CorpusError names the line that is not UTF-8."""
    for number, line in enumerate(sys.stdin.buffer, 1):
        try:
            yield line.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n")
        except UnicodeDecodeError as error:
            raise CorpusError(
                f"standard input, line {number}: byte {line[error.start]:#04x} is not UTF-8; "
                "convert it first, such as with `iconv -f TIS-620 -t UTF-8`."
            ) from error
