"""Which columns hold source, target and split: as asked for, as named, or else asked about."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kdlab.corpora.splits import part_name
from kdlab.errors import CorpusError

HASH = "hash"  # as a split: no column, the hash of the target
SOURCE, TARGET = ("source", "src"), ("target", "tgt", "trg")
SPLIT = ("split", "part", "partition", "subset")
# What else stands in headers: languages by name or code (ISO 639-1, tha-TH, pt_BR; but not
# Indonesian, since id is mostly a number).
OTHER = ("id", "index", "text", "sentence", "original", "translation", "reference")
LANGUAGES = frozenset(
    "thai english tha eng aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce "
    "ch co cr cs cu cv cy da de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv "
    "ha he hi ho hr ht hu hy hz ia ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr "
    "ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn "
    "no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so "
    "sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh "
    "yi yo za zh zu".split()
)
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")

Key = int | str  # the place of a cell in a record: in a list counted from 0, or its name


@dataclass(frozen=True)
class Columns:
    """What is known of a table before it is read.

    source, target, split: a number from 1, a name, or None to find out; split may be "hash"
    header: whether the first row names the columns, or None to find out
    """

    source: int | str | None = None
    target: int | str | None = None
    split: int | str | None = None
    header: bool | None = None

    @property
    def named(self) -> list[str]:
        """The columns that are asked for by name."""
        asked = (self.source, self.target, None if self.split == HASH else self.split)
        return [name for name in asked if isinstance(name, str)]


AS_THEY_ARE = Columns()  # nothing is known beforehand


@dataclass(frozen=True)
class Taken:
    """What was found: where source, target and split are in each record of `width` cells.

    names: of all columns, () if none has one     header: whether the first record names them
    """

    source: Key
    target: Key
    split: Key | None
    names: tuple[str, ...]
    width: int
    header: bool

    @property
    def wanted(self) -> list[Key]:
        """The columns that are looked at."""
        return [key for key in (self.source, self.target, self.split) if key is not None]

    def label(self, key: Key) -> str:
        """A column as a message calls it: its name in quotes, or its number from 1."""
        if isinstance(key, str):
            return repr(key)
        return repr(self.names[key]) if self.names else str(key + 1)


def listed(names: Iterable[object]) -> str:
    """Names for a message, the first 200 characters of them."""
    every = ", ".join(map(str, names))
    return every if len(every) <= 200 else f"{every[:200]} …"


def find_columns(where: str, first: Sequence | Mapping, asked: Columns) -> Taken:
    """The columns of a table whose first record this is.

    In a table a header's words decide (source, target, split; else the two that name a language),
    or else the order of two columns that are left. Keys of a mapping have no order: they must be
    called source and target, or be asked for; the other of two follows.
    Raises CorpusError where the choice, or whether there is a header, would be a guess.
    """
    ordered = not isinstance(first, Mapping)
    if ordered and len(first) < 2:
        raise CorpusError(
            f"{where}: column 2 is missing; a row holds a source and a target, not "
            f"{', '.join(map(str, first))[:40]!r}."
        )
    if asked.header and not ordered:
        raise CorpusError(f"{where}: rows of this kind have no header; drop header=True.")
    header = ordered and _has_header(where, first, asked)
    names = tuple(str(cell).strip() for cell in first) if header else () if ordered else (*first,)
    keys: Sequence[Key] = range(len(first)) if ordered else names
    chosen = {
        role: _located(where, role, getattr(asked, role), keys, names)
        for role in ("source", "target", "split")
    }
    if asked.split is None and (split := _called(SPLIT, keys, names)) not in chosen.values():
        chosen["split"] = split
    _fill(chosen, keys, names, ordered)
    if chosen["source"] is None or chosen["target"] is None:
        raise CorpusError(
            f"{where}: which columns are source and target? There are "
            f"{listed(names) or f'{len(first)}, without names'}; give "
            "source= and target= (--source, --target), each a "
            f"{'name' if names else 'number from 1'}."
        )
    if len(set(chosen.values())) < 3:  # with None for no split
        raise CorpusError(f"{where}: source, target and split must be different columns.")
    return Taken(**chosen, names=names, width=len(first), header=header)


def _has_header(where: str, first: Sequence, asked: Columns) -> bool:
    if asked.header is False and asked.named:
        raise CorpusError(
            f"{where}: without a header no column is called {asked.named[0]!r}; give its number."
        )
    if asked.header is not None or asked.named:
        return asked.header or bool(asked.named)
    cells = [str(cell).strip().casefold() for cell in first]
    if asked.split in range(1, len(cells) + 1) and part_name(cells[asked.split - 1]):
        return False
    known = sum(map(_heads, cells))
    if known >= 2 and len(set(cells)) == len(cells):
        return True
    if known or all(map(_WORD.fullmatch, cells)):
        shown = " | ".join(map(str, first))[:80]
        raise CorpusError(
            f"{where} reads {shown!r}: names of columns, or the first pair? Say header=True or "
            "header=False (--header, --no-header)."
        )
    return False


def _heads(cell: str) -> bool:
    return cell in SOURCE + TARGET + SPLIT + OTHER or _is_language(cell)


def _is_language(cell: str) -> bool:
    return re.split("[-_]", cell.casefold())[0] in LANGUAGES


def _located(
    where: str, role: str, asked: int | str | None, keys: Sequence[Key], names: Sequence[str]
) -> Key | None:
    if asked is None or (role == "split" and asked == HASH):
        return None
    if isinstance(asked, str):
        if names.count(asked) == 1:
            return keys[names.index(asked)]
        fault = "more than one column" if asked in names else "no column"
        raise CorpusError(f"{where} has {fault} named {asked!r}; it has {listed(names)}.")
    if isinstance(keys, range) and 1 <= asked <= len(keys):
        return asked - 1
    there = f"{len(keys)} columns, counted from 1" if isinstance(keys, range) else listed(names)
    raise CorpusError(f"{where}: the {role} column is {asked}, but there are {there}.")


def _called(words: Sequence[str], keys: Sequence[Key], names: Sequence[str]) -> Key | None:
    """The only column that has one of these names."""
    found = [key for key, name in zip(keys, names, strict=False) if str(name).casefold() in words]
    return found[0] if len(found) == 1 else None


def _fill(
    chosen: dict[str, Key | None], keys: Sequence[Key], names: Sequence[str], ordered: bool
) -> None:
    """Choose source and target where nobody asked for them; None stays where it is not clear."""
    for role, words in (("source", SOURCE), ("target", TARGET)):
        called = _called(words, keys, names)
        if chosen[role] is None and called not in chosen.values():
            chosen[role] = called
    missing = [role for role in ("source", "target") if chosen[role] is None]
    left = [key for key in keys if key not in chosen.values()]
    if len(missing) == 2 and len(left) > 2:
        by_key = dict(zip(keys, names, strict=False))
        left = [key for key in left if _is_language(str(by_key.get(key, "")))]
    if len(left) == len(missing) and (ordered or len(missing) == 1):
        chosen.update(zip(missing, left, strict=True))
