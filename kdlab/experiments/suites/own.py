"""A suite of one's own: an own file with arms, run and judged like the book's.

from kdlab.experiments.suites import Arm, own_suite

SUITE = own_suite("Is mine better?", Arm("word_kd", loss=WordKD()), Arm("mine", loss=Mine()))
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from numbers import Real
from pathlib import Path
from types import FunctionType

from kdlab.errors import RecipeError
from kdlab.experiments.own_file import module_at
from kdlab.experiments.recipes import describe
from kdlab.experiments.suites.core import CORE
from kdlab.experiments.suites.suite import TEACHER, Arm, Suite


def own_suite(
    question: str, *arms: Arm, seeds: Sequence[int] = (1, 2, 3),
    pairs: Sequence[tuple[str, str]] | None = None, updates: float = 1,
) -> Suite:  # fmt: skip
    """A suite of these arms, at the sizes of the core suite; it is called as its file is.

    pairs: (a, b) that are compared; by default each arm with the first
    updates: of teacher and arms alike, as a multiple of the preset's: 0.1 for a first try
    Raises RecipeError for what is no Arm, for two of one name, for no arm or no seed, or for
    updates that are no number above 0.
    """
    if isinstance(updates, bool) or not isinstance(updates, Real) or not 0 < updates < math.inf:
        raise RecipeError(f"updates is {updates!r}; expected a multiple above 0, such as 0.1.")
    named: dict[str, Arm] = {}
    for number, arm in enumerate(arms, 1):
        if not isinstance(arm, Arm):
            raise RecipeError(f"arm {number} is {arm!r}; expected Arm(NAME, loss=…, targets=…).")
        if arm.system in named:
            raise RecipeError(f"two arms are called {arm.system!r}; rows are told apart by name.")
        named[arm.system] = replace(arm, updates=updates * arm.updates)
    seeds = tuple(seeds)
    if not named or not seeds or len(set(seeds)) < len(seeds):
        raise RecipeError(
            f"there are {len(named)} arms and seeds {seeds}; expected one or more, each once."
        )
    systems = tuple(named)
    once = tuple(system for system, arm in named.items() if arm.averages)
    if once and len(seeds) == 1:
        raise RecipeError(f"{once[0]!r} averages runs of one seed; give seeds two or more.")
    sizes = {"arms": systems, "seeds": seeds, "once": once}
    plans = {size: replace(plan, **sizes) for size, plan in CORE.plans.items()}
    first = [(system, systems[0]) for system in systems[1:]]
    if updates != 1 and "teacher" not in named:
        named["teacher"] = replace(TEACHER, updates=updates)
    return Suite("", question, named, plans, tuple(first if pairs is None else pairs))


def suite_at(path: str | Path, taken: Mapping[str, Suite]) -> Suite:
    """The `SUITE` of a file. taken: the suites whose names it may not have

    Raises RecipeError, naming the file and what is wrong, as `module_at` and `own_suite` do.
    """
    path = Path(path)
    suite = getattr(module_at(path), "SUITE", None)
    if not isinstance(suite, Suite):
        found = "has no SUITE" if suite is None else f"has {suite!r} as its SUITE"
        raise RecipeError(
            f"{path.name} {found}; write SUITE = own_suite(QUESTION, Arm(…), Arm(…)), "
            "from kdlab.experiments.suites."
        )
    suite = suite if suite.name else replace(suite, name=path.stem)
    if suite.name in taken:
        raise RecipeError(
            f"{path.name}: {suite.name!r} is a suite of the book's, whose results would be mixed "
            "with yours; call the file something else."
        )
    try:
        _sound(suite)
    except RecipeError as error:
        raise RecipeError(f"{path.name}: {error}") from error
    return suite


def _sound(suite: Suite) -> None:
    """Raise RecipeError for what would fail only after hours."""
    for name, arm in suite.arms.items():
        if not isinstance(arm, Arm) or arm.system != name:
            raise RecipeError(f"arm {name!r} is {arm!r}; expected Arm({name!r}, …).")
        if not isinstance(name, str) or not re.fullmatch(r"\w[\w.+-]*", name):
            raise RecipeError(f"an arm is called {name!r}; use letters, digits and _ . + -.")
        if not isinstance(arm.targets, FunctionType):
            raise RecipeError(
                f"targets of arm {name!r} are {arm.targets!r}; expected a function of (corpus, "
                "teacher, beam) that returns a corpus."
            )
        try:
            describe(arm.recipe("tiny"))
        except (RecipeError, TypeError) as error:
            raise RecipeError(f"arm {name!r}: {error}") from error
    known = {"teacher", *suite.arms}
    for system in suite.arms:
        _founded(suite, system, ())
    planned = {s for plan in suite.plans.values() for s, _ in plan.runs}
    of_claims = {s for claim in suite.claims for s in claim.systems}
    for what, named in (
        ("plans", planned), ("pairs", {s for pair in suite.pairs for s in pair}),
        ("claims", of_claims),
    ):  # fmt: skip
        if unknown := sorted(named - known):
            raise RecipeError(
                f"{what} name {unknown[0]!r}, which is no arm; there are "
                f"{', '.join(sorted(known))}."
            )


def _founded(suite: Suite, system: str, above: tuple[str, ...]) -> None:
    """Raise RecipeError unless what an arm stands on is there, and does not stand on it."""
    if system in above:
        raise RecipeError(
            f"{' stands on '.join((*above, system))}; one of them must have teacher=None."
        )
    arm = suite.arm(system)
    stands_on = ("teacher", arm.teacher), ("start", arm.start), ("averages", arm.averages)
    for role, other in stands_on:
        if other is None:
            continue
        if other not in ("teacher", *suite.arms):
            raise RecipeError(
                f"arm {system!r} has {role}={other!r}, which is no arm; there are teacher, "
                f"{', '.join(suite.arms)}."
            )
        _founded(suite, other, (*above, system))
