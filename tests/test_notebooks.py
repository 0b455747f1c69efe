"""The notebooks that the Colab button opens are those of the committed text."""

import json
from pathlib import Path

from lowering.__main__ import write_all

ROOT = Path(__file__).resolve().parent.parent
CHAPTERS = ROOT / "book" / "chapters"


def test_every_chapter_has_the_notebook_that_its_text_gives(tmp_path):
    stale = [
        path.name
        for path in write_all(ROOT, tmp_path)
        if not (CHAPTERS / path.name).exists()
        or path.read_bytes() != (CHAPTERS / path.name).read_bytes()
    ]
    assert stale == [], "run `make notebooks` and commit the result"


def test_no_notebook_is_without_its_text():
    texts = {path.stem for path in CHAPTERS.glob("*.md")}
    assert {path.stem for path in CHAPTERS.glob("*.ipynb")} <= texts


def test_notebooks_carry_no_outputs():
    for path in CHAPTERS.glob("*.ipynb"):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        assert not any(cell.get("outputs") for cell in cells), path.name
