"""`python -m lowering`: write `book/chapters/NAME.ipynb` from every `NAME.md`."""

import argparse
import sys
from pathlib import Path

import nbformat

from lowering.labels import read_book
from lowering.notebook import lower_chapter
from lowering.parse import LoweringError


def main() -> int:
    """Lower every chapter below --root into --to; 0 if all could be."""
    parser = argparse.ArgumentParser(prog="lowering", description=main.__doc__)
    parser.add_argument("--root", type=Path, default=Path.cwd(), help="the project's folder")
    parser.add_argument(
        "--to", type=Path, help="folder for the notebooks; default: beside the text"
    )
    options = parser.parse_args()
    try:
        write_all(options.root, options.to or options.root / "book" / "chapters")
    except LoweringError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def write_all(root: Path, folder: Path) -> list[Path]:
    """Write the notebook of every chapter of a checkout; the paths written."""
    book, written = read_book(root), []
    for source in sorted((root / "book" / "chapters").glob("*.md")):
        text = source.read_text(encoding="utf-8")
        notebook = lower_chapter(book, f"chapters/{source.stem}", text)
        target = folder / f"{source.stem}.ipynb"
        target.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8")
        written.append(target)
    return written


if __name__ == "__main__":
    sys.exit(main())
