"""Anyone's own text: files of several formats, or what lies in memory, as one corpus."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from kdlab.corpora import limits
from kdlab.corpora.columns import Columns, Taken
from kdlab.corpora.readers import READERS, Records, suffix, two_files, two_paths
from kdlab.corpora.rows import Row, rows
from kdlab.corpora.splits import part_name
from kdlab.corpora.text import Pairs, ParallelText
from kdlab.errors import CorpusError
from kdlab.files import sha256

FOUND_OUT = Columns()


def own(text: object, columns: Columns = FOUND_OUT) -> ParallelText:
    """A corpus from text of one's own; both sides are normalised, repeated rows stay.

    text: a path that ends as in READERS, with or without `.gz`; two paths, source and target, line
        by line; pairs in memory: (source, target), or mappings as a `datasets.Dataset` yields; or
        a mapping from train, dev and test to any of these
    columns: which are meant, see `Columns`; what it leaves open is found out, or asked about
    Without a split column the target's hash decides, 90 : 5 : 5. A split is train, dev (or valid,
    validation), or a name beginning with test or tst: each such name is a test set of its own.
    The corpus's `read` says what was taken.
    Raises CorpusError, naming the place, for what cannot be read: see `rows`, `find_columns`.
    """
    gathered = _Gathered()
    if not isinstance(text, Mapping):
        gathered.add(_table(text, "pairs"), columns)
        return gathered.corpus()
    if columns.split is not None:
        raise CorpusError(f"split is {columns.split!r}, but a mapping is split by its own names.")
    for name, one in text.items():
        if (part := part_name(str(name))) is None:
            raise CorpusError(
                f"{name!r} is no split; a mapping holds train, dev, and names that begin with test."
            )
        gathered.add(_table(one, str(name)), columns, part)
    return gathered.corpus()


@dataclass(frozen=True)
class _Table:
    """What is about to be read, and what it is called."""

    name: str
    files: tuple[Path, ...]
    records: Records

    def __str__(self) -> str:
        return " and ".join(map(str, self.files)) or self.name


def _table(text: object, name: str) -> _Table:
    if isinstance(text, (str, Path)):
        if ending := suffix(text):
            path = _file(text)
            return _Table(_stem(path, ending), (path,), READERS[ending](path))
        raise CorpusError(
            f"{text} does not end in {', '.join(READERS)}, or one of these and .gz; of plain text "
            "give two files, source and target."
        )
    if two_paths(text):
        source, target = map(_file, text)
        return _Table(source.name.partition(".")[0], (source, target), two_files(source, target))
    if not isinstance(text, Iterable):
        raise CorpusError(f"{str(text)[:40]!r} is no text; give a path, two paths, or pairs.")
    return _Table(name, (), ((f"{name}[{i}]", record) for i, record in enumerate(text)))


def _file(path: str | Path) -> Path:
    path = Path(path)
    if path.exists() and not path.is_file():
        raise CorpusError(f"{path} is not a regular file; give a file.")
    return path


def _stem(path: Path, ending: str) -> str:
    """ "my" of my.tsv.gz."""
    return path.name[: path.name.lower().rindex(ending)]


class _Gathered:
    """Rows by part as they come in, and what there is to say of them."""

    def __init__(self) -> None:
        self.parts: dict[str, tuple[list[str], list[str]]] = {"train": ([], []), "dev": ([], [])}
        self.tables: list[_Table] = []
        self.files: list[dict[str, object]] = []
        self.rows, self.longest, self.longest_at = 0, 0, ""

    def add(self, table: _Table, columns: Columns, part: str | None = None) -> None:
        """Read a table to its end; part: of all its rows, where it has but one."""
        if not table.files and not columns.named and columns.header is None:
            columns = replace(columns, header=False)  # a list of pairs begins with a pair
        taken, found = rows(str(table), table.records, columns, part)
        before = self.rows
        for row in found:
            self._keep(row)
        self.files += [
            {
                "name": table.name, "file": path.name, "sha256": sha256(path),
                "sentences": self.rows - before,
            }
            for path in table.files
        ]  # fmt: skip
        self.tables.append(table)
        self.taken, self.split = taken, _split(taken, part)

    def _keep(self, row: Row) -> None:
        self.rows += 1
        if self.rows > limits.ROWS:
            raise CorpusError(
                f"{row.where} is beyond the {limits.ROWS:,} rows that are read; train on a part, "
                "or raise kdlab.corpora.limits.ROWS."
            )
        source, target = self.parts.setdefault(row.part, ([], []))
        source.append(row.source)
        target.append(row.target)
        if (length := max(len(row.source), len(row.target))) > self.longest:
            self.longest, self.longest_at = length, row.where

    def corpus(self) -> ParallelText:
        """The corpus. Raises CorpusError if one of train, dev and test has no row."""
        name = self.tables[0].name if self.tables else "pairs"
        tests = [part for part in self.parts if part not in ("train", "dev")]
        empty = [part for part in ("train", "dev") if not self.parts[part][0]]
        if empty or not tests:
            title = " and ".join(map(str, self.tables)) or "This mapping"
            split = f", split {self.split}," if self.tables else ""
            raise CorpusError(
                f"{title} has {_rows(self.rows)}{split} and none of them is "
                f"{(empty or ['test'])[0]}; add rows, or a column that says train, dev or test."
            )
        pairs = {
            part: Pairs(f"{name} {part}", tuple(source), tuple(target))
            for part, (source, target) in self.parts.items()
        }
        return ParallelText(
            name, "standard", pairs["train"], pairs["dev"], {test: pairs[test] for test in tests},
            files=tuple(self.files), read=self._said(),
        )  # fmt: skip

    def _said(self) -> str:
        taken = self.taken
        pairs = (zip(*sides, strict=True) for sides in self.parts.values())
        different = len(set(chain.from_iterable(pairs)))
        sizes = ", ".join(f"{part} {len(source):,}" for part, (source, _) in self.parts.items())
        return (
            f"{', '.join(map(str, self.tables))}: {_rows(self.rows)}"
            f"{' after a header' if taken.header else ''}, "
            f"source {taken.label(taken.source)}, target {taken.label(taken.target)}; "
            f"split {self.split}: {sizes}; {self.rows - different:,} repeated; "
            f"longest {self.longest:,} characters ({self.longest_at})"
        )


def _split(taken: Taken, part: str | None) -> str:
    if part is not None:
        return "as given"
    if taken.split is None:
        return "by the hash of the target"
    return f"by column {taken.label(taken.split)}"


def _rows(number: int) -> str:
    return f"{number:,} row" if number == 1 else f"{number:,} rows"
