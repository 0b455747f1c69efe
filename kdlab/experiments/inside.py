"""What a hypothesis talks about, of one run: its training set's simplicity, and what it learned."""

import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from kdlab.corpora.text import Pairs
from kdlab.corpora.unit import Unit
from kdlab.distill.truth import noise_dropped
from kdlab.errors import CorpusError
from kdlab.experiments.corpus import Corpus
from kdlab.experiments.runs import Run
from kdlab.experiments.scoring import read_kept, read_outputs
from kdlab.files import write_json
from kdlab.metrics import (
    aligned_counts,
    best_known,
    complexity,
    exact_match,
    faithfulness,
    length_ratio,
    lexical_diversity,
    linked_words,
    repair,
    same_sources,
    search_error_rate,
    train_dev_gap,
    truth_gap,
)

INSIDE_VERSION = 2  # raise by hand when a measure of a training set would be another
SENTENCES = 5000  # of the training set that are aligned: entropies compare at equal size only
WORDS = 10_000  # so do shares of distinct words
OF_MODEL = ("train_dev_gap", "search_errors_greedy", "search_errors_beam", "truth_gap")


def inside(run: Run, corpus: Corpus, gold: Corpus, folder: Path, beam: int) -> dict[str, float]:
    """Measures of a run and of what it was trained on; kept in `folder`, the run's own.

    corpus: with the targets that it learned from     gold: the same before they were replaced
    complexity, faithfulness: nats per link; by words of the grammar, else by source pieces
    exact_match, repaired, kept: shares of training targets     truth_gap: nats per sentence
    train_dev_gap: nats per target piece, gold targets on both sides
    """
    what = f"{corpus.fingerprint}-{gold.fingerprint}"
    path = folder / f"inside-{what}-{gold.test.fingerprint}-{beam}.json"
    if not path.exists():
        said = folder / f"outputs-{gold.test.fingerprint}-{beam}.json"
        write_json(path, _of_model(run, gold, said))
    targets = folder / f"targets-{INSIDE_VERSION}-{what}.json"
    if not targets.exists():
        write_json(targets, _of_training_set(corpus, gold))
    # The first file may hold what version 1 thought of the targets, too.
    of_model = {name: value for name, value in read_kept(path).items() if name in OF_MODEL}
    return read_kept(targets) | of_model


def _of_training_set(corpus: Corpus, gold: Corpus) -> dict[str, float]:
    words = gold.grammar.words if gold.grammar else gold.tokenizer.source_pieces
    parts = same_sources(gold.train, corpus.train, SENTENCES)
    real = _counts(parts[0], words)
    said = real if corpus is gold else _counts(parts[1], words)  # gold is aligned once
    lines = parts[1].target or corpus.train.target
    row = {"types_per_word": _types_per_word(lines, gold.train.unit)}
    if said:
        simple = complexity(said)
        row |= {
            "complexity": simple.by_token,
            "complexity_by_type": simple.by_type,
            "unfaithfulness": faithfulness(real, said).by_token,
        }
    try:  # a training set with other sources, or with more than one target each, has no such share
        row["exact_match"] = exact_match(corpus.train, gold.train)
        if len(corpus.train) == len(gold.train):
            row["train_length_ratio"] = length_ratio(
                corpus.train.target, gold.train.target, gold.train.unit
            )
        if gold.train.noisy:
            found = repair(corpus.train, gold.train)
            row |= {"repaired": found.repaired, "copied": found.copied, "kept": found.kept}
    except CorpusError:
        pass
    return _numbers(row)


def _of_model(run: Run, gold: Corpus, kept: Path) -> dict[str, float]:
    clean = noise_dropped(gold).train if gold.train.noisy else gold.train
    row = {"train_dev_gap": train_dev_gap(run, clean, gold.dev).gap}
    said, test = read_outputs(kept), gold.test
    row |= _search_errors(run, test, said.greedy.log_probs, said.beam.log_probs)
    if gold.grammar:
        row["truth_gap"] = truth_gap(run, test).mean
    return _numbers(row)


def _numbers(row: Mapping[str, float]) -> dict[str, float]:
    return {name: value for name, value in row.items() if not math.isnan(value)}


def _search_errors(
    run: Run, test: Pairs, greedy: Sequence[float | None], beam: Sequence[float | None]
) -> dict[str, float]:
    """On every fifth sentence, since the best known asks for a beam of 20."""
    rows = list(range(0, len(test), 5))
    few, each = test.rows(rows), [[p[i] for i in rows] for p in (greedy, beam)]
    best = best_known(run, few, each)
    return {
        f"search_errors_{name}": search_error_rate(found, best)
        for name, found in zip(("greedy", "beam"), each, strict=True)
    }


def _types_per_word(lines: Sequence[str], unit: Unit) -> float:
    """At WORDS running words, or at all there are in a smaller text."""
    return lexical_diversity(lines, min(WORDS, unit.count(lines)), unit).types_per_word


def _counts(pairs: Pairs, words: Callable[[str], Sequence[str]]) -> dict:
    return aligned_counts(linked_words(pairs, words)) if len(pairs) else {}
