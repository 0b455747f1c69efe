"""Chapter 17's exercises: the distance is the library's, the mappings are its own."""

import torch

from kdlab.checks import exercise
from kdlab.losses import normalised_mse
from kdlab.objectives import layer_maps

NAMES = {"regular": "regular", "overlap": "overlap", "skip-middle": "skip_middle",
         "cross": "cross", "skip": "skip"}  # fmt: skip


def test_the_librarys_distance_passes():
    def match(h, layers, W, mask):
        return normalised_mse(h @ W, torch.cat(list(layers), -1), mask)

    assert exercise("ch17-layer-match").judge(match).ok


def test_states_that_are_not_normalised_are_named():
    def match(h, layers, W, mask):
        return (h @ W - torch.cat(list(layers), -1)).square().sum(-1)[mask].mean()

    assert "divide each by its length" in exercise("ch17-layer-match").judge(match).says


def test_the_keys_are_the_mappings():
    maps = {name: getattr(layer_maps, function)(6, 2) for name, function in NAMES.items()}
    reads = {name: " ".join(map(str, mapping[1])) for name, mapping in maps.items()}
    assert exercise("ch17-reads").judge(reads).ok
    count = {}
    for name, mapping in maps.items():
        read = [layer for layers in mapping for layer in layers]
        count[name] = (6 - len(set(read)), len(read) - len(set(read)))
    assert exercise("ch17-never").judge(count).ok
