"""kdlab: knowledge distillation in neural machine translation, to read and to run."""

from importlib import import_module

from kdlab import (
    compress,
    corpora,
    distill,
    experiments,
    losses,
    metrics,
    models,
    objectives,
    search,
    training,
)  # fmt: skip
from kdlab.checks import answer, check, reveal
from kdlab.errors import KdlabError
from kdlab.experiments import recipes
from kdlab.experiments.compare import compare
from kdlab.experiments.corpus import Corpus, load_corpus
from kdlab.experiments.methods import methods
from kdlab.experiments.results import results
from kdlab.experiments.runs import Run
from kdlab.experiments.train import train
from kdlab.names import no_such, put_up
from kdlab.translator import Translator
from kdlab.version import version

__version__ = version()
__all__ = [
    "Corpus", "KdlabError", "Run", "Translator", "answer", "check", "compare", "compress",
    "corpora", "distill", "experiments", "load_corpus", "losses", "methods", "metrics", "models",
    "objectives", "plots", "recipes", "results", "reveal", "search", "train", "training", "widgets",
]  # fmt: skip
put_up(compress, corpora, distill, losses, metrics, models, objectives, training)
_LATER = ("plots", "widgets")  # slow to load, and a training needs neither


def __getattr__(name: str) -> object:
    if name in _LATER:
        return import_module(f"kdlab.{name}")
    return no_such(__name__)(name)


def __dir__() -> list[str]:
    return ["__all__", "__doc__", "__file__", "__name__", "__version__", *__all__]  # what Tab shows
