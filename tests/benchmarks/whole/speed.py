"""How fast a model searches when its outputs are as long as human targets.

A model of a hundred updates ends at once or never, so that the seconds of its own outputs say
little of a trained one's. Here no hypothesis may end before its reference does, and then it must.
"""

import time

import torch
from torch import Tensor

from kdlab.batching import by_length, pad
from kdlab.corpora.text import Pairs
from kdlab.models.evaluating import evaluating
from kdlab.search import beam_search, greedy
from kdlab.special_ids import IDS
from kdlab.translator import Translator

BATCH_TOKENS = 2048  # as in kdlab.decoding
NEVER = -1e4  # nats: worse than all others, and yet a number where it is the only one


def sentences_a_second(translator: Translator, pairs: Pairs, beam: int) -> float:
    """CPU seconds, batches as `decode` makes them. pairs: a part that stands for the whole."""
    data, model = translator.encode(pairs.source, pairs.target), translator.model

    def step(tokens: Tensor, state: object) -> tuple[Tensor, object]:
        log_p, state = model.step(tokens, state)
        log_p[:, IDS.eos] = NEVER
        return log_p, state

    began = time.process_time()
    with evaluating(model), torch.no_grad():
        for rows in by_length([len(s) for s in data.source], max(1, BATCH_TOKENS // beam)):
            source, mask = pad([data.source[i] for i in rows])
            lengths = torch.tensor([len(data.target[i]) for i in rows])
            state = model.start(source, mask)
            if beam == 1:
                greedy(step, state, lengths)
            else:
                beam_search(step, state, lengths, beam)
    return len(pairs) / (time.process_time() - began)
