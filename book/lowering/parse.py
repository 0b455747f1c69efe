"""A chapter as cells, and Markdown as the book's own parser reads it."""

import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import yaml
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from myst_nb.core.read import read_myst_markdown_notebook
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.mdit import create_md_parser
from nbformat import NotebookNode

DIRECTIVE = re.compile(r"\{([\w:-]+)\}\s*(.*)", re.DOTALL)
# A code span with or without a role before it; group 1 is the role's name, 3 what is inside.
ROLE = re.compile(r"(?:(?<!\\)\{([a-zA-Z:_-]+)\})?(?<![\\`])(`+)(?!`)(.+?)(?<!`)\2(?!`)", re.DOTALL)


class LoweringError(ValueError):
    """A chapter has something that no notebook can show; the message names page and text."""


@dataclass(frozen=True)
class Directive:
    """A directive as written: its name, the rest of its first line, its options, its body."""

    name: str
    argument: str = ""
    options: dict[str, str] = field(default_factory=dict)
    body: str = ""


@cache
def parser() -> MarkdownIt:
    """The book's Markdown: myst-parser with the extensions that `_config.yml` switches on."""
    config = Path(__file__).resolve().parents[2] / "_config.yml"
    extensions = yaml.safe_load(config.read_text("utf-8"))["parse"]["myst_enable_extensions"]
    return create_md_parser(MdParserConfig(enable_extensions=set(extensions)), RendererHTML)


def tokens(markdown: str) -> list[Token]:
    """The block tokens of a text; those with `.map` carry the lines they cover."""
    return parser().parse(markdown)


def cells(text: str) -> list[NotebookNode]:
    """The cells of a chapter, front matter left out."""
    return read_myst_markdown_notebook(text).cells


def directive(token: Token) -> Directive | None:
    """The directive that a fence token is, or None."""
    match = DIRECTIVE.fullmatch(token.info.strip()) if "fence" in token.type else None
    if match is None:
        return None
    name, argument = match.groups()
    lines, options = token.content.rstrip("\n").split("\n"), {}
    while lines and (option := re.fullmatch(r":([\w-]+):\s*(.*)", lines[0])):
        options[option[1]] = option[2]
        lines = lines[1:]
    return Directive(name, argument.strip(), options, "\n".join(lines).strip("\n"))


def list_items(markdown: str) -> tuple[str, list[str]]:
    """What stands before a text's first list, and the list's items, each without its indent."""
    lines, before, items = markdown.split("\n"), None, []
    for token in tokens(markdown):
        if token.type == "list_item_open" and token.level == 1:
            start, end = token.map
            before = "\n".join(lines[:start]) if before is None else before
            marker = len(re.match(r"\s*[-*+](\s+|$)", lines[start])[0])
            items.append("\n".join(line[marker:] for line in lines[start:end]).strip("\n"))
        elif token.type == "bullet_list_close" and token.level == 0:
            break
    return (markdown if before is None else before).strip("\n"), items
