"""Numbers of a recipe are looked at when it is made, not when it fails."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kdlab.errors import RecipeError
from kdlab.experiments.recipes import PRESETS, describe, student
from kdlab.losses import NLL, WordKD, word_kd
from kdlab.models import RNNConfig, TransformerConfig
from kdlab.tokenizer import TokenizerConfig
from kdlab.training import SGD, Adam, Constant, Cosine, Halving, Training

NAN, INF = float("nan"), float("inf")


@pytest.mark.parametrize(
    ("kind", "field", "value", "said"),
    [
        (TransformerConfig, "encoder_layers", 0, "encoder_layers is 0; expected 1 or more"),
        (TransformerConfig, "decoder_layers", -1, "decoder_layers is -1; expected 1 or more"),
        (TransformerConfig, "heads", 0, "heads is 0; expected 1 or more"),
        (TransformerConfig, "width", 0, "width is 0; expected 1 or more"),
        (TransformerConfig, "ffn", 0, "ffn is 0; expected 1 or more"),
        (TransformerConfig, "width", 96.0, "width of TransformerConfig is 96.0; expected a whole"),
        (TransformerConfig, "tied", "yes", "tied of TransformerConfig is 'yes'; expected True or"),
        (TransformerConfig, "dropout", -0.1, "dropout is -0.1; expected 0 or more, and below 1"),
        (TransformerConfig, "dropout", 1, "dropout is 1; expected 0 or more, and below 1"),
        (RNNConfig, "layers", 0, "layers is 0; expected 1 or more"),
        (RNNConfig, "hidden", 0, "hidden is 0; expected 1 or more"),
        (RNNConfig, "hidden", True, "hidden of RNNConfig is True; expected a whole number"),
        (RNNConfig, "dropout", NAN, "dropout of RNNConfig is nan; expected a number"),
        (RNNConfig, "embedding_dropout", 2, "embedding_dropout is 2; expected 0 or more"),
        (Adam, "lr", -0.1, "lr is -0.1; expected a number from 0"),
        (Adam, "lr", "0.01", "lr of Adam is '0.01'; expected a number"),
        (Adam, "lr", INF, "lr is inf; expected a number from 0"),
        (Adam, "betas", 0.9, "betas of Adam is 0.9; expected a tuple of 2: a number, a number"),
        (Adam, "betas", (0.9, 1.0), r"betas are \(0.9, 1.0\); expected two numbers from 0"),
        (SGD, "lr", -1, "lr is -1; expected a number from 0"),
        (Cosine, "warmup", -1, "warmup is -1; expected 0 or more"),
        (Cosine, "floor", 2, "floor is 2; expected a share of the rate"),
        (Training, "updates", 1.5, "updates of Training is 1.5; expected a whole number"),
        (Training, "optimiser", "adam", r"optimiser of Training is 'adam'; expected Adam\(…\) or"),
        (Training, "optimiser", Adam, r"optimiser of Training is <class .*expected Adam\(…\) or"),
        (Training, "schedule", Adam(), r"schedule of Training is Adam.*expected Cosine\(…\) or"),
        (Training, "clip", NAN, "clip of Training is nan; expected a number"),
        (TokenizerConfig, "source_size", "30", "source_size of TokenizerConfig is '30'; expected"),
    ],
)
def test_a_number_that_nothing_can_be_trained_with_is_refused_at_once(
    kind: type, field: str, value: object, said: str
) -> None:
    with pytest.raises(RecipeError, match=said):
        kind(**{field: value})


@pytest.mark.parametrize("every, after", [(0, 1), (1, -1)])
def test_a_schedule_that_never_comes_is_refused(every: int, after: int) -> None:
    with pytest.raises(RecipeError, match=f"is {min(every, after)}; expected"):
        Halving(after, every)


@pytest.mark.parametrize("part", ["model", "training", "name"])
def test_a_recipe_of_other_parts_is_refused(part: str) -> None:
    with pytest.raises(RecipeError, match=f"{part} of Recipe is 3; expected"):
        replace(student("tiny"), **{part: 3})


@pytest.mark.parametrize(
    ("loss", "meant"),
    [
        ("word-kd", "word-kd is kd.losses.WordKD"),
        ("wordkd", "wordkd is kd.losses.WordKD"),
        ("worldkd", "did you mean kd.losses.WordKD?"),
        ("TIE-KD", "TIE-KD is kd.objectives.IterativeKD"),
        (WordKD, "WordKD is kd.losses.WordKD"),
        (word_kd, "word_kd is kd.losses.WordKD"),
        (0.5, r"kd.methods\(\) lists"),
    ],
    ids=lambda value: getattr(value, "__name__", str(value)),  # no address, for xdist
)
def test_a_loss_that_is_no_object_is_refused_with_the_object_to_write(
    loss: object, meant: str
) -> None:
    with pytest.raises(RecipeError, match=f"loss is .*{meant}"):
        student("tiny", loss=loss)


def test_numpys_whole_numbers_are_whole_numbers() -> None:
    numpys = describe(TransformerConfig(width=np.int64(96)))
    assert json.dumps(numpys) == json.dumps(describe(TransformerConfig(width=96)))


@given(
    layers=st.integers(1, 9), heads=st.integers(1, 9), each=st.integers(1, 9),
    dropout=st.floats(0, 1, exclude_max=True),
)  # fmt: skip
def test_sizes_in_range_are_kept_as_they_are(
    layers: int, heads: int, each: int, dropout: float
) -> None:
    config = TransformerConfig(layers, layers, heads * each, heads, each, dropout)
    assert list(vars(config).values()) == [
        layers, layers, heads * each, heads, each, dropout, False
    ]  # fmt: skip


def test_the_committed_runs_keep_their_keys() -> None:
    """What a recipe says of itself is hashed into its run's key, so no check may change it."""
    size = {"is": "TransformerConfig", "encoder_layers": 1, "decoder_layers": 1, "width": 24}
    size |= {"heads": 4, "ffn": 4, "dropout": 0.0, "tied": False}
    training = {"is": "Training", "updates": 3200, "batch_tokens": 150}
    training |= {"optimiser": {"is": "Adam", "lr": 0.01, "betas": [0.9, 0.98]}}
    training |= {"schedule": {"is": "Cosine", "warmup": 100, "floor": 0.01}, "clip": 1.0}
    training |= {"every": 800, "dev_sentences": 200, "dev_beam": 1, "patience": 0}
    recipe = {"is": "Recipe", "name": "student tiny NLL", "model": size, "training": training}
    assert describe(student("tiny")) == recipe | {"loss": {"is": "NLL"}}


def test_what_presets_ask_for_can_be_asked_for() -> None:
    assert {type(sizes.teacher[1].schedule) for sizes in PRESETS.values()} == {Cosine, Halving}
    assert Training(schedule=Constant(), clip=INF).clip == INF
    assert student("tiny").loss == NLL()
