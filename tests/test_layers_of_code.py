"""Nothing imports upward: a module knows those below it, and no loss knows a model or a corpus."""

import ast
from pathlib import Path

import pytest

KDLAB = Path(__file__).parents[1] / "kdlab"
# From the ground up; what stands in one row may use what stands beside it.
ROWS = (
    {
        "errors",
        "fields",
        "names",
        "special_ids",
        "progress",
        "palette",
        "code_sum",
        "version",
        "best",
    },
    {"files", "ranges"},
    {"thai", "tensors", "arrays", "tables", "plots", "widgets"},
    {"corpora", "tokenizer", "batching", "search"},
    {"models", "losses"},
    {"decoding"},
    {"translator"},
    {"objectives", "marian"},
    {"metrics", "training", "compress"},
    {"distill"},
    {"experiments"},
    {"checks", "cli"},
)
HEIGHT = {name: height for height, row in enumerate(ROWS) for name in row}
FILES = [path for path in KDLAB.rglob("*.py") if path.parent != KDLAB or "__" not in path.name]


def imported(path: Path) -> set[str]:
    """What a file names: "kdlab.losses.nll", "torch", "math.log"."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{name.name}" for name in node.names}
        elif isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
    return found


def module(path: Path) -> str:
    return path.relative_to(KDLAB).parts[0].removesuffix(".py")


def below(name: str) -> str | None:
    """The part of kdlab that an imported module belongs to."""
    first, *rest = name.split(".")
    return rest[0] if first == "kdlab" and rest else None


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(KDLAB)))
def test_nothing_imports_upward(path: Path) -> None:
    height = HEIGHT[module(path)]
    upward = {name for name in imported(path) if HEIGHT.get(below(name), 0) > height}
    assert upward == set()


@pytest.mark.parametrize("path", sorted((KDLAB / "losses").glob("*.py")), ids=lambda p: p.stem)
def test_a_loss_knows_tensors_alone(path: Path) -> None:
    first = {name.split(".")[0] for name in imported(path)}
    assert first <= {"torch", "math", "dataclasses", "numbers", "kdlab"}
    allowed = {None, "losses", "errors", "names", "ranges", "best"}
    assert {below(name) for name in imported(path)} <= allowed


def test_every_module_has_a_row() -> None:
    assert {module(path) for path in FILES} == set(HEIGHT)
