"""One readable loop on Accelerate, and what consumes its records."""

from kdlab.training.fit import fit
from kdlab.training.loop import Record, Session
from kdlab.training.settings import SGD, Adam, Constant, Cosine, Halving, Training
from kdlab.training.stopping import Stopping

__all__ = [
    "SGD", "Adam", "Constant", "Cosine", "Halving", "Record", "Session", "Stopping",
    "Training", "fit",
]  # fmt: skip
