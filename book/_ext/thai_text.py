"""Mark Thai text in the prose with `lang="th"`: for fonts, line breaks and screen readers."""

import re

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

# A run of Thai, with single spaces between Thai words inside it.
THAI = re.compile(r"([\u0e01-\u0e5b]+(?:[ \u200b][\u0e01-\u0e5b]+)*)")


class MarkThai(SphinxPostTransform):
    """Wrap every run of Thai in running text; code, maths and raw HTML stay as they are."""

    default_priority = 900
    formats = ("html",)

    def run(self, **kwargs: object) -> None:
        """Replace each text node that has Thai in it; the signature is Sphinx's."""
        for text in list(self.document.findall(nodes.Text)):
            if THAI.search(text) and not inside_verbatim(text):
                text.parent.replace(text, marked(text))


def inside_verbatim(text: nodes.Text) -> bool:
    """Whether the text stands in a block of code, in maths, or in HTML written by hand."""
    verbatim = (nodes.literal_block, nodes.math, nodes.math_block, nodes.raw, nodes.image)
    node = text.parent
    while node is not None and not isinstance(node, verbatim):
        node = node.parent
    return node is not None


def marked(text: str) -> list[nodes.Node]:
    """The same text in pieces, the Thai ones in an inline node that HTML shows as lang="th"."""
    pieces = THAI.split(text)
    # docutils writes the class language-XX as the attribute lang="XX"
    return [
        nodes.inline("", piece, classes=["language-th"]) if place % 2 else nodes.Text(piece)
        for place, piece in enumerate(pieces)
        if piece
    ]


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the transform."""
    app.add_post_transform(MarkThai)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
