"""What the README promises exists."""

import ast
import re
from pathlib import Path

import kdlab

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
    assert script.index("make test") < script.index("make book") < script.index("make check-book")


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
