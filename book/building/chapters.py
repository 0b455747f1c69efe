"""The book's chapters, and the key under which what a chapter showed stays good.

Jupyter's own cache looks at the code cells only: a page would keep yesterday's number after the
library changed. The key here also covers the library, the data, the result files that the
chapter names, the pinned packages and the Python version.
"""

import hashlib
import re
import sys
from dataclasses import dataclass
from pathlib import Path

import nbformat
import yaml
from myst_nb.core.read import read_myst_markdown_notebook

# What any cell may depend on, below the project's root.
EVERYWHERE = ("kdlab/**/*", "data/**/*", "constraints.txt")
UNREAD = (".pyc", ".md")
RESULT = re.compile(r"[\"']((?:minitalks|real|iwslt15)-[\w-]+)[\"']")


@dataclass(frozen=True)
class Chapter:
    """One page with code cells: where it is, what runs, and the key of that run."""

    name: str  # as in the table of contents: "chapters/06-sequence-level-kd"
    path: Path
    notebook: nbformat.NotebookNode
    key: str


def chapters(root: Path) -> list[Chapter]:
    """The pages of `book/_toc.yml` that have code cells, in the book's order."""
    base = fingerprint(root, EVERYWHERE)
    found = []
    for name in pages(root / "book" / "_toc.yml"):
        path = root / "book" / f"{name}.md"
        if path.exists() and (notebook := read(path)) is not None:
            found.append(Chapter(name, path, notebook, key_of(notebook, root, base)))
    return found


def pages(toc: Path) -> list[str]:
    """Every file that a table of contents names, root first."""

    def walk(node: object) -> list[str]:
        if isinstance(node, list):
            return [name for item in node for name in walk(item)]
        if not isinstance(node, dict):
            return []
        own = [node[key] for key in ("root", "file") if key in node]
        return own + [name for value in node.values() for name in walk(value)]

    return [name.removesuffix(".md") for name in walk(yaml.safe_load(toc.read_text("utf-8")))]


def read(path: Path) -> nbformat.NotebookNode | None:
    """A MyST page as the notebook that myst-nb will see; None for a page without code cells."""
    text = path.read_text(encoding="utf-8")
    if not re.match(r"---\n(?s:.*?)^file_format: mystnb$", text, re.MULTILINE):
        return None
    notebook = read_myst_markdown_notebook(text, path=path)
    return notebook if any(cell.cell_type == "code" for cell in notebook.cells) else None


def key_of(notebook: nbformat.NotebookNode, root: Path, base: str) -> str:
    """The hash of a chapter's code, of `base`, and of the result files that its code names.

    Code that reads results and names none in quotes is taken to read them all.
    """
    code = "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    names = sorted(set(RESULT.findall(code))) or (["*"] if "results(" in code else [])
    results = fingerprint(root, [f"book/results/{name}.json" for name in names])
    python = ".".join(map(str, sys.version_info[:2]))
    return hashlib.sha256("\0".join((code, base, results, python)).encode()).hexdigest()[:32]


def fingerprint(root: Path, patterns: tuple[str, ...] | list[str]) -> str:
    """One hash over the names and bytes of all files that match, but for what no cell reads."""
    digest = hashlib.sha256()
    for path in sorted({path for pattern in patterns for path in root.glob(pattern)}):
        if path.is_file() and path.suffix not in UNREAD:
            digest.update(f"{path.relative_to(root).as_posix()}\0".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
