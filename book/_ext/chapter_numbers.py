"""A chapter has the number of its file: `chapters/06-...` is chapter 6, whatever comes before it.

Sphinx counts the pages of the table of contents: in a book of which some chapters are not yet
written, each new one would renumber the others, and "chapter 6" in the text would be wrong.
"""

import re

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx_external_toc.collectors import TocTreeCollectorWithStyles as Collector


def number_of(page: str) -> int | None:
    """The number in a page's file name, None if it is no chapter."""
    match = re.match(r"chapters/(\d+)-", page)
    return int(match[1]) if match else None


def renumber(env: BuildEnvironment) -> None:
    """Put each chapter's own number in the place of the counted one, in titles and contents."""
    for page, sections in env.toc_secnumbers.items():
        number = number_of(page)
        if number is None:
            continue
        for anchor, counted in sections.items():
            sections[anchor] = (number, *counted[1:]) if counted else counted
        for node in [env.titles[page], *env.tocs[page].findall(nodes.reference)]:
            if node.get("secnumber"):
                node["secnumber"] = [number, *node["secnumber"][1:]]


def install(app: Sphinx, config: Config) -> None:
    """Renumber after Jupyter Book has counted sections, before it counts figures and equations."""
    count = Collector.assign_section_numbers

    def assign_section_numbers(self: Collector, env: BuildEnvironment) -> list[str]:
        before = env.toc_secnumbers
        count(self, env)
        renumber(env)
        now = env.toc_secnumbers
        return [page for page in now if now[page] != before.get(page)]

    Collector.assign_section_numbers = assign_section_numbers


def setup(app: Sphinx) -> dict[str, bool]:
    """Install when all extensions are there."""
    app.connect("config-inited", install)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
