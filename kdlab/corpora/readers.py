"""One function a format: from a file to its records, with the place where each stands.

A record is a list of cells, or a mapping from names to cells where the format names them. What a
reader does not know: which columns are wanted, whether the first record is a header, and what a
sentence may hold. `kdlab.corpora.rows` decides that, in the same words for every format.
To add one, put its function into READERS.
"""

import csv
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import zip_longest
from pathlib import Path

from kdlab.corpora.lines import each_line
from kdlab.errors import CorpusError

Record = Sequence[object] | Mapping[str, object]
Records = Iterator[tuple[str, Record]]  # where it stands, for messages; what it holds


def tab_separated(path: Path) -> Records:
    """Cells between tabs; quotes are characters like any other."""
    for number, line in _filled(path):
        yield f"{path}, line {number}", line.split("\t")


def comma_separated(path: Path) -> Records:
    """Cells between commas; one in double quotes may hold commas, line breaks and "" for a quote.

    Raises CorpusError, naming the line where the record begins, for a quote that is not closed or
    that stands inside a cell.
    """
    records = csv.reader((line + "\n" for _, line in _filled(path)), strict=True)
    while True:
        where = f"{path}, line {records.line_num + 1}"
        try:
            yield where, next(records)
        except StopIteration:
            return
        except csv.Error as error:
            raise CorpusError(
                f"{where}: a quote is not closed, or stands alone inside a cell ({error}); a cell "
                'with quotes in it is written "so ""quoted"" here".'
            ) from error


def json_lines(path: Path) -> Records:
    """One JSON object a line, such as {"th": "น้ำ", "en": "water"}."""
    for number, line in _filled(path):
        where = f"{path}, line {number}"
        try:
            record = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise CorpusError(
                f"{where} is not JSON ({str(error)[:80]}); each line is one object."
            ) from error
        if not isinstance(record, dict):
            kind = "a list" if isinstance(record, list) else f"{line[:40]!r}"
            raise CorpusError(
                f"{where} is {kind}, not an object with names, such as "
                '{"source": "…", "target": "…"}.'
            )
        yield where, record


def two_files(source: Path, target: Path) -> Records:
    """Line i of one file with line i of the other.

    Raises CorpusError with both numbers of lines if they differ.
    """
    both = zip_longest(_filled(source), _filled(target))
    for number, (left, right) in enumerate(both, 1):
        if left is None or right is None:
            longer, shorter = (target, source) if left is None else (source, target)
            raise CorpusError(
                f"{longer} has {number + sum(1 for _ in both)} lines but {shorter} has "
                f"{number - 1}; line i of one must be the translation of line i of the other."
            )
        where = f"{source} and {Path(target).name}, line {number}"
        yield where, {"source": left[1], "target": right[1]}


READERS: dict[str, Callable[[Path], Records]] = {
    ".tsv": tab_separated,
    ".csv": comma_separated,
    ".jsonl": json_lines,
}


def suffix(path: object) -> str:
    """The ending that says which reader is meant, without `.gz`; "" if there is none.

    >>> suffix("my.CSV.gz"), suffix("train.th"), suffix("minitalks")
    ('.csv', '', '')
    """
    ending = Path(str(path).lower().removesuffix(".gz")).suffix
    return ending if ending in READERS else ""


def refuse_nul(what: str, text: str) -> None:
    """Raise CorpusError if there is a NUL: UTF-16 read as UTF-8 is full of them."""
    if "\0" in text:
        raise CorpusError(
            f"{what} holds a NUL character; a file that does is mostly UTF-16. Save it as UTF-8."
        )


def two_paths(text: object) -> bool:
    """Whether this is a source file and a target file, and not a list of pairs."""
    return (
        isinstance(text, (list, tuple))
        and len(text) == 2
        and all(isinstance(one, (str, Path)) for one in text)
    )


def _filled(path: Path) -> Iterator[tuple[int, str]]:
    """Numbered lines; blank ones at the end of the file are not rows."""
    last = 0
    for number, line in enumerate(each_line(path), 1):
        refuse_nul(f"{path}, line {number}", line)
        if line.strip(" "):
            yield from ((blank, "") for blank in range(last + 1, number))
            yield number, line
            last = number
