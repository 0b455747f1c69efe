"""`python -m building`: the whole build, with a table of seconds at the end."""

import argparse
import os
import shutil
import sys
import time
from pathlib import Path

from building import execution, site, vendor
from building.chapters import EVERYWHERE, chapters, fingerprint

ONE_THREAD = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMEXPR_NUM_THREADS")


def main() -> int:
    """Build the book below --root; 0 if every chapter ran and no page had a warning."""
    parser = argparse.ArgumentParser(prog="building", description=main.__doc__)
    parser.add_argument("--root", type=Path, default=Path.cwd(), help="the project's folder")
    parser.add_argument("--jobs", type=int, default=2, help="chapters that run at the same time")
    parser.add_argument("--no-vendor", action="store_true", help="fetch no JavaScript or fonts")
    options = parser.parse_args()
    root, start = options.root.resolve(), time.monotonic()
    set_environment(root)

    if not options.no_vendor:
        try:
            vendor.fetch(root)
        except vendor.VendorError as error:
            return fail(str(error))
    found = chapters(root)
    store = root / ".jupyter_cache" / "runs"
    outcomes = execution.run_all(found, store, options.jobs, say)
    if broken := [outcome for outcome in outcomes if outcome.error]:
        for outcome in broken:
            print(f"\n{outcome.chapter.name}\n{outcome.error}", file=sys.stderr)
        return fail(f"{len(broken)} of {len(outcomes)} chapters failed; no page was written.")
    execution.hand_over(found, store, root / ".jupyter_cache" / "pages")
    if not site.write_pages(root, found):
        return fail("the pages have warnings (above), and a warning is an error here.")
    report(outcomes, time.monotonic() - start, root / "book" / "_build" / "html" / "index.html")
    return 0


def set_environment(root: Path) -> None:
    """What every kernel inherits: this checkout's kdlab, one thread, a run store of its own."""
    path = [str(root), os.environ.get("PYTHONPATH", "")]
    os.environ["PYTHONPATH"] = os.pathsep.join(part for part in path if part)
    os.environ.setdefault("KDLAB_HOME", str(own_store(root)))
    ipython = root / ".cache" / "ipython"
    ipython.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("IPYTHONDIR", str(ipython))  # nobody's own start-up files
    os.environ.setdefault("TQDM_DISABLE", "1")  # a page shows what came out, not how it moved
    os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")  # a warning on stderr otherwise
    os.environ.setdefault("KDLAB_ANSWERS", "")  # a page is no reader: its answers are not kept
    for name in ONE_THREAD:
        os.environ.setdefault(name, "1")


def own_store(root: Path) -> Path:
    """A run store for this very library and data; those of earlier versions are deleted.

    A run's key holds no hash of the code, so after an edit a shared store would give old numbers.
    """
    store = root / ".cache" / "kdlab" / fingerprint(root, EVERYWHERE)[:16]
    store.mkdir(parents=True, exist_ok=True)
    for other in store.parent.iterdir():
        if other != store:
            shutil.rmtree(other, ignore_errors=True)
    return store


def say(outcome: execution.Outcome) -> None:
    """One line as a chapter ends."""
    how = "FAILED" if outcome.error else "ran" if outcome.fresh else "unchanged"
    print(f"  {how:9} {outcome.chapter.name} ({outcome.seconds:.0f} s)", flush=True)


def report(outcomes: list[execution.Outcome], seconds: float, index: Path) -> None:
    """The table of seconds, and the address to open."""
    print("\nSeconds per chapter (one thread each):")
    for outcome in outcomes:
        kept = "" if outcome.fresh else "  kept from an earlier build"
        print(f"  {outcome.seconds:7.1f}  {outcome.chapter.name}{kept}")
    print(f"  {sum(outcome.seconds for outcome in outcomes):7.1f}  all chapters")
    print(f"  {seconds:7.1f}  this build\n\nThe book: {index.as_uri()}")


def fail(message: str) -> int:
    """Say why on stderr; the exit code."""
    print(f"The book was not built: {message}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
