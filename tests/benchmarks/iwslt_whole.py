"""IWSLT to the last step: the core suite from an archive to its result file, at the real size.

    python tests/benchmarks/iwslt_whole.py [--updates N] [--teacher-updates N] [--pairs N]

Writes iwslt_whole.json and iwslt_whole.md in tests/benchmarks/results. The archive holds 90,000
pairs of invented lines, as long as those of the talks (`whole/release.py`); `kdlab fetch iwslt15
--from` and `kdlab reproduce core --corpus iwslt15 --preset colab` do the rest, with one seed, few
updates, all 90,000 pairs to train on, and few sentences decoded. What a whole plan would take is
extrapolated, and the file says so. Everything is kept in --home: killed and begun again, it
goes on at the arm it was at. A quarter of an hour on an idle core.
"""

import argparse
import os
import statistics
import tempfile
from dataclasses import asdict
from pathlib import Path

import torch
from whole.batches import about, largest, update_on
from whole.clock import Clock
from whole.page import page
from whole.release import REAL, TYPES, Size, write_release
from whole.report import GREEDY, arm, estimated, said_of, whole_plan
from whole.short import CORPUS, SUITE, Short, plan_of, shortened
from whole.speed import sentences_a_second
from whole.watched import estimates, watched

from kdlab.batching import Encoded
from kdlab.cli import app
from kdlab.experiments.corpus import Corpus, load_corpus
from kdlab.experiments.recipes import Sizes
from kdlab.experiments.reproduce import result_file
from kdlab.experiments.results import made
from kdlab.experiments.runs import RunStore
from kdlab.files import read_json, replacing, shipped, write_json, write_text

NOTE = (
    "Invented lines; no score means anything. Seconds are wall seconds, and CPU seconds of one "
    "thread where a name says so; peaks are of the process's resident memory, everything in it. "
    "All 90,000 pairs were read, learned pieces from and trained on. Of work: the teacher decoded "
    "`pairs` of them, and students of Seq-KD have gold for the others; dev and each test had "
    "`sentences`. Speeds are of outputs forced to be as long as the reference, since models of so "
    "few updates end at once or never. whole_plan_hours are CPU hours of one thread by "
    "extrapolation: seconds an update of each arm times the preset's updates, sentences over these "
    "speeds, times seeds; reading, tokenizing and measures other than search are not in it."
)


def measure(
    home: Path, short: Short, size: Size = REAL, types: int = TYPES, sizes: Sizes | None = None
) -> dict[str, object]:
    """From nothing to the report; what `home` has of it already is not done again.

    sizes: in place of the preset's, for a test
    """
    os.environ |= {"KDLAB_HOME": str(home), "TQDM_DISABLE": "1"}
    torch.set_num_threads(1)
    home.mkdir(parents=True, exist_ok=True)
    clock = Clock(home / "stages.jsonl")
    with watched(clock):
        corpus = _fetched(home, size, types, clock)
        with shortened(short, clock, sizes), estimates(home / "estimate.json"):
            command(
                "reproduce", SUITE, "--corpus", CORPUS, "--preset", short.preset,
                "--out", str(home),
            )  # fmt: skip
            _, jobs = plan_of(short.preset)
            done = {job.system: job.arm.recipe(job.plan.recipe_preset) for job in jobs}
    data, recipe = _encoded(corpus), done["teacher"]
    if "largest batch" not in clock.stages():
        with clock.stage("largest batch"):
            batch = largest(data, recipe.training.batch_tokens)
            update_on(batch, recipe, corpus.tokenizer)
    stages = clock.stages()
    arms = [arm(system, recipe, stages) for system, recipe in done.items()]
    rows = read_json(result_file(home, SUITE, CORPUS, short.preset))["runs"]
    suite, jobs = plan_of(short.preset)
    plan, told = suite.plan(CORPUS, short.preset), read_json(home / "estimate.json")
    speeds = _speeds(rows, corpus, short, plan.beam)
    decoded = stages["taught seq_kd/decoding"]
    return {
        "text": _lengths(corpus) | about(data, recipe.training.batch_tokens),
        "arms": arms,
        "estimate": estimated(told, arms),
        "sentences_a_cpu_second": speeds,
        "decoding": {
            "sentences": min(short.pairs, len(corpus.train)),
            "sentences_a_second_as_trained": short.pairs / decoded["seconds"],
            "begun": decoded["begun"],
            "cpu_hours_for_all": len(corpus.train) / speeds["teacher"][f"beam {plan.beam}"] / 3600,
        },
        "whole_plan_hours": whole_plan(
            plan, {job.system: job.arm.recipe(job.plan.recipe_preset) for job in jobs}, arms,
            speeds, {"train": len(corpus.train), "test": sum(map(len, corpus.tests.values()))},
        ),
        "whole_plan_estimate": said_of(jobs, told["seconds_an_update"]),
        "stages": stages,
    }  # fmt: skip


def command(*arguments: str) -> None:
    """`kdlab …` in this process. Raises RuntimeError if it does not end well."""
    try:
        app(list(arguments))
    except SystemExit as ended:
        if ended.code not in (0, None):
            raise RuntimeError(f"kdlab {' '.join(arguments)} ended with {ended.code}") from ended


def _fetched(home: Path, size: Size, types: int, clock: Clock) -> Corpus:
    archive = home / "2015-01.tgz"
    if not archive.exists():
        with replacing(archive) as temporary:
            write_release(temporary, size, types)
    if "fetch" not in clock.stages():
        with clock.stage("fetch"):
            command("fetch", CORPUS, "--from", str(archive))
    if "loaded" not in clock.stages():
        with clock.stage("loaded"):
            load_corpus(CORPUS)
    with clock.stage("loaded again"):
        return load_corpus(CORPUS)


def _encoded(corpus: Corpus) -> Encoded:
    pieces, pairs = corpus.tokenizer, corpus.train
    return Encoded(pieces.encode_source(pairs.source), pieces.encode_target(pairs.target))


def _lengths(corpus: Corpus) -> dict[str, float]:
    source, target = corpus.train.source, corpus.train.target
    return {
        "pairs": len(source),
        "characters_a_source": statistics.mean(map(len, source)),
        "words_a_target": statistics.mean(len(line.split()) for line in target),
        "source_vocabulary": corpus.tokenizer.source_size,
        "target_vocabulary": corpus.tokenizer.target_size,
    }


def _speeds(rows: list, corpus: Corpus, short: Short, beam: int) -> dict[str, dict[str, float]]:
    """{"teacher" and "student": {"greedy", "beam K"}}."""
    runs = {row["system"]: row["run"] for row in rows}
    pairs, store = corpus.train.spread(short.pairs), RunStore.default()
    return {
        size: {
            name: sentences_a_second(store.open(runs[system]), pairs, width)
            for name, width in ((GREEDY, 1), (f"beam {beam}", beam))
        }
        for size, system in (("teacher", "teacher"), ("student", "baseline"))
    }


def main() -> None:
    """Run it whole and write its file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    usual, place = Short(), Path(tempfile.gettempdir()) / "kdlab-iwslt-whole"
    parser.add_argument("--updates", type=int, default=usual.updates, help="of each student")
    parser.add_argument("--teacher-updates", type=int, default=usual.teacher_updates)
    parser.add_argument("--pairs", type=int, default=usual.pairs, help="that the teacher decodes")
    parser.add_argument("--sentences", type=int, default=usual.sentences, help="of dev, each test")
    parser.add_argument("--home", type=Path, default=place, help="where all is kept")
    parser.add_argument("--out", type=Path, default=shipped("tests/benchmarks/results"))
    options = parser.parse_args()
    short = Short("colab", options.teacher_updates, options.updates, options.pairs,
                  options.sentences)  # fmt: skip
    found = measure(options.home, short)
    typed = f"python tests/benchmarks/iwslt_whole.py --updates {short.updates}"
    typed += f" --teacher-updates {short.teacher_updates} --pairs {short.pairs}"
    seconds = sum(stage["seconds"] for name, stage in found["stages"].items() if "/" not in name)
    how = made(f"{typed} --sentences {short.sentences}", seconds)
    whole = {"note": NOTE, "made": how, "work": asdict(short), **found}
    write_json(options.out / "iwslt_whole.json", whole)
    write_text(options.out / "iwslt_whole.md", page(whole))
    print(page(whole))


if __name__ == "__main__":
    main()
