"""Sequence-level distillation: replace every target by what the teacher would say."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from kdlab.corpora.text import Pairs
from kdlab.distill.nbest_lists import decoded_training_set
from kdlab.distill.outside import Outside, translating
from kdlab.errors import CorpusError
from kdlab.search import LengthRule, raw_sum
from kdlab.thai import is_blank
from kdlab.translator import Translator, best_text

Translate = Callable[[list[str]], Sequence[str]] | Outside


class Distillable(Protocol):
    """A corpus whose training targets can be replaced."""

    train: Pairs

    def with_train(
        self, train: Pairs, targets: str, teacher: Translator | None = None
    ) -> "Distillable":
        """The same corpus and tokenizer with other training targets, and who wrote them."""


def sequence_level(
    teacher: Translator | Translate, corpus: Distillable, beam: int = 5,
    rule: LengthRule = raw_sum, *, folder: Path | None = None,
) -> Distillable:  # fmt: skip
    """Seq-KD: the corpus with ŷ, the teacher's beam output, in place of y in training.

    The sum over all sequences, -sum_t q(t given s) log p(t given s), is replaced by its largest
    term, and that term's t by what beam search finds: an approximate mode, not a sample.
    teacher: or any function from a list of lines to as many: a service, another toolkit, a table.
    It is `Outside`, which says what its translations are stored under; beam and rule are not its
    Dev and test stay as they are. A source for which the teacher says nothing is left out;
    CorpusError if it is so for all.
    Source: Kim & Rush (2016), section 3.2; beam 5.
    """
    teacher = translating(teacher)
    lists = decoded_training_set(teacher, corpus.train.source, beam, rule, folder=folder)
    said = [best_text(best) for best in lists]
    how = f"by {teacher.name}" if isinstance(teacher, Outside) else f"beam {beam}"
    return replaced(corpus, said, f"Seq-KD {how}", teacher)


def replaced(
    corpus: Distillable, said: Sequence[str], targets: str, teacher: Translator
) -> Distillable:
    """The corpus with `said` in place of its training targets; see `sequence_level`."""
    kept = [i for i, text in enumerate(said) if not is_blank(text)]
    if not kept:
        advice = "see what it is given" if isinstance(teacher, Outside) else "train it for longer"
        raise CorpusError(
            f"teacher {teacher.name!r} says nothing for any of {len(said)} sources, so there is "
            f"nothing to distil; {advice}."
        )
    train = corpus.train.with_target(tuple(said)).rows(kept)
    return corpus.with_train(train, targets, teacher)
