"""What can be referred to in the book, with the numbers and anchors of the built pages."""

import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from pybtex.database import Entry, parse_file

from lowering.parse import LoweringError, cells, directive, tokens

BOXES = {"admonition", "dropdown", "note", "tip", "warning", "margin", "sidebar", "predict"}
NUMBERED = {
    "math": "equation",
    "figure": "figure",
    "picture": "figure",
    "list-table": "table",
    "table": "table",
    "exercise": "exercise",
    "exercise-start": "exercise",
}


@dataclass(frozen=True)
class Label:
    """A place in the book: the page it is on, what it is, its number or its title."""

    page: str  # "chapters/06-sequence-level-kd"
    kind: str  # equation, figure, table, exercise, section
    shown: str  # "6.2", or a section's title


@dataclass
class Book:
    """Addresses, papers and labels that a chapter may refer to."""

    site: str  # address of the built book, no slash at its end
    repository: str
    papers: dict[str, Entry] = field(default_factory=dict)
    labels: dict[str, Label] = field(default_factory=dict)
    terms: set[str] = field(default_factory=set)

    def address(self, page: str, anchor: str = "") -> str:
        """The address of a page of the built book, or of a place on it."""
        return f"{self.site}/{page}.html" + (f"#{anchor}" if anchor else "")

    def find(self, label: str) -> Label:
        """The place that a label names. Raises LoweringError if there is none."""
        if label not in self.labels:
            raise LoweringError(f"no place in the book is labelled {label!r}")
        return self.labels[label]

    def link(self, label: str) -> str:
        """The address of a labelled place."""
        place = self.find(label)
        return self.address(place.page, anchor(label, place.kind))


def anchor(label: str, kind: str) -> str:
    """The id that Sphinx gives a labelled place."""
    slug = re.sub(r"[^a-z0-9]+", "-", label.lower()).strip("-")
    return f"equation-{slug}" if kind == "equation" else slug


def read_book(root: Path) -> Book:
    """Everything in a checkout that chapters may refer to: its pages, papers, glossary."""
    config = yaml.safe_load((root / "_config.yml").read_text("utf-8"))
    book = Book(config["html"]["baseurl"].rstrip("/"), config["repository"]["url"].rstrip("/"))
    book.papers = dict(parse_file(root / "book" / "references.bib").entries)
    toc = yaml.safe_load((root / "book" / "_toc.yml").read_text("utf-8"))
    for page in (entry["file"] for part in toc["parts"] for entry in part["chapters"]):
        number = re.match(r"chapters/(\d+)-", page)  # as _ext/chapter_numbers.py has it
        text = (root / "book" / f"{page}.md").read_text("utf-8")
        collect(book, page, text, int(number[1]) if number else None)
    return book


def collect(book: Book, page: str, text: str, chapter: int | None = None) -> None:
    """Add a page's labels and glossary terms; numbers run through the chapter, as in Sphinx."""
    counts: Counter[str] = Counter()

    def add(kind: str, label: str | None) -> None:
        counts[kind] += 1
        if label:
            prefix = f"{chapter}." if chapter else ""
            book.labels[label] = Label(page, kind, f"{prefix}{counts[kind]}")

    for cell in cells(text):
        if cell.cell_type == "code":
            figure = cell.metadata.get("mystnb", {}).get("figure", {})
            if figure.get("name"):
                add("figure", figure["name"])
        else:
            collect_markdown(book, page, cell.source, add)


def collect_markdown(book: Book, page: str, markdown: str, add: object) -> None:
    """The labels of one Markdown text, those inside its boxes too; `add(kind, label)` counts."""
    target = None
    for token in tokens(markdown):
        if token.type == "myst_target":
            target = token.content
        elif token.type == "inline" and target:
            book.labels[target] = Label(page, "section", token.content)
            target = None
        elif token.type == "math_block_label":
            add("equation", token.info)
        elif found := directive(token):
            label = found.options.get("label") or found.options.get("name")
            if found.name in NUMBERED and (label or found.name not in ("math", "list-table")):
                add(NUMBERED[found.name], label)
            elif found.name == "glossary":
                book.terms |= set(re.findall(r"^(\S.*)$", found.body, re.MULTILINE))
            elif found.name in BOXES:
                collect_markdown(book, page, found.body, add)
