"""Anyone's own parallel text: a tab-separated file, source and target in its last two columns."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kdlab.corpora.lines import read_lines
from kdlab.corpora.splits import part_name, split_of
from kdlab.corpora.text import Pairs, ParallelText
from kdlab.errors import CorpusError
from kdlab.files import sha256
from kdlab.thai import normalise


@dataclass(frozen=True)
class Row:
    """One line of a file: part is "train", "dev" or the name of a test."""

    part: str
    source: str
    target: str


def read_tsv(path: Path, split: int | str | None = None) -> ParallelText:
    """A corpus from one file: UTF-8, tabs, one pair a line, `.gz` allowed, CRLF accepted.

    The last two columns are source and target; both are normalised. split says which other column
    tells train, dev and test apart: a number from 1 (the file has no header), or a name (the first
    line is the header). With None the target's hash decides, 90 : 5 : 5, and there is no header.
    A split cell is train, dev (or valid, validation), or a name beginning with test or tst: each
    such name is a test set of its own.
    Raises CorpusError naming file, line and column.
    """
    path = Path(path)
    rows = read_rows(path, split)
    parts: dict[str, list[Row]] = {"train": [], "dev": []}
    for row in rows:
        parts.setdefault(row.part, []).append(row)
    tests = [name for name in parts if name not in ("train", "dev")]
    missing = [name for name in ("train", "dev") if not parts[name]] + ([] if tests else ["test"])
    if missing:
        how = "by the hash of the target" if split is None else f"by column {split!r}"
        raise CorpusError(
            f"{path} has {len(rows)} rows, split {how}, and none of them is {missing[0]}; "
            "add rows, or a column that says train, dev or test."
        )
    name = path.name.removesuffix(".gz").removesuffix(".tsv")
    pairs = {part: as_pairs(f"{name} {part}", chosen) for part, chosen in parts.items()}
    return ParallelText(
        name, "standard", pairs.pop("train"), pairs.pop("dev"), pairs,
        files=({"name": name, "file": path.name, "sha256": sha256(path), "sentences": len(rows)},),
    )  # fmt: skip


def read_rows(path: Path, split: int | str | None = None) -> list[Row]:
    """The rows of one file, normalised, each with the part it belongs to; see `read_tsv`."""
    path = Path(path)
    lines = read_lines(path)
    if not lines:
        raise CorpusError(f"{path} is empty; it should hold one pair a line.")
    width = len(lines[0].split("\t"))
    column = _split_column(path, split, lines[0].split("\t"))
    start = 1 if isinstance(split, str) else 0
    return [
        _row(where, cells, column) for where, cells in _cells(path, lines, start=start, width=width)
    ]


def as_pairs(name: str, rows: list[Row]) -> Pairs:
    """Rows as one split."""
    return Pairs(name, tuple(row.source for row in rows), tuple(row.target for row in rows))


def _split_column(path: Path, split: int | str | None, first: list[str]) -> int | None:
    """The split column counted from 0; it cannot be one of the last two."""
    if split is None:
        return None
    if isinstance(split, str):
        names = [name.strip() for name in first]
        if split not in names:
            raise CorpusError(
                f"{path}, line 1 has no column named {split!r}; it has {', '.join(names)}."
            )
        split = names.index(split) + 1
    if not 1 <= split <= len(first) - 2:
        raise CorpusError(
            f"{path}: the split column is {split}, but of the {len(first)} columns the last two "
            "are source and target; give a column before them, counting from 1."
        )
    return split - 1


def _cells(
    path: Path, lines: list[str], *, start: int, width: int
) -> Iterator[tuple[str, list[str]]]:
    for number, line in enumerate(lines[start:], start + 1):
        cells, where = line.split("\t"), f"{path}, line {number}"
        if len(cells) < 2:
            raise CorpusError(
                f"{where}: column 2 is missing; a row is source, tab, target, not {line[:40]!r}."
            )
        if len(cells) != width:
            raise CorpusError(
                f"{where}: {len(cells)} columns where line 1 has {width}; a column is missing, or "
                "a sentence has a tab in it."
            )
        yield where, cells


def _row(where: str, cells: list[str], split: int | None) -> Row:
    source, target = (normalise(cell) for cell in cells[-2:])
    for side, sentence, column in (
        ("source", source, len(cells) - 1),
        ("target", target, len(cells)),
    ):
        if not sentence:
            raise CorpusError(
                f"{where}, column {column}: the {side} is empty; fill it in or delete the row."
            )
    if split is None:
        return Row(split_of(target), source, target)
    part = part_name(cells[split])
    if part is None:
        raise CorpusError(
            f"{where}, column {split + 1}: the split is {cells[split]!r}; "
            "expected train, dev, or a name beginning with test."
        )
    return Row(part, source, target)
