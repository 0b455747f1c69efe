"""Distilled targets as a file: to look at, to keep, to train on later or elsewhere."""

from pathlib import Path

from kdlab.corpora.lines import read_lines
from kdlab.corpora.text import Pairs
from kdlab.distill.sequence_level import Distillable
from kdlab.errors import CorpusError
from kdlab.files import write_text
from kdlab.progress import note
from kdlab.thai import normalise
from kdlab.translator import Translator


def write_targets(corpus: Distillable, path: Path) -> None:
    """The training pairs as a tab-separated file, source and target, whole or not at all."""
    write_text(path, "".join(f"{source}\t{target}\n" for source, target in corpus.train))


def read_targets(corpus: Distillable, path: Path, teacher: Translator | None = None) -> Distillable:
    """The corpus with the training pairs of a file that `write_targets` wrote.

    A run on them has the same key as one on the corpus that was written.
    teacher: who wrote the targets, if top-1 agreement is to be reported
    Any file of that form will do, from whatever translated the training sources; how many of them
    it lacks is noted on stderr.
    Raises CorpusError, naming the line, if a row is not source, tab, target, if its source is not
    one of the corpus's own, or if its target is empty.
    """
    sources, rows = set(corpus.train.source), []
    for number, line in enumerate(read_lines(path), 1):
        cells = line.split("\t")
        if len(cells) != 2:
            raise CorpusError(
                f"{path}, line {number}: {len(cells)} columns in {line[:40]!r}; expected source, "
                "tab, target."
            )
        if cells[0] not in sources:
            raise CorpusError(
                f"{path}, line {number}: {cells[0][:40]!r} is no training source of this "
                "corpus; was the file made from another corpus or preset?"
            )
        if not normalise(cells[1]):
            raise CorpusError(
                f"{path}, line {number}, column 2: the target is empty; fill it in or delete the "
                "row."
            )
        rows.append(cells)
    if not rows:
        raise CorpusError(f"{path} is empty; expected one pair a line.")
    source, target = zip(*rows, strict=True)
    if left := len(sources - set(source)):
        note(f"{path}: {left:,} of {len(sources):,} training sources are not in it.")
    train = Pairs(corpus.train.name, source, target, grammar=corpus.train.grammar)
    return corpus.with_train(train, Path(path).name, teacher)
