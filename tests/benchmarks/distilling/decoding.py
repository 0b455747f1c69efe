"""Words a second of student and teacher, and how the decoding of a training set grows."""

import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from distilling.figures import factors, line, row
from distilling.trained import Trained
from kdlab.batching import Ids
from kdlab.decoding import decode
from kdlab.distill.nbest_lists import decoded_training_set
from kdlab.experiments.runs import Run
from kdlab.metrics import bleu

SYSTEMS = {"student_greedy": 1, "student_beam5": 5, "teacher_greedy": 1, "teacher_beam5": 5}


def speed_rows(models: Trained, rounds: int, sentences: int, alone: int) -> Iterator[dict]:
    """Rows of the four systems and of student_greedy_vs_teacher_beam5, on the test.

    sentences: of the test in one call     alone: how many are also decoded one at a time; their
    figures end in _alone
    """
    tests = models.corpus.tests
    name = "union" if "union" in tests else next(iter(tests))
    pairs = tests[name].spread(sentences)
    source = models.teacher.tokenizer.encode_source(pairs.source)
    words = sum(len(text.split()) for text in pairs.target)
    pieces = sum(map(len, source))
    for number in range(1, rounds + 1):
        batched, single = {}, {}
        for system, beam in SYSTEMS.items():
            run = models.student if system.startswith("student") else models.teacher
            each, best = timed(run, source, beam)
            batched[system] = each
            single[system] = sum(timed(run, [s], beam)[0] for s in source[:alone]) / alone
            metrics = {"words_per_s": words / each, "pieces_per_s": pieces / each}
            metrics |= {"sentences_per_s": len(source) / each}
            metrics |= {"sentences_per_s_alone": 1 / single[system]}
            if number == 1:  # the same in every round
                lines = [run.tokenizer.decode(ids) for ids in best]
                metrics["output_pieces"] = sum(map(len, best)) / len(best)
                metrics["bleu"] = bleu(lines, pairs.reference_sets)
            yield row(system, number, run.params, name, metrics)
        metrics = factors(batched)
        metrics |= {f"{factor}_alone": value for factor, value in factors(single).items()}
        yield row("student_greedy_vs_teacher_beam5", number, models.student.params, name, metrics)


def timed(run: Run, source: Ids, beam: int) -> tuple[float, list[tuple[int, ...]]]:
    """CPU seconds to decode all of source in one call, and the best output of each."""
    began = time.process_time()
    found = decode(run.model, source, beam)
    seconds = time.process_time() - began
    return seconds, [best[0].ids if best else () for best in found]


@dataclass(frozen=True)
class Growth:
    """sizes: sentences decoded with beam 5     beams: for `fixed` sentences each"""

    sizes: tuple[int, ...]
    beams: tuple[int, ...]
    fixed: int


def growth_rows(models: Trained, plan: Growth, rounds: int) -> tuple[list[dict], list[dict]]:
    """Rows of two lines a round, and their points {round, beam, sentences, seconds}.

    teacher_decoding: over sentences, beam 5; its slope is ms_per_sentence
    teacher_decoding_by_beam: over beams, the same sentences; its slope is ms_per_sentence_and_beam
    """
    teacher, train = models.teacher, models.corpus.train
    parts = {n: train.spread(n).source for n in (*plan.sizes, plan.fixed)}
    training_set_seconds(teacher, train.source[:50], 5)  # warm up
    rows, points = [], []
    for number in range(1, rounds + 1):
        by_size = [(n, training_set_seconds(teacher, parts[n], 5)) for n in plan.sizes]
        by_beam = [(b, training_set_seconds(teacher, parts[plan.fixed], b)) for b in plan.beams]
        cases = [(5, n, s) for n, s in by_size] + [(b, plan.fixed, s) for b, s in by_beam]
        points += [{"round": number, "beam": b, "sentences": n, "seconds": s} for b, n, s in cases]
        size, beam = line(by_size), line(by_beam)
        most, seconds = by_size[-1]
        metrics = {
            "ms_per_sentence": 1000 * size.slope, "fixed_seconds": size.intercept,
            "r_squared": size.r_squared, "sentences_per_s": most / seconds,
            "training_set_seconds": size.intercept + size.slope * len(train),
        }  # fmt: skip
        rows.append(row("teacher_decoding", number, teacher.params, "train", metrics))
        each = 1000 / plan.fixed
        metrics = {
            "ms_per_sentence": each * beam.intercept, "ms_per_sentence_and_beam": each * beam.slope,
            "r_squared": beam.r_squared,
        }  # fmt: skip
        rows.append(row("teacher_decoding_by_beam", number, teacher.params, "train", metrics))
    return rows, points


def training_set_seconds(teacher: Run, source: Sequence[str], beam: int) -> float:
    """CPU seconds of the whole step: search, pieces back to text, lists written to disk."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.process_time()
        decoded_training_set(teacher, source, beam, folder=Path(folder))
        return time.process_time() - began
