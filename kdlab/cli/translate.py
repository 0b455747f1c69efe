"""`kdlab translate`: lines in, lines out."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from kdlab.cli.options import Beam, Force, RunName, check_out, open_run
from kdlab.corpora import limits
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
    together = _cut(read_lines(file)) if file else _arriving(sys.stdin.buffer)
    answers = _answers(translator, together, search)
    if out:
        write_text(out, "".join(f"{answer}\n" for answer in answers))
        return
    for answer in answers:
        typer.echo(answer)  # flushes


def _answers(
    translator: Translator, together: Iterable[list[str]], search: SearchOptions
) -> Iterator[str]:
    number = 0
    for chunk in together:
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


def _cut(lines: Sequence[str]) -> Iterator[list[str]]:
    for start in range(0, len(lines), CHUNK):
        yield list(lines[start : start + CHUNK])


def _arriving(stream: BinaryIO) -> Iterator[list[str]]:
    """Lines as they come, together those that came together: who writes slowly need not wait.

    Raises CorpusError, naming the line, if it is not UTF-8 or longer than `limits.LINE_BYTES`.
    """
    begun, number = b"", 0
    while block := stream.read1():
        *whole, begun = (begun + block).split(b"\n")
        yield from _cut([_decoded(raw, number) for number, raw in enumerate(whole, number + 1)])
        number += len(whole)
        _check_length(begun, number + 1)
    if begun:
        yield [_decoded(begun, number + 1)]


def _check_length(raw: bytes, number: int) -> None:
    if len(raw) > limits.LINE_BYTES:
        raise CorpusError(
            f"standard input, line {number} is longer than {limits.LINE_BYTES:,} bytes; is it "
            "text, with one sentence a line?"
        )


def _decoded(raw: bytes, number: int) -> str:
    _check_length(raw, number)
    try:
        return raw.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r")
    except UnicodeDecodeError as error:
        raise CorpusError(
            f"standard input, line {number}: byte {raw[error.start]:#04x} is not UTF-8; "
            "convert it first, such as with `iconv -f TIS-620 -t UTF-8`."
        ) from error
