"""Parallel text: where it comes from, and what is known about it."""

from kdlab.corpora.columns import AS_THEY_ARE, Columns
from kdlab.corpora.iwslt import fetch_iwslt15, iwslt15
from kdlab.corpora.minitalks import Grammar, load_grammar, minitalks
from kdlab.corpora.own import own
from kdlab.corpora.real import real
from kdlab.corpora.text import Pairs, ParallelText
from kdlab.corpora.unit import Unit

__all__ = [
    "AS_THEY_ARE", "Columns", "Grammar", "Pairs", "ParallelText", "Unit", "fetch_iwslt15",
    "iwslt15", "load_grammar", "minitalks", "own", "real",
]  # fmt: skip
