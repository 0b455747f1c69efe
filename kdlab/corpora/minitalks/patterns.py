"""Patterns: a Thai side with slots beside its English side, and the whole sentences R1–R4."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from kdlab.corpora.minitalks.expression import Agreement, Context, Sequence, count, expand, parse
from kdlab.corpora.minitalks.expression import slots as slots_of
from kdlab.corpora.minitalks.lexicon import Entry, Lexicon, WordClass
from kdlab.corpora.minitalks.textfile import Line, read_lines

MOST_TRANSLATIONS = 1_500  # enumeration and exact soft targets stay instant below this
PATTERN = re.compile(
    r"^(?P<name>[\w-]+)(?:\s*\*(?P<weight>[\d.]+))?:\s*(?P<thai>.+?)\s*=>\s*(?P<english>.+)$"
)
SLOT = re.compile(r"^<(?:(?P<name>\w+):)?(?P<class>[\w-]+)>$")
CLASSIFIER = re.compile(r"^<(?P<name>\w+)\.clf>$")
SHARED = re.compile(r"@([\w-]+)(?:\(([\w, ]+)\))?")
SHARED_LINE = re.compile(r"^(?P<name>[\w-]+)(?:\((?P<arguments>[\w, ]+)\))?\s*=\s*(?P<body>.+)$")


@dataclass(frozen=True)
class ThaiItem:
    """One item of a Thai side: a fixed word, a slot with its class, or a slot's classifier."""

    name: str = ""
    word: Entry | None = None
    words: WordClass | None = None


@dataclass(frozen=True)
class Pattern:
    """One sentence pattern; an example is one too, without slots and with its meaning."""

    name: str
    weight: float
    thai: tuple[ThaiItem, ...]
    english: Sequence
    meaning: str = ""

    @cached_property
    def fixed(self) -> tuple[str, ...]:
        """The Thai words that every sentence of this pattern holds."""
        return tuple(item.word.thai for item in self.thai if item.word is not None)


@dataclass(frozen=True)
class Rules:
    """All patterns, the whole-sentence examples, and the agreement tables they refer to."""

    patterns: tuple[Pattern, ...]
    examples: tuple[Pattern, ...]
    agreement: Agreement
    classifiers: Mapping[str, Entry]


class _Reader:
    """Reads the sections in file order; patterns may use only what stands above them."""

    def __init__(self, lexicon: Lexicon):
        self.lexicon = lexicon
        self.agreement = Agreement({}, {})
        self.columns: list[str] = []
        self.shared: dict[str, tuple[list[str], str]] = {}
        self.patterns: list[Pattern] = []
        self.examples: list[Pattern] = []

    def take(self, line: Line) -> None:
        """Read one line into the table its section names."""
        readers = {
            "registers": self._register,
            "subjects": self._subject,
            "choices": self._choice,
            "patterns": self._pattern,
            "examples": self._example,
        }
        if line.section not in readers:
            raise line.refuse(f"section [{line.section}] is none of {', '.join(readers)}.")
        if line.text:
            readers[line.section](line)

    def _register(self, line: Line) -> None:
        name, _, power = line.text.partition(" ")
        try:
            self.agreement.registers[name] = float(power)
        except ValueError:
            raise line.refuse(f"register {name!r} needs a power, not {power!r}.") from None
        if not 0 < float(power) < math.inf:
            raise line.refuse(f"register {name!r} needs a power above 0, not {power!r}.")

    def _subject(self, line: Line) -> None:
        """The first line names the columns, each later one is a subject's row."""
        cells = line.text.split()
        if not self.columns:
            self.columns = cells
        elif len(cells) != len(self.columns):
            raise line.refuse(f"{len(cells)} cells where the heading has {len(self.columns)}.")
        else:
            self.agreement.rows[cells[0]] = dict(zip(self.columns, cells, strict=True))

    def _choice(self, line: Line) -> None:
        match = SHARED_LINE.match(line.text)
        if match is None:
            raise line.refuse(f"{line.text!r} should read name = … or name(slot) = …")
        arguments = [a.strip() for a in (match["arguments"] or "").split(",") if a.strip()]
        self.shared[match["name"]] = (arguments, self._filled(line, match["body"]))

    def _filled(self, line: Line, text: str) -> str:
        """`text` with every `@name(slot)` replaced by what [choices] says."""

        def fill(match: re.Match[str]) -> str:
            name, given = match[1], [a.strip() for a in (match[2] or "").split(",") if a.strip()]
            if name not in self.shared:
                raise line.refuse(f"shared choice @{name} is not defined above this line.")
            arguments, body = self.shared[name]
            if len(arguments) != len(given):
                raise line.refuse(f"@{name} takes {len(arguments)} slots, not {given}.")
            for argument, slot in zip(arguments, given, strict=True):
                body = re.sub(rf"\${argument}\b", f"${slot}", body)
            return body

        return SHARED.sub(fill, text)

    def _pattern(self, line: Line) -> None:
        self.patterns.append(self._read(line))

    def _example(self, line: Line) -> None:
        body, _, meaning = line.text.partition(" // ")
        pattern = self._read(Line(line.file, line.number, line.section, body), meaning)
        if any(item.word is None for item in pattern.thai):
            raise line.refuse(
                f"example {pattern.name!r} has a slot; an example is a whole sentence."
            )
        self.examples.append(pattern)

    def _read(self, line: Line, meaning: str = "") -> Pattern:
        match = PATTERN.match(line.text)
        if match is None:
            raise line.refuse(f"{line.text!r} should read name: thai => english")
        if match["name"] in {p.name for p in (*self.patterns, *self.examples)}:
            raise line.refuse(f"the name {match['name']!r} is taken; choose another.")
        items = tuple(self._item(line, word) for word in match["thai"].split())
        places = reversed(list(enumerate(items)))  # of two Thai words for one, the first counts
        says = {w: i for i, item in places if item.word for w in item.word.says}
        english = parse(line, self._filled(line, match["english"]), self.agreement, says)
        pattern = Pattern(match["name"], float(match["weight"] or 1), items, english, meaning)
        _check(line, pattern, self.agreement)
        return pattern

    def _item(self, line: Line, text: str) -> ThaiItem:
        if match := CLASSIFIER.match(text):
            return ThaiItem(name=match["name"])
        if match := SLOT.match(text):
            name = match["class"]
            if name not in self.lexicon.classes:
                raise line.refuse(f"class <{name}> is not in the lexicon.")
            return ThaiItem(name=match["name"] or name, words=self.lexicon.classes[name])
        if text not in self.lexicon.literals:
            raise line.refuse(f"the Thai word {text!r} is not in the lexicon; add it to [words].")
        return ThaiItem(word=self.lexicon.literals[text])


def read_rules(path: Path, lexicon: Lexicon) -> Rules:
    """Read `patterns.txt` against a lexicon.

    Raises CorpusError, naming file and line, for anything misspelt, undefined or not adding up,
    and for a pattern that could have more than MOST_TRANSLATIONS translations.
    """
    reader = _Reader(lexicon)
    for line in read_lines(path):
        reader.take(line)
    found = lexicon.classes.get("classifiers")
    classifiers = {entry.thai: entry for entry in found.entries} if found else {}
    return Rules(tuple(reader.patterns), tuple(reader.examples), reader.agreement, classifiers)


def _check(line: Line, pattern: Pattern, agreement: Agreement) -> None:
    """Refuse slots that do not match, forms that do not exist, and too many translations."""
    classes = {item.name: item.words for item in pattern.thai if item.words}
    for item in pattern.thai:
        if item.name and item.name not in classes:
            raise line.refuse(f"<{item.name}.clf> counts slot {item.name!r}, which is not there.")
    for slot in slots_of(pattern.english):
        if slot.name not in classes:
            raise line.refuse(f"slot ${slot.name} is not on the Thai side ({', '.join(classes)}).")
    first = {name: words.entries[0] for name, words in classes.items()}
    try:
        paths = expand(pattern.english, Context(first, agreement))
    except KeyError as error:
        raise line.refuse(f"the English side asks for a form {error} that is not there.") from None
    if any(" - " in f"{text} " for texts in paths.values() for text, _ in texts):
        raise line.refuse("a word that agrees with the subject has no form ('-') for one of them.")
    most = {n: max(len(e.wordings) for e in words.entries) for n, words in classes.items()}
    if (total := count(pattern.english, most)) > MOST_TRANSLATIONS:
        raise line.refuse(
            f"pattern {pattern.name!r} could have {total} translations; keep it to "
            f"{MOST_TRANSLATIONS} by dropping a choice."
        )
