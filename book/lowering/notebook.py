"""A whole chapter as a notebook."""

import hashlib
import re

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from lowering.directives import captioned, formula, lower
from lowering.inline import Inline
from lowering.labels import Book
from lowering.parse import ROLE, LoweringError, cells, directive, tokens

SETUP = """# Setup: run me first. Does nothing where kdlab is already installed.
import importlib.util

if importlib.util.find_spec("kdlab") is None:
    %pip install -q kdlab"""

METADATA = {
    "colab": {"provenance": []},
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
DROPPED = {"myst_target", "myst_line_comment", "myst_block_break"}
ONLY_MYST = {"colon_fence", "math_block_label", *DROPPED}


def lower_chapter(book: Book, page: str, text: str) -> NotebookNode:
    """The notebook of a chapter; the same text gives the same bytes.

    Raises LoweringError, naming the page, for markup that no notebook can show.
    """
    chapter = Chapter(Inline(book, page))
    try:
        made = [new_code_cell(SETUP, metadata={"tags": ["setup"]}), *chapter.cells(text)]
    except LoweringError as error:
        raise LoweringError(f"{page}.md: {error}") from None
    for place, cell in enumerate(made):
        name = f"{page}\0{place}\0{cell.source}"
        cell["id"] = hashlib.sha256(name.encode()).hexdigest()[:8]
    notebook = new_notebook(cells=made, metadata=METADATA)
    nbformat.validate(notebook)
    return notebook


class Chapter:
    """Lowers the cells of one page."""

    def __init__(self, inline: Inline) -> None:
        self.inline = inline

    def cells(self, text: str) -> list[NotebookNode]:
        """All cells; a solution between its gates becomes one link, its code cells too."""
        made, in_solution = [], False
        for cell in cells(text):
            if cell.cell_type == "code":
                if not in_solution and "remove-cell" not in cell.metadata.get("tags", []):
                    made += self.code(cell)
                continue
            source, in_solution = without_solution(cell.source, in_solution)
            lowered = self.text(source)
            refuse_leftovers(lowered)
            if lowered:
                made.append(new_markdown_cell(lowered))
        return made

    def code(self, cell: NotebookNode) -> list[NotebookNode]:
        """A code cell, hidden code folded as Colab and Jupyter fold it; its caption after it."""
        tags = list(cell.metadata.get("tags", []))
        metadata = {"tags": tags} if tags else {}
        if {"hide-input", "hide-cell"} & set(tags):
            metadata |= {"cellView": "form", "jupyter": {"source_hidden": True}}
        made = [new_code_cell(cell.source, metadata=metadata)]
        shown = cell.metadata.get("mystnb", {}).get("figure", {})
        if shown.get("caption"):
            caption = self.inline(" ".join(shown["caption"].split()))
            made.append(new_markdown_cell(captioned(shown.get("name"), caption, self.inline)))
        return made

    def text(self, markdown: str) -> str:
        """Markdown with every directive and role lowered: line ranges replaced, bottom up."""
        lines, edits, done = markdown.split("\n"), [], 0
        for token in tokens(markdown):
            if token.map is None or token.map[0] < done:
                continue
            start, end = token.map
            new = self.block(token, "\n".join(lines[start:end]))
            if new is not None:
                edits.append((start, end, new))
                done = end
        for start, end, new in reversed(edits):
            lines[start:end] = new.split("\n")
        return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")

    def block(self, token: object, source: str) -> str | None:
        """The replacement for one token's lines; None leaves them, and looks inside."""
        if found := directive(token):
            return indented(source, lower(found, self.inline, self.text))
        if token.type in ("fence", "code_block", "amsmath", "math_block"):
            return source
        if token.type in DROPPED:
            return ""
        if token.type == "math_block_label":
            return indented(source, formula(token.content, token.info, self.inline))
        if token.type in ("inline", "table_open"):
            same_roles(token, source)
            return self.inline(source)
        return None


def indented(source: str, new: str) -> str:
    """New text where a block stood: after a list's marker or a quote's, as the block did."""
    first = re.match(r"[\s>]*(?:(?:[-*+]|\d+[.)])\s+)?", source)[0]
    rest = re.sub(r"[^\s>]", " ", first)
    lines = new.split("\n")
    return "\n".join(
        [first + lines[0], *(rest + line if line else rest.rstrip() for line in lines[1:])]
    )


def without_solution(source: str, in_solution: bool) -> tuple[str, bool]:
    """A Markdown cell without what stands between a solution's gates, and whether one is open."""
    lines, kept, last = source.split("\n"), [], 0
    for token in tokens(source):
        found = directive(token)
        if found and token.level == 0 and found.name in ("solution-start", "solution-end"):
            start, end = token.map
            if found.name == "solution-start":
                kept += lines[last:end]  # the gate itself becomes the link
            in_solution, last = found.name == "solution-start", end
    return "\n".join(kept + ([] if in_solution else lines[last:])), in_solution


def same_roles(token: object, source: str) -> None:
    """Raise LoweringError if the scanner for roles sees others than the parser does."""
    if token.type != "inline":
        return
    want = [child.meta["name"] for child in token.children if child.type == "myst_role"]
    seen = [match[1] for match in ROLE.finditer(source) if match[1]]
    if want != seen:
        raise LoweringError(f"roles {seen} were read where MyST reads {want}, in {source!r}")


def refuse_leftovers(markdown: str) -> None:
    """Raise LoweringError if anything is left that only MyST can read."""
    for token in tokens(markdown):
        roles = [child for child in token.children or [] if child.type == "myst_role"]
        if token.type in ONLY_MYST or directive(token) or roles:
            raise LoweringError(f"MyST is left in {(token.content or token.info)[:60]!r}")
