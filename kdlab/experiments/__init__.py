"""Recipes, runs and suites: what is trained, on what, and what came of it."""
