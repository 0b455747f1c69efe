"""Run chapters side by side, each in an empty folder and a one-thread kernel; keep the outputs."""

import copy
import os
import re
import shutil
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

import nbformat
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from nbclient import NotebookClient
from nbclient.exceptions import CellControlSignal, DeadKernelError

from building.chapters import Chapter

SECONDS_PER_CELL = 600


@dataclass(frozen=True)
class Outcome:
    """How a chapter's run went."""

    chapter: Chapter
    seconds: float
    fresh: bool  # False: an earlier run under the same key was used
    error: str = ""


def run_all(
    chapters: list[Chapter], store: Path, jobs: int, say: Callable[[Outcome], None]
) -> list[Outcome]:
    """Run the chapters that have no kept run under their key, `jobs` at a time.

    store: folder of kept runs, `KEY.ipynb`; those of no present chapter are deleted at the end.
    say is called with each outcome as it comes. Returns the outcomes in the book's order.
    """
    store.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(max_workers=jobs) as pool:
        waiting = [pool.submit(run, chapter, store) for chapter in chapters]
        for future in as_completed(waiting):
            say(future.result())
    keys = {chapter.key for chapter in chapters}
    for kept in store.glob("*.ipynb"):
        if kept.stem not in keys:
            kept.unlink()
    return [future.result() for future in waiting]


def run(chapter: Chapter, store: Path) -> Outcome:
    """Run one chapter unless a run under its key is kept; an error is returned, not raised."""
    kept = store / f"{chapter.key}.ipynb"
    if kept.exists():
        seconds = nbformat.read(kept, as_version=4).metadata["seconds"]
        return Outcome(chapter, seconds, fresh=False)
    notebook = copy.deepcopy(chapter.notebook)
    start = time.monotonic()
    try:
        with tempfile.TemporaryDirectory() as folder:  # a chapter needs no file of the checkout
            NotebookClient(
                notebook,
                timeout=SECONDS_PER_CELL,
                resources={"metadata": {"path": folder}},
                extra_arguments=["--log-level=ERROR"],  # no warning about unencrypted TCP
            ).execute()
    except (CellControlSignal, DeadKernelError) as error:
        plain = re.sub(r"\x1b\[[0-9;]*m", "", str(error))  # logs show no colours
        return Outcome(chapter, time.monotonic() - start, fresh=True, error=plain)
    seconds = round(time.monotonic() - start, 1)
    notebook.metadata["seconds"] = seconds
    temporary = kept.with_suffix(f".{os.getpid()}")
    nbformat.write(notebook, temporary)
    temporary.replace(kept)
    return Outcome(chapter, seconds, fresh=True)


def hand_over(chapters: list[Chapter], store: Path, cache: Path) -> None:
    """Fill a new Jupyter cache with the kept runs, for Jupyter Book to read instead of running."""
    shutil.rmtree(cache, ignore_errors=True)
    target = get_cache(str(cache))
    for chapter in chapters:
        kept = nbformat.read(store / f"{chapter.key}.ipynb", as_version=4)
        bundle = CacheBundleIn(
            with_outputs(chapter.notebook, kept),
            str(chapter.path),
            data={"execution_seconds": kept.metadata["seconds"]},
        )
        target.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)


def with_outputs(
    notebook: nbformat.NotebookNode, kept: nbformat.NotebookNode
) -> nbformat.NotebookNode:
    """A chapter as the page has it, with a kept run's outputs and widgets.

    The cache finds a notebook by a hash of its text and metadata, their order too, which a file
    on disk does not keep; so what was read from the page goes in, not what was read from the run.
    """
    filled = copy.deepcopy(notebook)
    for cell, ran in zip(filled.cells, kept.cells, strict=True):
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = ran.outputs, ran.execution_count
    for name in ("language_info", "widgets"):
        if name in kept.metadata:
            filled.metadata[name] = kept.metadata[name]
    return filled
