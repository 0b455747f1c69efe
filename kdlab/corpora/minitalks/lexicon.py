"""The lexicon: Thai words by class, with romanisation and weighted English wordings."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from kdlab.corpora.minitalks.english import noun_forms, verb_forms
from kdlab.corpora.minitalks.textfile import Line, read_lines

KINDS = {"noun": noun_forms, "verb": verb_forms, "word": lambda text: {"": text}}
HEADER = re.compile(r"^(?P<name>[\w-]+)\s*(?::\s*(?P<kind>\w+)|=\s*(?P<parts>[\w -]+))$")
WEIGHTED = re.compile(r"^(?P<text>.*?)(?:\s+(?P<weight>\.\d+))?$")


@dataclass(frozen=True)
class Wording:
    """One English wording of a Thai word: its probability and its forms ("", "pl", "past" …)."""

    probability: float
    forms: Mapping[str, str]


@dataclass(frozen=True, eq=False)
class Entry:
    """One Thai word. `words` splits it where the file has spaces; `thai` is without them.

    classifier: of a noun, the word that counts it
    says: English words that this one accounts for where a pattern spells both out
    """

    words: tuple[str, ...]
    rtgs: str
    wordings: tuple[Wording, ...]
    classifier: str = ""
    says: frozenset[str] = frozenset()

    @cached_property
    def thai(self) -> str:
        """The word as it stands in a sentence."""
        return "".join(self.words)

    @property
    def gloss(self) -> str:
        """The likeliest English wording in its plain form."""
        return self.wordings[0].forms[""]


@dataclass(frozen=True, eq=False)
class WordClass:
    """Entries that a slot may hold, with Zipf-like probabilities of use in file order."""

    name: str
    entries: tuple[Entry, ...]

    @cached_property
    def probabilities(self) -> tuple[float, ...]:
        """How often each entry is used: proportional to 1 / (rank + 1)."""
        weights = [1 / (rank + 2) for rank in range(len(self.entries))]
        return tuple(weight / sum(weights) for weight in weights)

    @cached_property
    def by_thai(self) -> Mapping[str, tuple[tuple[Entry, float], ...]]:
        """Entries and their probabilities by spelling; several where words look the same."""
        found: dict[str, tuple[tuple[Entry, float], ...]] = {}
        for entry, probability in zip(self.entries, self.probabilities, strict=True):
            found[entry.thai] = (*found.get(entry.thai, ()), (entry, probability))
        return found

    @cached_property
    def lengths(self) -> tuple[int, ...]:
        """The character lengths that occur, longest first."""
        return tuple(sorted({len(entry.thai) for entry in self.entries}, reverse=True))


@dataclass
class Lexicon:
    """All word classes by name."""

    classes: dict[str, WordClass] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.entries)

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """Every entry once, in file order."""
        return tuple(dict.fromkeys(e for c in self.classes.values() for e in c.entries))

    @cached_property
    def literals(self) -> Mapping[str, Entry]:
        """What a pattern may spell out: any entry, a [words] entry before its namesakes."""
        first = self.classes["words"].entries if "words" in self.classes else ()
        found: dict[str, Entry] = {}
        for entry in (*first, *self.entries):
            found.setdefault(entry.thai, entry)
        return found


def read_lexicon(path: Path) -> Lexicon:
    """Read `lexicon.txt`.

    Raises CorpusError, naming file and line, for an unknown kind or class, a line without its
    columns, or weights that do not add up to 1.
    """
    entries: dict[str, list[Entry]] = {}
    kind = ""
    for line in read_lines(path):
        header = HEADER.match(line.section)
        if header is None:
            raise line.refuse(f"[{line.section}] is no class; write [name: noun] or [name = a b].")
        name = header["name"]
        if line.text:
            entries[name].append(_entry(line, kind))
        elif header["parts"]:
            entries[name] = _merged(line, entries, header["parts"].split())
        elif header["kind"] in KINDS:
            kind, entries[name] = header["kind"], []
        else:
            raise line.refuse(f"kind {header['kind']!r} is none of {', '.join(KINDS)}.")
    return Lexicon({name: WordClass(name, tuple(found)) for name, found in entries.items()})


def _merged(line: Line, entries: Mapping[str, list[Entry]], parts: list[str]) -> list[Entry]:
    """The entries of several classes, the most used of each first."""
    for part in parts:
        if part not in entries:
            raise line.refuse(f"class {part!r} is not defined above this line.")
    ranked = [(rank, entry) for part in parts for rank, entry in enumerate(entries[part])]
    return list(dict.fromkeys(entry for _, entry in sorted(ranked, key=lambda pair: pair[0])))


def _entry(line: Line, kind: str) -> Entry:
    columns = [column.strip() for column in line.text.split("|")]
    if len(columns) not in (3, 4):
        raise line.refuse(
            f"{line.text!r} has {len(columns)} columns; write thai | romanisation | english, and "
            "for a noun its classifier."
        )
    thai, rtgs, english, extra = (*columns, "")[:4]
    if kind == "noun" and not extra:
        raise line.refuse(f"noun {thai!r} has no classifier in its fourth column.")
    wordings = _wordings(line, english, kind)
    said = {
        word for wording in wordings for form in wording.forms.values() for word in form.split()
    }
    return Entry(
        words=() if thai == "-" else tuple(thai.split()),
        rtgs="" if rtgs == "-" else rtgs,
        wordings=wordings,
        classifier=extra if kind == "noun" else "",
        says=frozenset(said | set(extra.split() if kind != "noun" else ())),
    )


def _wordings(line: Line, english: str, kind: str) -> tuple[Wording, ...]:
    """`house .7; home .3` as wordings; a single one needs no weight."""
    parts = [WEIGHTED.match(part.strip()) for part in english.split(";")]
    weights = [float(part["weight"] or 1) for part in parts]
    if abs(sum(weights) - 1) > 1e-9:
        raise line.refuse(f"the weights of {english!r} add up to {sum(weights):g}; make it 1.")
    pairs = zip(parts, weights, strict=True)
    return tuple(Wording(weight, KINDS[kind](part["text"])) for part, weight in pairs)
