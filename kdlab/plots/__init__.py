"""Figures of the book, from plain numbers: no function here knows a model or a corpus.

Each returns a closed figure: a notebook that ends a cell with it shows it once. The background is
white in light and dark pages alike; colours and shapes are those of `kdlab.palette`. What a figure
says to a reader who cannot see it stands in the cell that draws it, where the numbers are known.
"""

from kdlab.names import signboard
from kdlab.plots.intervals import agreement, shares
from kdlab.plots.lines import curves, sweep
from kdlab.plots.maps import attention
from kdlab.plots.order import ranking
from kdlab.plots.points import dumbbell, scatter
from kdlab.plots.probability import distributions, mode_masses
from kdlab.plots.style import STYLE, use_thai_font
from kdlab.plots.words import neighbours, partition_point

__all__ = [
    "STYLE", "agreement", "attention", "curves", "distributions", "dumbbell", "mode_masses",
    "neighbours", "partition_point", "ranking", "scatter", "shares", "sweep", "use_thai_font",
]  # fmt: skip
__getattr__, __dir__ = signboard(__name__, __all__)
