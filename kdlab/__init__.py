"""kdlab: knowledge distillation in neural machine translation, to read and to run."""

from kdlab import compress, corpora, distill, losses, metrics, models, objectives, search, training
from kdlab.checks import answer, check, reveal
from kdlab.errors import KdlabError
from kdlab.experiments import recipes
from kdlab.experiments.compare import compare
from kdlab.experiments.corpus import Corpus, load_corpus
from kdlab.experiments.results import results
from kdlab.experiments.runs import Run
from kdlab.experiments.train import train
from kdlab.translator import Translator

__all__ = [
    "Corpus", "KdlabError", "Run", "Translator", "answer", "check", "compare", "compress",
    "corpora", "distill", "load_corpus", "losses", "metrics", "models", "objectives", "recipes",
    "results", "reveal", "search", "train", "training",
]  # fmt: skip
