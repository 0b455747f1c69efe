"""Recipes times seeds that answer one question; each suite is one file."""

from kdlab.experiments.suites.core import CORE
from kdlab.experiments.suites.suite import Arm, Plan, Suite
from kdlab.experiments.suites.which_targets import TARGETS

SUITES = {suite.name: suite for suite in (CORE, TARGETS)}

__all__ = ["SUITES", "Arm", "Plan", "Suite"]
