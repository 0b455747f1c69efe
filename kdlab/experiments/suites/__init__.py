"""Recipes times seeds that answer one question; each suite is one file."""

from kdlab.experiments.suites.augmentation import H2
from kdlab.experiments.suites.capacity import CAPACITY
from kdlab.experiments.suites.core import CORE
from kdlab.experiments.suites.ensemble import ENSEMBLE
from kdlab.experiments.suites.expectations import EXPECTATIONS
from kdlab.experiments.suites.leaderboard import LEADERBOARD
from kdlab.experiments.suites.own import own_suite, suite_at
from kdlab.experiments.suites.search import SEARCH
from kdlab.experiments.suites.sentence_or_token import SENTENCE_OR_TOKEN
from kdlab.experiments.suites.simplification import H1
from kdlab.experiments.suites.suite import Arm, Plan, Suite
from kdlab.experiments.suites.tables import TABLE1, TABLE2, TABLE3
from kdlab.experiments.suites.top_word import H3
from kdlab.experiments.suites.which_targets import TARGETS
from kdlab.names import find

SUITES = {
    suite.name: suite
    for suite in (
        CORE, TARGETS, TABLE1, TABLE2, TABLE3, LEADERBOARD, CAPACITY, SEARCH, H1, H2, H3,
        SENTENCE_OR_TOKEN, EXPECTATIONS, ENSEMBLE,
    )
}  # fmt: skip


def suite_named(name: str) -> Suite:
    """One of `SUITES`, or the one of a file that ends in .py; see `own_suite`.

    Raises RecipeError, with the names there are, or with what is wrong with the file.
    """
    return suite_at(name, SUITES) if name.endswith(".py") else find(name, SUITES, "suite")


__all__ = ["SUITES", "Arm", "Plan", "Suite", "own_suite", "suite_named"]
