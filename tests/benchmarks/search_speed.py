"""Beam search over 1,000 sentences in one call against one sentence at a time, same model.

    python tests/benchmarks/search_speed.py [--preset tiny]

Prints sentences per second of both and their ratio, median and range over runs taken in turn.
The model is the preset's student after a short training, so that outputs have natural lengths.
"""

import argparse
import statistics
import time
from dataclasses import replace

import torch

import kdlab as kd
from kdlab.decoding import decode


def seconds(model: torch.nn.Module, sources: list[list[int]], beam: int, each: bool) -> float:
    """Wall seconds to decode all sources, each by itself or in one call."""
    began = time.perf_counter()
    if each:
        for source in sources:
            decode(model, [source], beam)
    else:
        decode(model, sources, beam)
    return time.perf_counter() - began


def main() -> None:
    """Train briefly, then time both ways in turn."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--preset", default="tiny", help="recipe preset (default: tiny)")
    parser.add_argument("--runs", type=int, default=3, help="pairs of timings (default: 3)")
    options = parser.parse_args()
    torch.set_num_threads(1)
    corpus = kd.load_corpus("minitalks", preset="tiny")
    recipe = kd.recipes.student(options.preset)
    recipe = replace(recipe, training=replace(recipe.training, updates=400, every=400))
    student = kd.train(recipe, corpus)
    sources = corpus.tokenizer.encode_source(corpus.train.source[:1000])
    for beam in (1, 5):
        seconds(student.model, sources[:50], beam, each=False)  # warm up
        ratios, rates = [], []
        for _ in range(options.runs):
            single = seconds(student.model, sources[:200], beam, each=True) / 200
            batched = seconds(student.model, sources, beam, each=False) / 1000
            rates.append((1 / batched, 1 / single))
            ratios.append(single / batched)
        fast, slow = (statistics.median(column) for column in zip(*rates, strict=True))
        print(
            f"beam {beam}: {fast:.0f} sentences/s in one call, {slow:.0f} one at a time; ratio "
            f"{statistics.median(ratios):.1f} ({min(ratios):.1f} to {max(ratios):.1f})"
        )


if __name__ == "__main__":
    main()
