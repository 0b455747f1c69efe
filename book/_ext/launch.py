"""The rocket opens a page's notebook in Colab: a page without one, such as an appendix, has none.

The theme gives a button to every page with cells, and where there is no notebook beside the page
the button leads to its Markdown, which Colab cannot open.
"""

from pathlib import Path

from sphinx.application import Sphinx

AFTER_THE_THEME = 600  # it adds its buttons at 501


def only_notebooks(app: Sphinx, page: str, template: str, context: dict, doctree: object) -> None:
    """Take the button away where no notebook lies beside the page's source."""
    source = Path(app.env.doc2path(page))
    if source.with_suffix(".ipynb").exists():
        return
    buttons = context.get("header_buttons", [])
    buttons[:] = [button for button in buttons if button.get("label") != "launch-buttons"]


def setup(app: Sphinx) -> dict[str, bool]:
    """Look at each page when the theme is done with it."""
    app.connect("html-page-context", only_notebooks, priority=AFTER_THE_THEME)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
