"""Jupyter Book over kept outputs, with what Sphinx cannot see for itself: which pages are stale."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

from building.chapters import Chapter, fingerprint

# A change in these changes every page, and Sphinx does not look at all of them.
LOOK = ("_config.yml", "book/_toc.yml", "book/_ext/**/*", "book/_static/**/*", "package.json")


def write_pages(root: Path, chapters: list[Chapter]) -> bool:
    """Build `book/_build/html`; False, with Sphinx's messages printed, if there was any warning."""
    build = root / "book" / "_build"
    forget_stale(build, chapters, fingerprint(root, LOOK))
    command = [str(Path(sys.executable).with_name("jupyter-book")), "build", "book"]
    command += ["--config", "_config.yml", "--toc", str(root / "book" / "_toc.yml")]
    command += ["--path-output", "book", "-n", "-W", "--keep-going", "-q"]
    done = subprocess.run(command, cwd=root, stdout=subprocess.DEVNULL)
    if done.returncode:  # or the next build would skip the pages that warned, and pass
        shutil.rmtree(build / ".doctrees", ignore_errors=True)
    return done.returncode == 0


def forget_stale(build: Path, chapters: list[Chapter], look: str) -> None:
    """Delete what Sphinx kept of a page whose outputs changed; of all, if the book's look did."""
    seen = build / "built_from.json"
    now = {"look": look, "chapters": {chapter.name: chapter.key for chapter in chapters}}
    before = json.loads(seen.read_text()) if seen.exists() else {}
    if before.get("look") != look:
        shutil.rmtree(build, ignore_errors=True)
    for name, key in now["chapters"].items():
        if before.get("chapters", {}).get(name) != key:
            (build / ".doctrees" / f"{name}.doctree").unlink(missing_ok=True)
    build.mkdir(exist_ok=True)
    seen.write_text(json.dumps(now, indent=1))
