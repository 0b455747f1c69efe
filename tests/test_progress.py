"""Long work says how much of it is done; short work says nothing."""

import pytest

from kdlab import progress as module
from kdlab.progress import counted, progress


@pytest.fixture(autouse=True)
def _shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TQDM_DISABLE", "0")


def test_it_says_3_of_13(capsys: pytest.CaptureFixture) -> None:
    with progress(13, "core", "run") as bar:
        bar.update(3)
        bar.refresh()
    assert "core: 3 of 13 runs" in capsys.readouterr().err


def test_an_end_that_is_not_known_is_not_said(capsys: pytest.CaptureFixture) -> None:
    with progress(None, "core", "run") as bar:
        bar.update(3)
        bar.refresh()
    said = capsys.readouterr().err
    assert "3run" in said and "None" not in said


def test_what_is_quick_shows_no_bar(capsys: pytest.CaptureFixture) -> None:
    assert list(counted("abc", "spelling", "letter")) == ["a", "b", "c"]
    assert capsys.readouterr().err == ""


def test_what_is_slow_counts_what_is_done(
    capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "QUICK", 0.0)
    monkeypatch.setattr("tqdm.std.tqdm.monitor_interval", 0)
    assert list(counted(iter("ab"), "spelling", "letter", 2)) == ["a", "b"]
    assert "spelling: 0 of 2 letters" in capsys.readouterr().err


def test_a_built_page_shows_none(
    capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TQDM_DISABLE", "1")
    assert list(counted("abc", "spelling", "letter", quick=False)) == ["a", "b", "c"]
    assert capsys.readouterr().err == ""
