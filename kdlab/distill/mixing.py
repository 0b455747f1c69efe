"""Training sets put together: human targets beside the teacher's, and the controls for that.

More pairs are not more training: a recipe counts updates, so arms of all sizes train equally long.
Mix what was split, never split what was mixed: each source is there twice, and one of the two
would land in dev.
"""

from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path

from kdlab.corpora.text import Pairs
from kdlab.distill.held_out import SplitCorpus
from kdlab.distill.nbest_lists import decoded_training_set
from kdlab.distill.reversed import back_translated
from kdlab.distill.sequence_level import sequence_level
from kdlab.errors import CorpusError, RecipeError
from kdlab.ranges import whole
from kdlab.search import LengthRule, raw_sum
from kdlab.thai import is_blank
from kdlab.translator import Translator


def mixed(corpus: SplitCorpus, *others: SplitCorpus) -> SplitCorpus:
    """All their training pairs as one training set, in this order; each epoch shuffles them.

    Dev, tests and pieces are those of `corpus`. The teacher stays if all parts with one agree.
    Raises CorpusError if a part holds out other text: what one trains on, the other tests on.
    """
    parts = (corpus, *others)
    for part in others:
        if (part.dev, dict(part.tests)) != (corpus.dev, dict(corpus.tests)):
            raise CorpusError(
                f"{part.targets!r} holds out other dev or test text than {corpus.targets!r}, so "
                "the mixture could train on what it is tested on; mix corpora made from one."
            )
    teachers = {part.teacher.key: part.teacher for part in parts if part.teacher}
    teacher = next(iter(teachers.values())) if len(teachers) == 1 else None
    targets = " + ".join(part.targets for part in parts)
    return corpus.with_train(_joined([part.train for part in parts]), targets, teacher)


def repeated(corpus: SplitCorpus, times: int = 2) -> SplitCorpus:
    """base+base, the control for base+kd: as many pairs, and nothing new in them.

    Raises RecipeError if times is less than 1.
    Source: ours; base+kd against base alone would compare one size of data with another.
    """
    whole("times", times, 1)
    return mixed(corpus, *[corpus] * (times - 1))


def n_best(
    teacher: Translator, corpus: SplitCorpus, n: int = 2, beam: int = 5, *,
    folder: Path | None = None,
) -> SplitCorpus:  # fmt: skip
    """The corpus with each source n times, under the teacher's n best targets.

    The likeliest of all sources come first, then all second ones. Hypotheses that differ in their
    pieces only count once; a source with fewer than n gives those it has.
    Raises RecipeError if n is not from 1 to beam, CorpusError if the teacher says nothing at all.
    Source: Gordon & Duh (2019), best-2, as recalled from its name; check the paper.
    """
    if not 1 <= n <= beam:
        raise RecipeError(f"n is {n}; expected 1 to beam = {beam}.")
    train = corpus.train
    lists = decoded_training_set(teacher, train.source, beam, keep=beam, folder=folder)
    said = [
        list(dict.fromkeys(text for text, _ in best if not is_blank(text)))[:n] for best in lists
    ]
    pairs = [
        (source, texts[rank])
        for rank in range(n)
        for source, texts in zip(train.source, said, strict=True)
        if rank < len(texts)
    ]
    if not pairs:
        raise CorpusError(
            f"teacher {teacher.name!r} says nothing for any of {len(train)} sources; train it for "
            "longer."
        )
    source, target = zip(*pairs, strict=True)
    best = Pairs(train.name, source, target, grammar=train.grammar)
    return corpus.with_train(best, f"best {n} of beam {beam}", teacher)


def base_and_kd(
    teacher: Translator, corpus: SplitCorpus, beam: int = 5, rule: LengthRule = raw_sum, *,
    folder: Path | None = None,
) -> SplitCorpus:  # fmt: skip
    """base+kd: every pair (s, y), and every (s, ŷ) of `sequence_level`.

    Source: Gordon & Duh (2019), table 3.
    """
    return mixed(corpus, sequence_level(teacher, corpus, beam, rule, folder=folder))


def base_and_n_best(
    teacher: Translator, corpus: SplitCorpus, n: int = 2, beam: int = 5, *,
    folder: Path | None = None,
) -> SplitCorpus:  # fmt: skip
    """base+best-n: every pair (s, y), and each s with the teacher's n best.

    Source: Gordon & Duh (2019), table 3, base+best-2; see `n_best`.
    """
    return mixed(corpus, n_best(teacher, corpus, n, beam, folder=folder))


def base_kd_and_bt(
    teacher: Translator, reverse: Translator, corpus: SplitCorpus, beam: int = 5, *,
    folder: Path | None = None,
) -> SplitCorpus:  # fmt: skip
    """base+kd+bt: (s, y), (s, ŷ) and (ŝ, y), ŝ what a reverse teacher makes of y.

    reverse: trained on `reversed_corpus(corpus)`
    Source: Gordon & Duh (2019), table 3; that ŝ is made of the training targets is as recalled,
    check the paper.
    """
    kd = sequence_level(teacher, corpus, beam, folder=folder)
    return mixed(corpus, kd, back_translated(reverse, corpus, beam=beam, folder=folder))


def _joined(parts: Sequence[Pairs]) -> Pairs:
    """One after the other; known noise keeps its place, drawn references are left behind."""
    starts = list(accumulate(map(len, parts), initial=0))[:-1]
    return Pairs(
        parts[0].name,
        tuple(line for part in parts for line in part.source),
        tuple(line for part in parts for line in part.target),
        noisy=tuple(
            start + row for start, part in zip(starts, parts, strict=True) for row in part.noisy
        ),
        grammar=parts[0].grammar,
    )
