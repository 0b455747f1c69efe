"""Does attention look at the right word? Answered where the grammar knows which one that is."""

from itertools import accumulate

from kdlab.batching import Encoded
from kdlab.corpora.text import Pairs
from kdlab.metrics.known_truth import grammar_of
from kdlab.models.evaluating import evaluating
from kdlab.tokenizer import Tokenizer
from kdlab.translator import Translator

Span = tuple[int, int]


def attention_share(translator: Translator, pairs: Pairs) -> float:
    """Share of content words whose attention peaks on a piece of their own Thai word, 0 to 1.

    Measured on the last piece of each target word, when the word is being written, under the gold
    prefix. For what chance would give see `attention_chance`; nan if the model has no attention.
    Raises RecipeError without a grammar.
    """
    grammar = grammar_of(pairs)
    tokenizer, model = translator.tokenizer, translator.model
    data = Encoded(tokenizer.encode_source(pairs.source), tokenizer.encode_target(pairs.target))
    hits = asked = 0
    for start in range(0, len(pairs), 64):
        rows = range(start, min(start + 64, len(pairs)))
        with evaluating(model) as device:
            batch = data.batch(list(rows)).to(device)
            attention = model.trace(batch.source, batch.source_mask, batch.prefix).attention
        if attention is None:
            return float("nan")
        peak = attention.argmax(-1)  # [B, T]
        for b, i in enumerate(rows):
            source_spans = piece_spans(tokenizer.source_pieces(pairs.source[i]))
            word_pieces = last_pieces(tokenizer.target_pieces(pairs.target[i]))
            for word, span in grammar.alignment(pairs.source[i], pairs.target[i]):
                at = int(peak[b, word_pieces[word]])
                asked += 1
                hits += at < len(source_spans) and _overlap(source_spans[at], span)
    return hits / asked if asked else float("nan")


def attention_chance(tokenizer: Tokenizer, pairs: Pairs) -> float:
    """The `attention_share` of a model that looks anywhere: at any piece of its source, or eos.

    More than one over the number of places, since a word may have several pieces, and a piece may
    lie in several words. On minitalks about .2. nan where there is no content word.
    """
    shares = []
    for source, target in pairs:
        pieces = piece_spans(tokenizer.source_pieces(source))
        for _, span in pairs.grammar.alignment(source, target):
            shares.append(sum(_overlap(piece, span) for piece in pieces) / (len(pieces) + 1))
    return sum(shares) / len(shares) if shares else float("nan")


def piece_spans(pieces: list[str]) -> list[Span]:
    """The characters [start, end) of the text that each piece covers.

    >>> piece_spans(["▁เคย", "ลอง"])
    [(0, 3), (3, 6)]
    """
    if not pieces:
        return []
    ends = list(accumulate(len(p) for p in pieces))
    # The first piece begins with a mark U+2581 that stands for no character of the text.
    return [(max(0, e - len(p) - 1), e - 1) for p, e in zip(pieces, ends, strict=True)]


def last_pieces(pieces: list[str]) -> list[int]:
    """For each space-separated word, the index of its last piece.

    >>> last_pieces(["▁I", "▁tri", "ed", "▁it"])
    [0, 2, 3]
    """
    starts = [i for i, p in enumerate(pieces) if p.startswith("▁")]
    return [s - 1 for s in starts[1:]] + ([len(pieces) - 1] if pieces else [])


def _overlap(a: Span, b: Span) -> bool:
    return a[0] < b[1] and b[0] < a[1]
