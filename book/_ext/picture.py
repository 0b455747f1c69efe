"""A drawn picture as part of the page, where the theme's colours reach it and Thai is shaped.

    ```{picture} ch06-three-ways
    :name: fig-ch06-three-ways

    Three students, and what each is shown.
    ```

The argument names a file of `_static/pictures`, the content is the caption. See `pictures`.
"""

from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

FOLDER = "_static/pictures"


class PictureDirective(SphinxDirective):
    """`{picture} NAME`: a numbered figure with the SVG inline."""

    required_arguments = 1
    has_content = True
    option_spec = {"name": directives.unchanged}

    def run(self) -> list[nodes.Node]:
        """One figure. An error, with file and line, if there is no such picture or no caption."""
        path = Path(self.env.srcdir) / FOLDER / f"{self.arguments[0]}.svg"
        if not path.is_file():
            raise self.error(f"picture {self.arguments[0]}: there is no {path.name} in {FOLDER}.")
        if not self.content:
            raise self.error(f"picture {self.arguments[0]}: say in a caption what it shows.")
        self.env.note_dependency(str(path))
        # On a phone it is wider than the page, and whoever uses keys must be able to move it.
        frame = f'<div class="picture-frame" tabindex="0">{path.read_text("utf-8")}</div>'
        figure = nodes.figure("", nodes.raw("", frame, format="html"))
        holder = nodes.Element()
        self.state.nested_parse(self.content, self.content_offset, holder)
        figure += nodes.caption("", "", *holder.children[0].children)
        self.set_source_info(figure)
        self.add_name(figure)
        return [figure]


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the directive."""
    app.add_directive("picture", PictureDirective)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
