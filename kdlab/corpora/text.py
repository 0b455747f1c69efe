"""Parallel text: splits of sentence pairs, and what is known about where they came from."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from kdlab.corpora.unit import Unit
from kdlab.errors import CorpusError


@dataclass(frozen=True)
class Pairs:
    """One split: `source[i]` was translated as `target[i]`.

    references: further targets, one whole list per entry (minitalks draws four for its tests)
    noisy: the rows whose target was replaced on purpose, where a noise dial was turned
    grammar: what knows the true p*(y given x) of these sentences, or None
    counted_in: the unit of the corpus it belongs to; without one, what its own targets ask for
    """

    name: str
    source: tuple[str, ...]
    target: tuple[str, ...]
    references: tuple[tuple[str, ...], ...] = ()
    noisy: tuple[int, ...] = ()
    grammar: object | None = field(default=None, compare=False, repr=False)
    counted_in: Unit | None = field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        for what, lines in [("target", self.target), *[("reference", r) for r in self.references]]:
            if len(lines) != len(self.source):
                raise CorpusError(
                    f"{self.name}: {len(self.source)} source lines but {len(lines)} {what} lines; "
                    "line i of one side must be the translation of line i of the other."
                )

    def __repr__(self) -> str:
        """Size, longest lines in characters, fingerprint, and the first pair.

        >>> Pairs("test", ("ไปครับ", "มา"), ("I go .", "come"))
        Pairs test: 2 pairs, longest 6 and 6 characters, fingerprint 1912db211bc84ee4
          ไปครับ → I go .
        """
        longest = " and ".join(str(max(map(len, s), default=0)) for s in (self.source, self.target))
        sets = f" {len(self.references)} references each," if self.references else ""
        about = f"Pairs {self.name}: {len(self):,} pairs,{sets} longest {longest} characters, "
        first = [f"  {_cut(source)} → {_cut(target)}" for source, target in self.head(1)]
        return "\n".join([f"{about}fingerprint {self.fingerprint}", *first])

    def __len__(self) -> int:
        return len(self.source)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(zip(self.source, self.target, strict=True))

    @cached_property
    def unit(self) -> Unit:
        """What lengths and BLEU's n-grams of these targets are counted in."""
        return self.counted_in or Unit.of(self.target)

    @property
    def reference_sets(self) -> tuple[tuple[str, ...], ...]:
        """What a score is averaged over: the drawn references, else the target alone."""
        return self.references or (self.target,)

    @property
    def fingerprint(self) -> str:
        """16 hexadecimal digits that change when any sentence does."""
        digest = hashlib.sha256()
        for lines in (self.source, self.target, *self.references):
            digest.update("\n".join(lines).encode() + b"\0")
        return digest.hexdigest()[:16]

    def head(self, n: int) -> "Pairs":
        """The first n pairs, for a quick look."""
        return self.rows(range(min(n, len(self))))

    def spread(self, n: int) -> "Pairs":
        """n pairs evenly spaced over the split, so that each of its sources has its share."""
        n = min(n, len(self))
        return self.rows([i * len(self) // n for i in range(n)])

    def rows(self, rows: Sequence[int]) -> "Pairs":
        """The pairs of these rows, in this order."""

        def of(lines: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(lines[i] for i in rows)

        noisy = set(self.noisy)
        return Pairs(
            self.name, of(self.source), of(self.target), tuple(map(of, self.references)),
            tuple(new for new, old in enumerate(rows) if old in noisy), self.grammar, self.unit,
        )  # fmt: skip

    def in_units(self, unit: Unit) -> "Pairs":
        """The same pairs, their targets counted in this unit."""
        return self if self.counted_in is unit else replace(self, counted_in=unit)

    def with_target(self, target: tuple[str, ...], name: str = "") -> "Pairs":
        """The same sources with other targets: what distillation and relabelling make."""
        return Pairs(
            name or self.name, self.source, tuple(target), grammar=self.grammar,
            counted_in=self.unit,
        )  # fmt: skip


def _cut(line: str, longest: int = 60) -> str:
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


@dataclass(frozen=True)
class ParallelText:
    """A corpus before any tokenizer: train, dev, and one or more named tests.

    files: for a result file, [{name, file, sha256, sentences}] of what was read
    unit: what targets of every split are counted in. Decided once, from the training and dev
        targets that come first, which are gold: what replaces them later is counted as they were
    read: of text of one's own, a line on what was taken from it
    """

    name: str
    preset: str
    train: Pairs
    dev: Pairs
    tests: Mapping[str, Pairs]
    grammar: object | None = None
    files: tuple[Mapping[str, object], ...] = ()
    unit: Unit | None = None
    read: str = ""

    def __post_init__(self) -> None:
        unit = Unit(self.unit or Unit.of((*self.train.target, *self.dev.target)))
        tests = {name: pairs.in_units(unit) for name, pairs in self.tests.items()}
        train, dev = self.train.in_units(unit), self.dev.in_units(unit)
        for name, value in {"unit": unit, "train": train, "dev": dev, "tests": tests}.items():
            object.__setattr__(self, name, value)

    def __repr__(self) -> str:
        """What it is, and a line for each split."""
        named = [self.train, self.dev, *self.tests.values()]
        splits = "\n".join(f"  {str(pairs).splitlines()[0]}" for pairs in named)
        return f"ParallelText {self.name} {self.preset}\n{splits}"
