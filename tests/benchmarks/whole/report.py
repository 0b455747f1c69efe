"""From stages to figures: an update, the estimate against what it took, hours of the whole plan."""

from collections.abc import Mapping, Sequence
from importlib import import_module
from unittest.mock import patch

from kdlab.experiments.jobs import Job
from kdlab.experiments.recipes import Recipe
from kdlab.experiments.suites import Plan

Stages = Mapping[str, Mapping[str, float]]
GREEDY = "greedy"


def arm(system: str, recipe: Recipe, stages: Stages) -> dict[str, object]:
    """One system's seconds an update, without its tokenizing and evaluation, and its peaks."""
    training, parts = stages[f"{system}/training"], ("encode", "dev")

    def seconds(clock: str) -> float:
        other = sum(stages[f"{system}/training/{part}"][clock] for part in parts)
        return training[clock] - other

    updates, scoring = recipe.training.updates, stages[f"{system}/scoring"]
    return {
        "system": system, "updates": updates,
        "seconds_an_update": seconds("seconds") / updates,
        "cpu_seconds_an_update": seconds("cpu_seconds") / updates,
        "training_seconds": seconds("seconds"),
        "dev_seconds": stages[f"{system}/training/dev"]["seconds"],
        "scoring_seconds": scoring["seconds"],
        "training_peak_mib": training.get("peak_mib"),
        "scoring_peak_mib": scoring.get("peak_mib"),
    }  # fmt: skip


def estimated(told: Mapping, arms: Sequence[Mapping]) -> dict[str, object]:
    """What was said before training, and what the same updates took. told: see `estimates`"""
    speeds = told["seconds_an_update"]
    seconds = sum(row["updates"] * _of(speeds, row["system"]) for row in arms)
    took = sum(row["training_seconds"] for row in arms)
    plain = [row for row in arms if "word_kd" not in row["system"]]
    as_plain = sum(row["updates"] * _of(speeds, row["system"]) for row in plain)
    return {
        "said": told["said"], "seconds": seconds, "took": took, "took_ratio": took / seconds,
        # Of the arms whose updates it times: those without a teacher.
        "plain_took_ratio": sum(row["training_seconds"] for row in plain) / as_plain,
    }  # fmt: skip


def said_of(jobs: Sequence[Job], speeds: Mapping[str, float]) -> str:
    """The command's estimate of these jobs, had it timed these seconds an update."""
    timing = import_module("kdlab.experiments.estimate")
    with patch.object(timing, "seconds_an_update", lambda job: speeds[job.arm.size]):
        return timing.estimate(jobs)


def whole_plan(
    plan: Plan, recipes: Mapping[str, Recipe], arms: Sequence[Mapping],
    speeds: Mapping[str, Mapping[str, float]], sizes: Mapping[str, int],
) -> dict[str, float]:  # fmt: skip
    """CPU hours of one thread for every seed of the plan, by extrapolation.

    recipes: the preset's own, by system     arms: of `arm`
    speeds: {size: {"greedy" and "beam K": sentences a CPU second}} with outputs as long as gold
    sizes: {train, test}: sentences that are decoded; test: of all tests together, overlaps twice
    """
    beam, seeds = f"beam {plan.beam}", len(plan.seeds)
    training = dev = scoring = 0.0
    for row in arms:
        settings, speed = recipes[row["system"]].training, _of(speeds, row["system"])
        training += row["cpu_seconds_an_update"] * settings.updates
        asked = speed[GREEDY if settings.dev_beam == 1 else beam]
        dev += settings.updates / settings.every * settings.dev_sentences / asked
        scoring += sizes["test"] / speed[GREEDY] + sizes["test"] / speed[beam]
    decoding = sizes["train"] / speeds["teacher"][beam]
    parts = {"training": training, "dev": dev, "decoding": decoding, "scoring": scoring}
    hours = {part: seeds * seconds / 3600 for part, seconds in parts.items()}
    return hours | {"all": sum(hours.values())}


def _of(of_size: Mapping, system: str) -> object:
    return of_size["teacher" if system == "teacher" else "student"]
