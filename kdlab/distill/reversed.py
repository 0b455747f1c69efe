"""A model of the other direction, and the synthetic pairs that two directions can make.

    forward        s -> ŷ             given sources, the teacher's targets
    back           ŝ <- y             given targets, the reverse model's sources
    round trip     ŝ <- y,  ŝ -> ŷ    given targets too, of which nothing stays: all is synthetic

No pair that comes out has a source of dev or of a test (nor, on minitalks, a running example's): a
reverse model can well write one. Such pairs and those with an empty side are left out; the
description of the targets says how many pairs there are.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from kdlab.corpora.text import Pairs
from kdlab.distill.held_out import SplitCorpus, held_out_sources, held_out_targets
from kdlab.distill.nbest_lists import decoded_training_set
from kdlab.errors import CorpusError, RecipeError
from kdlab.thai import is_blank, normalise
from kdlab.tokenizer import Tokenizer
from kdlab.translator import Translator, best_text

Lines = Sequence[str]


def reversed_corpus(corpus: SplitCorpus) -> SplitCorpus:
    """The corpus with its sides exchanged, to train a reverse model on: y is read, s written.

    The pieces are the same and change sides too. Dev and tests are turned like train, each with its
    one true translation; the grammar stays behind, since p*(y given x) is not p(x given y).
    What targets are counted in is decided anew: Thai in characters, see `Unit`.
    """
    text = replace(
        corpus.text, train=_turned(corpus.train), dev=_turned(corpus.dev),
        tests={name: _turned(pairs) for name, pairs in corpus.tests.items()}, grammar=None,
        unit=None,
    )  # fmt: skip
    pieces = reversed_tokenizer(corpus.tokenizer)
    targets = f"{corpus.targets}, reversed"
    return replace(corpus, text=text, tokenizer=pieces, targets=targets, teacher=None, origin=None)


def reversed_tokenizer(tokenizer: Tokenizer) -> Tokenizer:
    """The same pieces with the same ids, each side where the other was; nothing is learned anew."""
    config = tokenizer.config
    if not config.joint:
        sizes = config.source_size, config.target_size
        config = replace(config, target_size=sizes[0], source_size=sizes[1])
    with TemporaryDirectory() as folder:
        tokenizer.save(Path(folder))
        models = [Path(folder, f"{side}.model").read_bytes() for side in ("target", "source")]
    return Tokenizer(config, *models)


def forward_translated(
    teacher: Translator, corpus: SplitCorpus, sources: Lines, beam: int = 5, *,
    folder: Path | None = None,
) -> SplitCorpus:  # fmt: skip
    """The corpus with (s, ŷ) for each given source, one-sided text taught by the teacher.

    sources: such as `extra_sources(corpus)`
    Raises CorpusError if no pair is left.
    Source: Aji & Heafield (2020): distilled data need not be the teacher's own training data.
    """
    said = _best(teacher, sources, beam, folder)
    return _synthetic(corpus, (sources, said), f"forward-translated beam {beam}", teacher)


def back_translated(
    reverse: Translator, corpus: SplitCorpus, text: Lines | None = None, beam: int = 5, *,
    folder: Path | None = None,
) -> SplitCorpus:  # fmt: skip
    """The corpus with (ŝ, y): a synthetic source for a target that no model wrote.

    reverse: trained on `reversed_corpus(corpus)`
    text: targets, such as `extra_targets(corpus)`, without those that dev and tests hold; by
    default the training targets y themselves
    Raises RecipeError if `reverse` does not read the target side, CorpusError if no pair is left.
    Source: Sennrich et al. (2016); the "bt" in Gordon & Duh's (2019) base+kd+bt.
    """
    targets = _given(corpus, text)
    said = _reversed_best(reverse, corpus, targets, beam, folder)
    return _synthetic(corpus, (said, targets), f"back-translated beam {beam}", None)


def round_trip(
    teacher: Translator, reverse: Translator, corpus: SplitCorpus, text: Lines | None = None,
    beam: int = 5, *, folder: Path | None = None,
) -> SplitCorpus:  # fmt: skip
    """The corpus with (ŝ, ŷ): targets translated back, then forward again by the teacher.

    Arguments and errors as for `back_translated`.
    Source: Aji & Heafield (2020): for a student, instead of keeping the human target.
    """
    made = _reversed_best(reverse, corpus, _given(corpus, text), beam, folder)
    said = _best(teacher, made, beam, folder)
    return _synthetic(corpus, (made, said), f"round-trip beam {beam}", teacher)


def _best(teacher: Translator, lines: Lines, beam: int, folder: Path | None) -> list[str]:
    return [best_text(best) for best in decoded_training_set(teacher, lines, beam, folder=folder)]


def _reversed_best(
    reverse: Translator, corpus: SplitCorpus, lines: Lines, beam: int, folder: Path | None
) -> list[str]:
    pieces = corpus.tokenizer
    own = getattr(reverse, "tokenizer", None)  # a function of lines has none
    if own and own.fingerprint == pieces.fingerprint and not pieces.config.joint:
        raise RecipeError(
            f"reverse {reverse.name!r} reads the corpus's source side; expected a model of the "
            "other direction, trained on reversed_corpus(corpus)."
        )
    return _best(reverse, lines, beam, folder)


def _given(corpus: SplitCorpus, text: Lines | None) -> Lines:
    """The training targets, or else the given text without what dev and tests say."""
    if text is None:
        return corpus.train.target
    held = held_out_targets(corpus)
    kept = [line for line in text if normalise(line) not in held]
    if text and not kept:
        raise CorpusError(f"All {len(text)} lines of text are targets of dev or a test; give more.")
    return kept


def _synthetic(
    corpus: SplitCorpus, sides: tuple[Lines, Lines], made: str, teacher: Translator | None
) -> SplitCorpus:
    """The corpus with these pairs, but for empty lines and sources that are held out."""
    held = held_out_sources(corpus)
    pairs = [
        (source, target)
        for source, target in zip(*sides, strict=True)
        if not (is_blank(source) or is_blank(target) or normalise(source) in held)
    ]
    if sides[0] and not pairs:
        raise CorpusError(
            f"None of {len(sides[0])} lines could be {made}: each output is empty, or its source "
            "is one of dev or a test. Train the model for longer, or give other text."
        )
    source, target = zip(*pairs, strict=True) if pairs else ((), ())
    train = Pairs(corpus.train.name, source, target, grammar=corpus.grammar)
    return corpus.with_train(train, f"{len(pairs):,} {made}", teacher)


def _turned(pairs: Pairs) -> Pairs:
    return Pairs(pairs.name, pairs.target, pairs.source, noisy=pairs.noisy)
