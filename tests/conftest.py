"""What every test shares: a run store of its own, and the folder of real text, if there is one."""

import os
from pathlib import Path

import pytest

# The peers' workers import what only their own environment has: no doctests are looked for.
collect_ignore = ["benchmarks/peers"]


@pytest.fixture(scope="session", autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep runs, tokenizers and downloads of the tests out of the user's cache."""
    os.environ["KDLAB_HOME"] = str(tmp_path_factory.mktemp("home"))
    os.environ.setdefault("TQDM_DISABLE", "1")  # bars would fill the disk of a full-disk test


@pytest.fixture
def data_dir() -> Path:
    """The folder of real text named by KDLAB_DATA; without it the test is skipped."""
    folder = os.environ.get("KDLAB_DATA")
    if folder:
        return Path(folder)
    reason = "KDLAB_DATA is not set; data/README.md says how to make the files it should hold"
    if os.environ.get("KDLAB_NO_SKIP") == "1":
        pytest.fail(f"{reason}, and KDLAB_NO_SKIP=1 forbids the skip")
    pytest.skip(reason)
