"""The train–dev gap: how much better a model knows what it has seen."""

import math
from dataclasses import dataclass

from kdlab.corpora.text import Pairs
from kdlab.metrics.likelihood import perplexity
from kdlab.ranges import whole
from kdlab.translator import Translator


@dataclass(frozen=True)
class TrainDevGap:
    """NLL in nats per target piece, eos counted; the model in eval mode, without dropout.

    train: on sentences it was trained on     dev: on others
    """

    train: float
    dev: float

    @property
    def gap(self) -> float:
        """dev - train: 0 = nothing memorised; it grows with overfitting."""
        return self.dev - self.train


def train_dev_gap(
    translator: Translator, train: Pairs, dev: Pairs, sentences: int = 1000
) -> TrainDevGap:
    """The gap on `sentences` of each, evenly spaced.

    Pitfall: give targets of one kind. A student of ŷ has a low NLL on ŷ and a high one on gold dev
    for no other reason than that the targets differ: give gold train and gold dev (the one figure
    that compares between students), or ŷ of train and the teacher's ŷ of dev. Noise in train alone
    makes the gap smaller, even negative: give clean rows.
    Source: the mediator of Gordon & Duh's (2019) explanation; this measure of it is ours.
    """
    whole("sentences", sentences, 1)
    each = [pairs.spread(sentences) for pairs in (train, dev)]
    nlls = [
        math.log(perplexity(translator.model, translator.encode(pairs.source, pairs.target)))
        for pairs in each
    ]
    return TrainDevGap(*nlls)
