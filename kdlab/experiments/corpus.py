"""A corpus as experiments use it: text, the tokenizer learned on its gold side, and who wrote ŷ."""

import hashlib
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path

from kdlab.corpora import Pairs, ParallelText, iwslt15, minitalks, read_tsv, real
from kdlab.distill.outside import Outside
from kdlab.errors import CorpusError, RecipeError
from kdlab.experiments.origin import origin_of
from kdlab.files import home, locked
from kdlab.models import ExactModel
from kdlab.tokenizer import Tokenizer, TokenizerConfig
from kdlab.translator import Translator

NAMES = ("minitalks", "iwslt15", "real")
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

    origin: what `load_corpus` was asked for, so that a run can say it again; None if it cannot be
    """

    text: ParallelText
    tokenizer: Tokenizer
    targets: str = "gold"
    teacher: Translator | None = None
    origin: Mapping[str, object] | None = None

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
        """16 hexadecimal digits of the training and dev text and the tokenizer."""
        parts = (self.train.fingerprint, self.dev.fingerprint, self.tokenizer.fingerprint)
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
    name: str | ParallelText = "minitalks", preset: str = "standard", *, noise: float = 0.0,
    ambiguity: float = 1.0, coupling: float = 1.0, folder: Path | None = None,
    tokenizer: TokenizerConfig | None = None,
) -> Corpus:  # fmt: skip
    """A corpus with its tokenizer, ready to train on.

    name: "minitalks", "iwslt15", "real", a path to your own .tsv or .tsv.gz, or text that was read
    before, such as read_tsv(path, split="part")
    preset: a named size; minitalks has "tiny" and "standard"
    noise, ambiguity, coupling: minitalks' dials
    folder: where "real"'s files lie, default $KDLAB_DATA
    tokenizer: other sizes than the corpus's own
    Raises CorpusError if there is no such corpus or its text cannot be read.
    """
    origin = origin_of(locals())
    if isinstance(name, ParallelText):
        text = name
    elif name == "minitalks":
        text = minitalks(preset, noise=noise, ambiguity=ambiguity, coupling=coupling)
    elif noise or ambiguity != 1.0 or coupling != 1.0:
        raise RecipeError(f"{name} has no dial for noise, ambiguity or coupling; minitalks does.")
    elif name == "iwslt15":
        text = iwslt15(preset)
    elif name == "real":
        text = real(folder, preset)
    elif str(name).endswith((".tsv", ".tsv.gz")):
        text = read_tsv(Path(name))
    else:
        raise CorpusError(
            f"There is no corpus {name!r}; expected one of {', '.join(NAMES)}, or a path that ends "
            "in .tsv or .tsv.gz."
        )
    config = tokenizer or VOCABULARY.get(text.name) or _own_sizes(text)
    return Corpus(text, _tokenizer(text, config), origin=origin)


def load_again(origin: Mapping[str, object]) -> Corpus:
    """The corpus of an `origin`. CorpusError if its file is not where it was."""
    asked, names = dict(origin), origin["name"]
    for name in [names] if isinstance(names, str) else names:
        if os.path.isabs(name) and not os.path.exists(name):
            raise CorpusError(
                f"The corpus was {name}, which is not there any more; say where it is now: "
                "--corpus FILE, or load_corpus."
            )
    if "tokenizer" in asked:
        asked["tokenizer"] = TokenizerConfig(**asked["tokenizer"])
    return load_corpus(**asked)


def _own_sizes(text: ParallelText) -> TokenizerConfig:
    """For a reader's own file: a piece per ten sentences, 500 to 8,000, or what the text allows."""
    size = min(8000, max(500, len(text.train) // 10))
    return TokenizerConfig(source_size=size, target_size=size, at_most=True)


def _tokenizer(text: ParallelText, config: TokenizerConfig) -> Tokenizer:
    """Learned once from gold text, then found in the store."""
    what = f"{TOKENIZER_VERSION} {asdict(config)} {text.train.fingerprint}"
    folder = home() / "tokenizers" / hashlib.sha256(what.encode()).hexdigest()[:16]
    with locked(folder / "lock"):
        if not (folder / "tokenizer.json").exists():  # written last
            Tokenizer.train(text.train.source, text.train.target, config).save(folder)
    return Tokenizer.load(folder)
