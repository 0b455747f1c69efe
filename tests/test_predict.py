"""The prediction box: what a page shows, and what the directive refuses."""

import sys
from pathlib import Path

import pytest
from sphinx.testing.util import SphinxTestApp

EXTENSIONS = Path(__file__).resolve().parent.parent / "book" / "_ext"
BOX = "```{predict} ch06-first\nWhich **word**?\n\n- I.\n\n  Tempting.\n\n- We.\n\n  Right.\n```\n"


@pytest.fixture
def render(tmp_path, monkeypatch):
    """A function from MyST to the page's HTML, and to what was warned of."""
    monkeypatch.setattr(sys, "path", [str(EXTENSIONS), *sys.path])
    (tmp_path / "conf.py").write_text("extensions = ['myst_parser', 'predict', 'thai_text']\n")

    def page(markdown: str) -> tuple[str, str]:
        (tmp_path / "index.md").write_text(f"# Page\n\n{markdown}", encoding="utf-8")
        app = SphinxTestApp("html", srcdir=tmp_path)
        app.build()
        warned = app.warning.getvalue()
        app.cleanup()
        return (tmp_path / "_build" / "html" / "index.html").read_text("utf-8"), warned

    return page


def test_answers_are_labelled_radio_buttons_in_one_named_group(render):
    page, _ = render(BOX)
    assert '<fieldset class="predict" id="ch06-first">\n<legend>Predict first</legend>' in page
    assert page.count('type="radio"') == page.count('name="ch06-first"') == 2
    assert '<label for="ch06-first-b"><strong>b.</strong> We.</label>' in page


def test_each_answer_has_a_folded_reply(render):
    page, _ = render(BOX)
    assert '<details class="predict-reply"><summary>If you chose b</summary>\n<p>Right.</p>' in page


def test_an_answer_without_a_reply_is_refused(render):
    _, warned = render("```{predict} ch06-x\nWhich?\n\n- I.\n- We.\n```\n")
    assert "predict ch06-x: needs a list of answers" in warned


def test_thai_is_marked_in_prose_and_not_in_code(render):
    page, _ = render("ผู้เรียน reads `กลั่น` and\n\n```python\nกลั่น\n```\n")
    assert '<span lang="th">ผู้เรียน</span> reads' in page
    assert page.count('lang="th"') == 2
