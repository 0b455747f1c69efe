"""Recipes times seeds that answer one question; each suite is one file."""

from kdlab.experiments.suites.core import CORE
from kdlab.experiments.suites.suite import Arm, Plan, Suite

SUITES = {suite.name: suite for suite in (CORE,)}

__all__ = ["SUITES", "Arm", "Plan", "Suite"]
