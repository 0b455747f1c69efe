"""Does a model read its source at all? Asked where no grammar knows what it should look at."""

from kdlab.corpora.text import Pairs
from kdlab.metrics.likelihood import log_probs
from kdlab.translator import Translator


def source_worth(translator: Translator, pairs: Pairs) -> float:
    """What the right source is worth: log p(y) under x less that under another x, nats per piece.

    The other is the source of the next pair. About 0 for a model that knows its target language
    alone, since its attention never formed; nan of less than two pairs.
    """
    if len(pairs) < 2:
        return float("nan")
    others = (*pairs.source[1:], pairs.source[0])
    data = translator.encode(pairs.source, pairs.target)
    right = log_probs(translator.model, data)
    wrong = log_probs(translator.model, translator.encode(others, pairs.target))
    return float((right - wrong).sum()) / sum(map(len, data.target))
