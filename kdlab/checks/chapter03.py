"""Chapter 3: the loss of one sentence and of a batch, parameters, and where a loss remains."""

import math
import random
from collections.abc import Sequence

import torch
from torch import Tensor

from kdlab.checks.kinds import Choice, Function, Keyed, Text, Wrong

# R3's factors as the grammar has them, and how many pieces its English sentences are.
PRONOUN, VERB, ARTICLE, RECEIVER = (0.45, 0.35, 0.20), (0.85, 0.15), (0.6, 0.4), (0.6, 0.4)
PIECES = 9


def _entropy(shares: Sequence[float]) -> float:
    return -sum(p * math.log(p) for p in shares)


Batches = list[tuple[Tensor, Tensor]]  # (losses [B, T], mask [B, T]) each


def masked_mean(batches: Batches) -> float:
    """Sum of the losses where the masks are True, divided by how many those are."""
    return (sum(x[mask].sum() for x, mask in batches) / _real(batches)).item()


def _real(batches: Batches) -> Tensor:
    return sum(mask.sum() for _, mask in batches)


def _sum(batches: Batches) -> Tensor:
    return sum((x * mask).sum() for x, mask in batches)


def _mean_of_batches(batches: Batches) -> float:
    return (sum(x[mask].mean() for x, mask in batches) / len(batches)).item()


def _every_cell(batches: Batches) -> float:
    return (sum(x.sum() for x, _ in batches) / sum(x.numel() for x, _ in batches)).item()


def _padding_counted(batches: Batches) -> float:
    return (_sum(batches) / sum(mask.numel() for _, mask in batches)).item()


def _per_sentence(batches: Batches) -> float:
    return (_sum(batches) / sum(len(x) for x, _ in batches)).item()


def _mean_of_means(batches: Batches) -> float:
    return torch.cat([(x * mask).sum(1) / mask.sum(1) for x, mask in batches]).mean().item()


def _last_left_out(batches: Batches) -> float:
    def kept(mask: Tensor) -> Tensor:
        return mask & torch.cat([mask[:, 1:], torch.zeros_like(mask[:, :1])], 1)

    return masked_mean([(x, kept(mask)) for x, mask in batches])


def _draw_batch(rng: random.Random) -> tuple[Tensor, Tensor]:
    """Losses in eighths, so that every order of adding gives the same sum; junk where masked."""
    lengths = [rng.randint(2, 6) for _ in range(rng.randint(1, 4))]
    wide = max(lengths) + rng.randint(0, 3)
    losses = torch.tensor(
        [[rng.randint(1, 64) / 8 for _ in range(wide)] for _ in lengths], dtype=torch.double
    )
    return losses, torch.arange(wide) < torch.tensor(lengths)[:, None]


def _draw_batches(rng: random.Random) -> tuple[Batches]:
    return ([_draw_batch(rng) for _ in range(rng.randint(2, 3))],)


MASKED_MEAN = Function(
    "ch03-masked-mean",
    reference=masked_mean,
    draw=_draw_batches,
    wrong=(
        Wrong(
            "mean-of-batches",
            "that is a mean of batch means: a piece of a small batch counts for more.",
            _mean_of_batches,
        ),
        Wrong("every-cell", "padding is in sum and count: the mask was not used.", _every_cell),
        Wrong(
            "padding-counted",
            "the sum is right, but it is divided by B x T: with more padding the loss would fall.",
            _padding_counted,
        ),
        Wrong(
            "per-sentence",
            "the sum is divided by the number of sentences, so that long ones cost more.",
            _per_sentence,
        ),
        Wrong(
            "mean-of-means",
            "that is a mean of sentence means: a piece of a short sentence counts for more.",
            _mean_of_means,
        ),
        Wrong(
            "end-left-out",
            "the last real piece of each sentence is missing: the end mark is a piece too.",
            _last_left_out,
        ),
    ),
)


def parameters(layers: int, hidden: int, vocabulary: int) -> int:
    """Of an LSTM encoder-decoder with attention and input feeding, one bias for each gate."""
    H, V = hidden, vocabulary
    tables = 2 * V * H
    layer = 4 * H * (H + H) + 4 * H
    encoder = layers * layer
    decoder = layers * layer + 4 * H * H  # the fed h~ widens the first layer's input
    attention = H * H + 2 * H * H
    generator = V * H + V
    return tables + encoder + decoder + attention + generator


def _no_feeding(layers: int, hidden: int, vocabulary: int) -> int:
    return parameters(layers, hidden, vocabulary) - 4 * hidden * hidden


def _two_biases(layers: int, hidden: int, vocabulary: int) -> int:
    return parameters(layers, hidden, vocabulary) + 8 * layers * hidden


def _one_table(layers: int, hidden: int, vocabulary: int) -> int:
    return parameters(layers, hidden, vocabulary) - vocabulary * hidden


def _one_gate(layers: int, hidden: int, vocabulary: int) -> int:
    H = hidden
    return parameters(layers, H, vocabulary) - 3 * (layers * (4 * H * H + 2 * H) + H * H)


def _no_generator_bias(layers: int, hidden: int, vocabulary: int) -> int:
    return parameters(layers, hidden, vocabulary) - vocabulary


def _draw_sizes(rng: random.Random) -> tuple[int, int, int]:
    return rng.randint(1, 4), rng.choice([48, 100, 500]), rng.choice([1000, 25_000, 50_000])


PARAMETERS = Function(
    "ch03-parameters",
    reference=parameters,
    draw=_draw_sizes,
    wrong=(
        Wrong(
            "no-input-feeding",
            "the decoder's first layer reads an embedding and the fed h~, 2H numbers in all.",
            _no_feeding,
        ),
        Wrong(
            "two-biases",
            "each gate has one bias here; torch's own LSTM stores two, and two added are one.",
            _two_biases,
        ),
        Wrong(
            "one-table",
            "there are two embedding tables, one a language, beside the output matrix.",
            _one_table,
        ),
        Wrong("one-gate", "an LSTM layer has four gates of this size.", _one_gate),
        Wrong("no-output-bias", "the output layer has a bias for each piece.", _no_generator_bias),
    ),
)

WHERE_LOSS_STOPS = Choice(
    "ch03-where-the-loss-stops",
    right="b",
    replies={
        "a": "Tempting: a perfect model makes no mistake. But it cannot know which of several "
        "right sentences the next reference will be.",
        "b": "The references are drawn from p*, and nobody can be less surprised by them, on "
        "average, than p* itself: the mean loss is the entropy plus KL(p*||p), which is never "
        "below 0.",
        "c": "Tempting: that is where a model starts that knows nothing. It is the entropy of a "
        "uniform guess, and p* is far from one.",
    },
)

_LOSS = -math.log(PRONOUN[1] * VERB[0] * ARTICLE[0] * RECEIVER[1])

SENTENCE_LOSS = Keyed(
    "ch03-sentence-loss",
    key={"nll": round(_LOSS, 4), "perplexity": round(math.exp(_LOSS / PIECES), 4)},
    hint="Multiply four factors, take the logarithm, and divide by nine pieces for perplexity.",
    tolerance=0.0005,
    wrong=(
        Wrong(
            "without-end",
            "perplexity was taken over 8 pieces: the end mark is predicted too.",
            {"nll": round(_LOSS, 4), "perplexity": round(math.exp(_LOSS / (PIECES - 1)), 4)},
        ),
        Wrong(
            "four-pieces",
            "only the four open pieces were counted; the certain ones count with a loss of 0.",
            {"nll": round(_LOSS, 4), "perplexity": round(math.exp(_LOSS / 4), 4)},
        ),
        Wrong(
            "bits",
            "those are bits: take the natural logarithm.",
            {
                "nll": round(_LOSS / math.log(2), 4),
                "perplexity": round(math.exp(_LOSS / PIECES), 4),
            },
        ),
    ),
)

WHICH_POSITIONS = Keyed(
    "ch03-open-positions",
    key={
        "pronoun": round(_entropy(PRONOUN), 4), "verb": round(_entropy(VERB), 4),
        "article": round(_entropy(ARTICLE), 4), "receiver": round(_entropy(RECEIVER), 4),
    },
    hint="Each is the sum of -p log p over one factor of R3; the four add up to R3's entropy.",
    wrong=(
        Wrong(
            "one-answer",
            "that is the loss of one answer, -log p. The entropy is its mean over all answers.",
            {
                "pronoun": round(-math.log(PRONOUN[1]), 4), "verb": round(-math.log(VERB[0]), 4),
                "article": round(-math.log(ARTICLE[0]), 4),
                "receiver": round(-math.log(RECEIVER[1]), 4),
            },
        ),
    ),
)  # fmt: skip

WHAT_REMAINS = Text(
    "ch03-what-remains",
    must=(
        ("the pronoun", r"pronoun|he\b|she\b"),
        ("the article", r"article|\bthe\b"),
        ("the receiver", r"receiver|\bme\b|\bus\b"),
        ("the entropy", r"entropy"),
        ("a number of your own run", r"\d"),
    ),
    rubric="Full: at the open positions, student's loss, p*'s loss and entropy side by side, and "
    "what the loss is made of: p*'s own part, and what was not learned. Half: the positions "
    "without numbers. None: 'the model makes errors there'.",
)

EXERCISES = (
    WHERE_LOSS_STOPS, SENTENCE_LOSS, MASKED_MEAN, PARAMETERS, WHICH_POSITIONS, WHAT_REMAINS,
)  # fmt: skip
