"""Drawn pictures: the files are what the code draws, and a page takes them in by their names."""

import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from sphinx.testing.util import SphinxTestApp

BOOK = Path(__file__).resolve().parent.parent / "book"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def book_on_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [str(BOOK), str(BOOK / "_ext"), *sys.path])


def test_each_file_is_what_the_code_draws(book_on_path: None) -> None:
    from pictures.__main__ import FOLDER, drawn

    kept = {path.stem: path.read_text("utf-8") for path in FOLDER.glob("*.svg")}
    assert kept == drawn(), "run PYTHONPATH=book python -m pictures"


def test_each_picture_says_what_it_shows_and_is_used_on_a_page(book_on_path: None) -> None:
    from pictures.__main__ import drawn

    pages = "".join(p.read_text("utf-8") for p in BOOK.rglob("*.md") if "_build" not in p.parts)
    for name, svg in drawn().items():
        whole = ET.fromstring(svg)
        assert len(whole.find(f"{SVG}title").text) > 40, name
        assert f"{{picture}} {name}" in pages, f"{name} is on no page"


def test_nothing_in_a_picture_lies_outside_of_it(book_on_path: None) -> None:
    from pictures.__main__ import drawn

    for name, svg in drawn().items():
        whole = ET.fromstring(svg)
        width, height = map(float, whole.get("viewBox").split()[2:])
        for text in whole.iter(f"{SVG}text"):
            size, x = float(text.get("font-size")), float(text.get("x"))
            wide = 0.55 * size * len(text.text or "")
            left = x - {"start": 0.0, "middle": wide / 2, "end": wide}[text.get("text-anchor")]
            assert left >= 0 and left + wide <= width, f"{name}: {text.text!r}"
            assert size / 2 <= float(text.get("y")) <= height - size / 2, f"{name}: {text.text!r}"


def test_a_page_holds_the_drawing_and_a_caption(book_on_path: None, tmp_path: Path) -> None:
    (tmp_path / "conf.py").write_text("extensions = ['myst_parser', 'picture']\nnumfig = True\n")
    folder = tmp_path / "_static" / "pictures"
    folder.mkdir(parents=True)
    (folder / "cat.svg").write_text("<svg class='picture'><title>A cat</title></svg>")
    used = "```{picture} cat\n:name: fig-cat\n\nA *small* cat.\n```\n\n{numref}`fig-cat`\n"
    (tmp_path / "index.md").write_text(f"# Page\n\n{used}")
    app = SphinxTestApp("html", srcdir=tmp_path)
    app.build()
    warned = app.warning.getvalue()
    app.cleanup()
    page = (tmp_path / "_build" / "html" / "index.html").read_text("utf-8")
    assert not warned and "<title>A cat</title>" in page and "A <em>small</em> cat." in page
    assert 'href="#fig-cat"' in page


@pytest.mark.parametrize(
    ("used", "said"),
    [
        ("```{picture} dog\n\nA dog.\n```\n", "picture dog: there is no dog.svg in _static"),
        ("```{picture} cat\n```\n", "picture cat: say in a caption what it shows"),
    ],
)
def test_a_picture_that_is_not_there_or_has_no_caption_is_named(
    book_on_path: None, tmp_path: Path, used: str, said: str
) -> None:
    (tmp_path / "conf.py").write_text("extensions = ['myst_parser', 'picture']\n")
    (tmp_path / "_static" / "pictures").mkdir(parents=True)
    (tmp_path / "_static" / "pictures" / "cat.svg").write_text("<svg/>")
    (tmp_path / "index.md").write_text(f"# Page\n\n{used}")
    app = SphinxTestApp("html", srcdir=tmp_path)
    app.build()
    warned = app.warning.getvalue()
    app.cleanup()
    assert said in warned
