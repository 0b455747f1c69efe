"""What the README promises exists."""

import ast
import re
from pathlib import Path

import kdlab
from kdlab.experiments.suites import SUITES

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def fences(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def test_the_commands_are_targets_of_the_makefile():
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = set(re.findall(r"make ([a-z][\w-]*)", README + (ROOT / "CONTRIBUTING.md").read_text()))
    assert {"book", "test"} <= named <= targets


def test_ci_runs_the_readmes_commands():
    script = (ROOT / ".ci" / "run").read_text("utf-8")
    places = [script.index(f"make {target}") for target in ("test", "book", "check-book", "smoke")]
    assert places == sorted(places)


def test_ci_runs_each_suite_in_its_small_form_but_those_that_take_long():
    found = re.search(r"^QUICK := (.*)$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    small = {name for name, suite in SUITES.items() if ("minitalks", "quick") in suite.plans}
    assert small - set(found[1].split()) == {"core", "targets", "leaderboard"}


def test_every_name_in_the_ten_lines_exists():
    (code,) = fences("python")
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Attribute) and ast.unparse(node).startswith("kd."):
            found = kdlab
            for name in ast.unparse(node).split(".")[1:]:
                found = getattr(found, name)


def test_every_file_named_exists():
    paths = re.findall(r"`([\w./-]+(?:/|\.md|\.cff|LICENSE))`", README)
    assert paths and [path for path in paths if not (ROOT / path).exists()] == []
