"""What the README promises exists."""

import ast
import re
import subprocess
from pathlib import Path

import kdlab
from kdlab.cli import app
from kdlab.experiments.suites import SUITES

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def fences(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def test_the_commands_are_targets_of_the_makefile():
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = set(re.findall(r"make ([a-z][\w-]*)", README + (ROOT / "CONTRIBUTING.md").read_text()))
    assert {"book", "test", "lab"} <= named <= targets


def test_ci_runs_the_readmes_commands():
    script = (ROOT / ".ci" / "run").read_text("utf-8")
    places = [script.index(f"make {target}") for target in ("test", "book", "check-book", "smoke")]
    assert places == sorted(places)


def test_ci_runs_each_suite_in_its_small_form_but_those_that_take_long():
    found = re.search(r"^QUICK := (.*)$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    small = {name for name, suite in SUITES.items() if ("minitalks", "quick") in suite.plans}
    long = {"core", "targets", "leaderboard", "ensemble", "h2"}
    assert small - set(found[1].split()) == long


def test_every_name_in_the_ten_lines_exists():
    (code,) = fences("python")
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Attribute) and ast.unparse(node).startswith("kd."):
            found = kdlab
            for name in ast.unparse(node).split(".")[1:]:
                found = getattr(found, name)


def test_every_command_named_exists():
    named = set(re.findall(r"`kdlab ([a-z]+)", README))
    assert {"runs", "rm", "reproduce"} <= named <= {c.name for c in app.registered_commands}


def test_the_chapters_can_be_opened_with_what_make_lab_installs():
    told = subprocess.run(
        ["make", "--no-print-directory", "-n", "lab", "LAB=--no-browser", "VENV=nowhere"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "--editable '.[lab]'" in told.stdout
    assert told.stdout.rstrip().endswith("-m jupyterlab --no-browser book/chapters")


def test_it_fits_on_a_page():
    assert len(README.splitlines()) <= 90


def test_every_file_named_exists():
    paths = re.findall(r"`([\w./-]+(?:/|\.md|\.cff|LICENSE))`", README)
    assert paths and [path for path in paths if not (ROOT / path).exists()] == []
