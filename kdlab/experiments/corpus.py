"""A corpus as experiments use it: text, the tokenizer learned on its gold side, and who wrote ŷ."""

import hashlib
import os
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import asdict, dataclass, replace
from functools import cached_property, partial
from itertools import chain
from pathlib import Path

from kdlab.corpora import Columns, Pairs, ParallelText, Unit, iwslt15, minitalks, own, real
from kdlab.corpora.readers import READERS, suffix, two_paths
from kdlab.distill.outside import Outside
from kdlab.errors import CorpusError, RecipeError
from kdlab.files import home, locked, remove
from kdlab.models.exact import ExactModel
from kdlab.progress import note, say
from kdlab.tokenizer import Tokenizer, TokenizerConfig, skipped_by_default
from kdlab.translator import Translator

NAMES = ("minitalks", "iwslt15", "real")
UNTURNED = {"noise": 0.0, "ambiguity": 1.0, "coupling": 1.0}  # minitalks' dials
AT_ONCE = 3_000_000  # characters whose pieces are learned in half a minute
PAIRS_A_MINUTE = 30_000  # of sentences of TED's length
TOKENIZER_VERSION = 1  # raise by hand when the same text would give other pieces

# Pieces a side; ours. minitalks: with BPE nearly every word is one piece, with unigram few are.
# real: in a prototype attention had formed with 2,000 pieces when, in the same time, with 4,000 it
# had not.
VOCABULARY = {
    "minitalks": TokenizerConfig("bpe", 1000, 1000),
    "real": TokenizerConfig(source_size=2000, target_size=2000),
    "iwslt15": TokenizerConfig(source_size=8000, target_size=8000, at_most=True),
}


@dataclass(frozen=True, eq=False)
class Corpus:
    """Text and tokenizer. targets: "gold", or what replaced it; teacher: who wrote those.

    origin: the arguments with which `load_corpus` gives this gold corpus again, as JSON can hold
        them; None if its text was given in memory
    """

    text: ParallelText
    tokenizer: Tokenizer
    targets: str = "gold"
    teacher: Translator | None = None
    origin: Mapping[str, object] | None = None

    def __repr__(self) -> str:
        """What it is, whose targets it has, its pieces, and a line for each split."""
        about = f"Corpus {self.name} {self.text.preset}, {self.targets} targets"
        splits = str(self.text).splitlines()[1:]
        pieces = f"  {self.tokenizer}"
        return "\n".join([f"{about}, fingerprint {self.fingerprint}", *splits, pieces])

    @property
    def name(self) -> str:
        """minitalks, iwslt15, real, or the file's name."""
        return self.text.name

    @property
    def train(self) -> Pairs:
        """What students learn from."""
        return self.text.train

    @property
    def dev(self) -> Pairs:
        """What checkpoints are selected on; always gold."""
        return self.text.dev

    @property
    def tests(self) -> Mapping[str, Pairs]:
        """Every test by name."""
        return self.text.tests

    @property
    def test(self) -> Pairs:
        """The first test."""
        return next(iter(self.tests.values()))

    @property
    def grammar(self) -> object | None:
        """What knows the true p*, on minitalks."""
        return self.text.grammar

    @cached_property
    def fingerprint(self) -> str:
        """16 hexadecimal digits of the training and dev text and the tokenizer.

        And of the unit, where it is not words: a checkpoint is then chosen by another measure.
        """
        parts = [self.train.fingerprint, self.dev.fingerprint, self.tokenizer.fingerprint]
        parts += [] if self.text.unit is Unit.WORD else [self.text.unit.value]
        return hashlib.sha256(" ".join(parts).encode()).hexdigest()[:16]

    def with_train(self, train: Pairs, targets: str, teacher: Translator | None = None) -> "Corpus":
        """The same corpus and tokenizer with other training targets, and who wrote them.

        teacher: not kept if it is a function of lines, which has no distributions to agree with
        """
        teacher = None if isinstance(teacher, Outside) else teacher
        text = replace(self.text, train=train)
        return replace(self, text=text, targets=targets, teacher=teacher)

    def with_tokenizer(self, tokenizer: Tokenizer) -> "Corpus":
        """The same text in other pieces, such as those of a teacher that was brought along."""
        return replace(self, tokenizer=tokenizer)

    def exact_teacher(self) -> Translator:
        """The grammar itself as a teacher: not a trained network. RecipeError without a grammar."""
        if self.grammar is None:
            raise RecipeError(
                f"{self.name} has no grammar, so its true p* is unknown; train a teacher instead."
            )
        grammar = self.grammar

        def translations(source: str) -> list[tuple[str, float]]:
            return [(t.text, t.probability) for t in grammar.translations(source)]

        # Its key must change with the grammar's files and its dials, since it has no weights.
        files = " ".join(str(file["sha256"]) for file in self.text.files)
        coupling = "" if grammar.coupling == 1 else f" coupling {grammar.coupling:g}"
        return Translator(
            ExactModel(translations, self.tokenizer), self.tokenizer, f"exact {self.name}",
            origin=f"{files} ambiguity {grammar.ambiguity:g}{coupling}",
        )  # fmt: skip


def load_corpus(
    name: object = "minitalks", preset: str = "standard", *, source: int | str | None = None,
    target: int | str | None = None, split: int | str | None = None, header: bool | None = None,
    noise: float = 0.0, ambiguity: float = 1.0, coupling: float = 1.0, folder: Path | None = None,
    tokenizer: TokenizerConfig | Mapping[str, object] | None = None,
) -> Corpus:  # fmt: skip
    """A corpus with its tokenizer, ready to train on.

    name: "minitalks", "iwslt15" or "real"; or text of your own: a path that ends in .tsv, .csv or
        .jsonl (.gz allowed), two paths (source, target), pairs in memory, a `datasets.Dataset`, or
        a mapping from train, dev and test to these; or a ParallelText
    preset: a named size; minitalks has "tiny" and "standard"
    source, target, split: columns of your own text, by number from 1 or by name, where they are
        not clear by themselves; split="hash": no column, the hash of the target
    header: whether its first row names the columns
    noise, ambiguity, coupling: minitalks' dials
    folder: where "real"'s files lie, default $KDLAB_DATA
    tokenizer: other sizes than the corpus's own
    What was taken from your own text is noted on stderr, and kept as `corpus.text.read`.
    Raises CorpusError if there is no such corpus or its text cannot be read; see `own`.

    >>> load_corpus([("น้ำ", "water"), ("ไฟ", "fire", "hot")])
    Traceback (most recent call last):
    kdlab.errors.CorpusError: pairs[1]: 3 columns where the first row has 2; a column is missing...
    """
    columns = Columns(source, target, split, header)
    dials = {"noise": noise, "ambiguity": ambiguity, "coupling": coupling}
    turned = {dial: value for dial, value in dials.items() if value != UNTURNED[dial]}
    if isinstance(tokenizer, Mapping):
        tokenizer = TokenizerConfig(**tokenizer)
    text = _text(name, preset, columns, turned, folder)
    if text.read:
        note(text.read)
    usual = None if text.read else VOCABULARY.get(text.name)  # real.tsv is not real
    pieces = _tokenizer(text, tokenizer or usual or _own_sizes(text))
    about = {
        "name": _place(name), "preset": preset, **asdict(columns), **turned,
        "folder": folder and str(folder), "tokenizer": tokenizer and asdict(tokenizer),
    }  # fmt: skip
    origin = {what: value for what, value in about.items() if value is not None}
    return Corpus(text, pieces, origin=origin if "name" in origin else None)


def _text(
    name: object, preset: str, columns: Columns, turned: Mapping[str, float], folder: Path | None
) -> ParallelText:
    called = name if isinstance(name, str) else "A text of your own"
    if turned and called != "minitalks":
        raise RecipeError(f"{called} has no dial for noise, ambiguity or coupling; minitalks does.")
    if called in NAMES or isinstance(name, ParallelText):
        if columns != Columns():
            raise RecipeError(f"{called} has its columns; choose some for a file or pairs.")
        if isinstance(name, ParallelText):
            return name
        make = {"minitalks": minitalks, "iwslt15": iwslt15, "real": partial(real, folder)}[called]
        return make(preset=preset, **turned)
    if isinstance(name, str) and not suffix(name):
        raise CorpusError(
            f"There is no corpus {name!r}; expected one of {', '.join(NAMES)}, a path that ends in "
            f"{', '.join(READERS)} (.gz allowed), or two files, source and target."
        )
    return own(name, columns)


def load_again(origin: Mapping[str, object]) -> Corpus:
    """The corpus of an `origin`. CorpusError if its file is not where it was."""
    named = origin["name"]
    for path in named.values() if isinstance(named, Mapping) else [named]:
        for part in [path] if isinstance(path, str) else path:
            if os.path.isabs(part) and not os.path.exists(part):
                raise CorpusError(
                    f"The corpus was {part}, which is not there any more; say where it is now: "
                    "--corpus FILE, or load_corpus."
                )
    return load_corpus(**origin)


def _place(name: object) -> object:
    """Where text is found again, from any folder; None for what is in memory."""
    if isinstance(name, str) and name in NAMES:
        return name
    if isinstance(name, (str, Path)):
        return str(Path(name).resolve())
    if two_paths(name):
        return [_place(path) for path in name]
    if isinstance(name, Mapping):
        places = {part: _place(one) for part, one in name.items()}
        return None if None in places.values() else places
    return None


def _own_sizes(text: ParallelText) -> TokenizerConfig:
    """For a reader's own file: a piece per ten sentences, 500 to 8,000, or what the text allows."""
    size = min(8000, max(500, len(text.train) // 10))
    return TokenizerConfig(source_size=size, target_size=size, at_most=True)


def _tokenizer(text: ParallelText, config: TokenizerConfig) -> Tokenizer:
    """Learned once from gold text, then found in the store."""
    what = f"{TOKENIZER_VERSION} {asdict(config)} {text.train.fingerprint}"
    if skipped_by_default(chain(text.train.source, text.train.target)):
        what += " every line"  # once these were left out, and the pieces are others
    folder = home() / "tokenizers" / hashlib.sha256(what.encode()).hexdigest()[:16]
    made = folder / "tokenizer.json"  # written last
    with nullcontext() if made.exists() else locked(folder.with_suffix(".lock")):
        if not made.exists():
            remove(folder)  # what a killed process had saved of it
            _announce(text)
            Tokenizer.train(text.train.source, text.train.target, config).save(folder)
    return Tokenizer.load(folder)


def _announce(text: ParallelText) -> None:
    """Say what is waited for, where it is waited for: iwslt15's pieces take some minutes."""
    if sum(map(len, chain(text.train.source, text.train.target))) > AT_ONCE:
        say(
            f"Learning the pieces of {len(text.train):,} pairs, once; a minute for each "
            f"{PAIRS_A_MINUTE:,} or so."
        )
