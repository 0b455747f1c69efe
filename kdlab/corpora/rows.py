"""From records to rows: whatever the format, the same rows are refused with the same words."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from kdlab.corpora import limits
from kdlab.corpora.columns import Columns, Taken, find_columns, listed
from kdlab.corpora.readers import Record, refuse_nul
from kdlab.corpora.splits import part_name, split_of
from kdlab.errors import CorpusError
from kdlab.thai import normalise

_HALF = re.compile("[\ud800-\udfff]")  # JSON can spell one, no file can hold it


@dataclass(frozen=True)
class Row:
    """One normalised pair: part is "train", "dev" or the name of a test."""

    part: str
    source: str
    target: str
    where: str


def rows(
    name: str, records: Iterable[tuple[str, Record]], asked: Columns, part: str | None = None
) -> tuple[Taken, Iterator[Row]]:
    """The columns that were taken, and the rows one by one.

    name: of the whole, for a message     part: of all rows, where that is known
    Raises CorpusError if it is empty or its columns are not clear; and, as rows are drawn, for one
    with a missing column, an unknown split, or a side that `sentence` refuses.
    """
    records = iter(records)
    first = next(records, None)
    if first is None:
        raise CorpusError(f"{name} is empty; it should hold one pair a row.")
    taken = find_columns(first[0], _flat(*first), asked)
    left = records if taken.header else chain([first], records)
    return taken, (_row(where, _flat(where, record), taken, part) for where, record in left)


def sentence(where: str, side: str, cell: object) -> str:
    """A cell as a normalised sentence.

    side: "source" or "target", for the message
    Raises CorpusError if it is no text, holds a NUL or half a surrogate pair, is longer than
    `limits.SENTENCE`, or is empty once it is normalised.
    """
    if not isinstance(cell, str):
        raise CorpusError(f"{where}: the {side} is {repr(cell)[:40]}, not text.")
    refuse_nul(f"{where}: the {side}", cell)
    if len(cell) > limits.SENTENCE:
        raise CorpusError(
            f"{where}: the {side} has {len(cell):,} characters, more than {limits.SENTENCE:,}; "
            "cut it into sentences, or delete the row."
        )
    if _HALF.search(cell):
        raise CorpusError(
            f"{where}: the {side} holds half a surrogate pair, {ascii(cell[:40])}; delete the row."
        )
    if not (text := normalise(cell)):
        raise CorpusError(f"{where}: the {side} is empty; fill it in or delete the row.")
    return text


def _flat(where: str, record: object) -> Record:
    """A `translation` mapping's languages as columns, as Hugging Face keeps them."""
    if isinstance(record, Mapping):
        inner = record.get("translation")
        if isinstance(inner, Mapping):
            return {**{k: v for k, v in record.items() if k != "translation"}, **inner}
        return record
    if isinstance(record, (list, tuple)):
        return record
    raise CorpusError(f"{where} is {str(record)[:40]!r}, not a pair (source, target).")


def _row(where: str, record: Record, taken: Taken, part: str | None) -> Row:
    _check_columns(where, record, taken)
    sides = []
    for side, key in (("source", taken.source), ("target", taken.target)):
        place = where if key == side else f"{where}, column {taken.label(key)}"
        sides.append(sentence(place, side, record[key]))
    return Row(part or _part(where, record, taken, sides[1]), *sides, where)


def _check_columns(where: str, record: Record, taken: Taken) -> None:
    named = isinstance(record, Mapping)
    if named != isinstance(taken.source, str):
        raise CorpusError(f"{where}: rows with names and rows without stand in one list.")
    if named:
        missing = next((k for k in taken.wanted if k not in record), None)
        if missing is not None:
            raise CorpusError(f"{where} has no column named {missing!r}; it has {listed(record)}.")
    elif list(record) in ([], [""]):
        raise CorpusError(f"{where} is blank; delete it.")
    elif len(record) < 2:
        raise CorpusError(
            f"{where}: column 2 is missing; a row holds a source and a target, not "
            f"{str(record[0])[:40]!r}."
        )
    elif len(record) != taken.width:
        raise CorpusError(
            f"{where}: {len(record)} columns where the first row has {taken.width}; a column is "
            "missing, or a sentence has the separator in it."
        )


def _part(where: str, record: Record, taken: Taken, target: str) -> str:
    if taken.split is None:
        return split_of(target)
    value = record[taken.split]
    part = part_name(value) if isinstance(value, str) else None
    if part is None:
        raise CorpusError(
            f"{where}, column {taken.label(taken.split)}: the split is {str(value)[:40]!r}; "
            "expected train, dev, or a name beginning with test. To split by the hash of the "
            "target instead, say split='hash' (--split hash)."
        )
    return part
