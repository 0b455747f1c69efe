"""Roles, footnotes and links inside running text, to plain Markdown."""

import posixpath
import re

from lowering.labels import Book
from lowering.parse import ROLE, LoweringError

KINDS = {"equation": "", "figure": "Fig. ", "table": "Table ", "exercise": "Exercise "}


class Inline:
    """Lowers running text of one page."""

    def __init__(self, book: Book, page: str) -> None:
        self.book = book
        self.page = page
        self.notes: dict[str, int] = {}  # footnote label -> number, by first appearance

    def __call__(self, text: str) -> str:
        """The text with every role, footnote and relative link replaced; code spans untouched."""
        kept: list[str] = []  # finished pieces, each standing in the text as \0place\0

        def keep(match: re.Match[str]) -> str:
            kept.append(self.role(match[1], match[3]) if match[1] else match[0])
            return f"\0{len(kept) - 1}\0"

        text = ROLE.sub(keep, text)
        text = re.sub(r"\[\^([\w-]+)\]:?", lambda match: self.note(match[1]), text)
        text = re.sub(r"(!?)\[([^\]]*)\]\(([^)\s]+)\)", self.link, text)
        return re.sub(r"\0(\d+)\0", lambda match: kept[int(match[1])], text)

    def note(self, label: str) -> str:
        """A footnote as a superscript number: Colab knows no footnotes."""
        return f"<sup>[{self.notes.setdefault(label, len(self.notes) + 1)}]</sup>"

    def link(self, match: re.Match[str]) -> str:
        """One link or image as an address that works from anywhere."""
        image, text, target = match.groups()
        if re.match(r"[a-z]+:", target):
            return match[0]
        if target.startswith("#"):
            return f"[{text}]({self.book.link(target[1:])})"
        path = posixpath.normpath(posixpath.join("book", posixpath.dirname(self.page), target))
        if image:
            return f"![{text}]({self.book.site}/_images/{posixpath.basename(path)})"
        name, dot_md, anchor = path.partition(".md")
        if dot_md and name.startswith("book/"):
            return f"[{text}]({self.book.address(name.removeprefix('book/'), anchor[1:])})"
        return f"[{text}]({self.book.repository}/blob/main/{path})"

    def role(self, name: str, content: str) -> str:
        """One role. Raises LoweringError for a role that the notebooks do not know."""
        match = re.fullmatch(r"(.*?)\s*<(.+)>", content, re.DOTALL)
        title, target = (match[1], match[2]) if match else (None, content)
        if name in ("cite", "cite:p", "cite:t"):
            return self.cite(content, textual=name == "cite:t")
        if name in ("eq", "ref", "numref"):
            return self.reference(name, title, target.strip())
        if name == "doc":
            page = posixpath.normpath(posixpath.join(posixpath.dirname(self.page), target))
            return f"[{title or target}]({self.book.address(page)})"
        if name == "term":
            return self.term(title or target, target)
        if name == "math":
            return f"${content}$"
        if name in ("sub", "sup"):
            return f"<{name}>{content}</{name}>"
        raise LoweringError(f"the notebooks know no role {{{name}}} (in {content!r})")

    def reference(self, role: str, title: str | None, label: str) -> str:
        """A link to a labelled place, shown as its number or its title."""
        place = self.book.find(label)
        if role == "eq":
            shown = f"({place.shown})"
        elif role == "numref" and title:
            shown = title.replace("%s", place.shown).replace("{number}", place.shown)
        else:
            shown = title or KINDS.get(place.kind, "") + place.shown
        return f"[{shown}]({self.book.link(label)})"

    def term(self, shown: str, term: str) -> str:
        """A link into the glossary; as on the page, a capital letter makes no other term."""
        known = {one.lower(): one for one in self.book.terms}
        if term.lower() not in known:
            raise LoweringError(f"the glossary has no term {term!r}")
        anchor = "term-" + re.sub(r"[^A-Za-z0-9]+", "-", known[term.lower()]).strip("-")
        return f"[{shown}]({self.book.address('appendices/glossary', anchor)})"

    def cite(self, keys: str, textual: bool) -> str:
        """Papers as "(Kim and Rush, 2016)", or in the text as "Kim and Rush (2016)", linked."""
        shown = []
        for key in (key.strip() for key in keys.split(",")):
            if key not in self.book.papers:
                raise LoweringError(f"references.bib has no paper {key!r}")
            paper = self.book.papers[key]
            who, year = authors(paper.persons["author"]), paper.fields["year"]
            address = paper.fields.get("url") or self.book.address("references")
            shown.append(
                f"[{who} ({year})]({address})" if textual else f"[{who}, {year}]({address})"
            )
        return ", ".join(shown) if textual else f"({'; '.join(shown)})"


def authors(people: list) -> str:
    """One surname, two joined by "and", or the first with "et al."."""
    names = [" ".join(person.prelast_names + person.last_names) for person in people]
    return " and ".join(names) if len(names) <= 2 else f"{names[0]} et al."
