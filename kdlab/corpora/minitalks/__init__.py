"""minitalks: a synthetic Thai–English corpus from a grammar whose true p*(y given x) is known."""

from kdlab.corpora.minitalks.corpus import PRESETS, minitalks
from kdlab.corpora.minitalks.grammar import (
    Gloss,
    Grammar,
    RunningExample,
    Translation,
    load_grammar,
)

__all__ = [
    "PRESETS",
    "Gloss",
    "Grammar",
    "RunningExample",
    "Translation",
    "load_grammar",
    "minitalks",
]
