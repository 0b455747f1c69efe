"""What a cost benchmark writes: the schema of `kdlab reproduce`, read by `kd.results`."""

import time
from collections.abc import Mapping

from distilling.trained import Trained, about
from kdlab.experiments.current import BEAM
from kdlab.experiments.jobs import made_with
from kdlab.metrics.bleu import signatures


def result_file(
    asked: Mapping[str, str], models: Trained, found: Mapping, how: Mapping
) -> dict[str, object]:
    """Everything that is written.

    asked: {suite, question, note}     found: {runs, summary}, and points     how: of `made`
    """
    corpus = models.corpus
    return {
        **asked,
        "data": {
            "files": list(corpus.text.files), "fingerprint": corpus.fingerprint,
            "train": len(corpus.train), "dev": len(corpus.dev),
            "test": {name: len(pairs) for name, pairs in corpus.tests.items()},
        },
        "made": {**how, "made_with": made_with(BEAM)},
        "models": {"teacher": about(models.teacher), "student": about(models.student)},
        "runs": found["runs"], "points": found.get("points", []), "signatures": signatures(),
        "summary": found["summary"], "comparisons": [],
    }  # fmt: skip


def said(part: str) -> None:
    """Progress, on the terminal."""
    print(f"{time.strftime('%H:%M:%S')} {part} measured", flush=True)
