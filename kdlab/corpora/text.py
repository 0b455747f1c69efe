"""Parallel text: splits of sentence pairs, and what is known about where they came from."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from kdlab.errors import CorpusError


@dataclass(frozen=True)
class Pairs:
    """One split: `source[i]` was translated as `target[i]`.

    references: further targets, one whole list per entry (minitalks draws four for its tests)
    noisy: the rows whose target was replaced on purpose, where a noise dial was turned
    grammar: what knows the true p*(y given x) of these sentences, or None
    """

    name: str
    source: tuple[str, ...]
    target: tuple[str, ...]
    references: tuple[tuple[str, ...], ...] = ()
    noisy: tuple[int, ...] = ()
    grammar: object | None = field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        for what, lines in [("target", self.target), *[("reference", r) for r in self.references]]:
            if len(lines) != len(self.source):
                raise CorpusError(
                    f"{self.name}: {len(self.source)} source lines but {len(lines)} {what} lines; "
                    "line i of one side must be the translation of line i of the other."
                )

    def __len__(self) -> int:
        return len(self.source)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(zip(self.source, self.target, strict=True))

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
            tuple(new for new, old in enumerate(rows) if old in noisy), self.grammar,
        )  # fmt: skip

    def with_target(self, target: tuple[str, ...], name: str = "") -> "Pairs":
        """The same sources with other targets: what distillation and relabelling make."""
        return Pairs(name or self.name, self.source, tuple(target), grammar=self.grammar)


@dataclass(frozen=True)
class ParallelText:
    """A corpus before any tokenizer: train, dev, and one or more named tests.

    files: for a result file, [{name, file, sha256, sentences}] of what was read
    read: of text of one's own, a line on what was taken from it
    """

    name: str
    preset: str
    train: Pairs
    dev: Pairs
    tests: Mapping[str, Pairs]
    grammar: object | None = None
    files: tuple[Mapping[str, object], ...] = ()
    read: str = ""
