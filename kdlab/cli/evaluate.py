"""`kdlab evaluate` and `kdlab compare`: what came of a run, and of several side by side."""

import json
import math
import sys
from typing import Annotated

import typer

from kdlab.cli.options import Beam, CorpusOptions, RunName, TestName, open_run
from kdlab.corpora.text import Pairs
from kdlab.experiments.compare import compare as compare_systems
from kdlab.experiments.corpus import Corpus
from kdlab.metrics.bleu import signatures
from kdlab.metrics.scores import scores
from kdlab.names import find


def evaluate(
    run: RunName,
    corpus: CorpusOptions,
    test: TestName = None,
    beam: Beam = 5,
    as_json: Annotated[bool, typer.Option("--json", help="JSON in place of the table.")] = False,
) -> None:
    """Score one run on a test set: BLEU, perplexity, speed and more.

    \b
    Example:  kdlab evaluate KEY
              kdlab evaluate KEY --test natural-small --json

    About a minute. BLEU and chrF are 0 to 100, ppl is per piece, rates and shares are 0 to 1,
    words_per_s are words of the reference. Targets whose words are not written apart, such as Thai,
    are counted in characters, by BLEU too. Agreement (top1) is against the run's own teacher.
    """
    text = corpus.load(run)
    system, pairs = open_run(run, text), _test(text, test)
    row = scores(system, pairs, system.teacher, beam)
    if as_json:
        about = {"run": system.key, "name": system.name, "corpus": text.name, "test": pairs.name}
        numbers = {name: None if math.isnan(value) else value for name, value in row.items()}
        about |= {"unit": pairs.unit, "scores": numbers, "signatures": signatures(pairs.unit)}
        typer.echo(json.dumps(about, indent=1))
        return
    typer.echo(
        f"{system.name}, {system.key}, on {pairs.name}: {len(pairs):,} sentences, "
        f"counted in {pairs.unit.plural}"
    )
    for name, value in row.items():
        typer.echo(f"  {name:<26}{value:>12,.3f}")


def compare(
    runs: Annotated[
        list[str], typer.Argument(metavar="RUN", help="Runs: keys, first characters, or folders.")
    ],
    corpus: CorpusOptions,
    test: TestName = None,
) -> None:
    """Put several runs side by side on one test set.

    \b
    Example:  kdlab compare KEY KEY KEY

    About a minute a run. One row a run; the columns are those of kd.compare in Python.
    """
    text = corpus.load(*runs)
    systems = [open_run(name, text) for name in runs]
    table = compare_systems(systems, _test(text, test))
    typer.echo(table if sys.stdout.isatty() else table.to_string())  # a pipe has no width


def _test(corpus: Corpus, name: str | None) -> Pairs:
    return corpus.test if name is None else find(name, corpus.tests, "test")
