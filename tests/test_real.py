"""The manifest of real text, on invented files and, where they are, on the real ones."""

import json
from pathlib import Path

import pytest

from kdlab.corpora.real import real
from kdlab.errors import CorpusError
from kdlab.files import sha256

ROWS = "train\tน้ำ\twater\ndev\tไฟ\tfire\ntest\tดิน\tearth\n"


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    """Two files of one row a split, one of a foreign test, and their manifest."""
    entries = []
    for name, use in [("menus", "in domain"), ("chat", "in domain"), ("talks", "out of domain")]:
        file = tmp_path / f"{name}.tsv"
        rows = "tst2010\tลม\twind\n" if name == "talks" else ROWS.replace("\tน้ำ", f"\tน้ำ {name}")
        file.write_text(rows, encoding="utf-8")
        entries.append({
            "name": name, "file": file.name, "columns": ["split", "th", "en"],
            "sha256": sha256(file), "use": use,
        })  # fmt: skip
    (tmp_path / "manifest.json").write_text(json.dumps({"files": entries}))
    return tmp_path / "manifest.json"


def test_train_and_dev_are_unions_and_tests_stand_alone_and_together(manifest: Path) -> None:
    text = real(manifest.parent, manifest=manifest)
    assert text.train.source == ("น้ำ menus", "น้ำ chat")
    assert len(text.dev) == 2
    sizes = {name: len(pairs) for name, pairs in text.tests.items()}
    assert sizes == {"menus": 1, "chat": 1, "union": 2, "held-out": 4}


def test_tests_out_of_domain_come_when_asked_for(manifest: Path) -> None:
    text = real(manifest.parent, talks=("tst2010",), manifest=manifest)
    assert text.tests["talks-tst2010"].target == ("wind",)
    assert len(text.train) == 2


def test_a_year_without_talks_is_refused_with_those_there_are(manifest: Path) -> None:
    with pytest.raises(CorpusError, match="no talks of 'tst2018'; there are tst2010"):
        real(manifest.parent, talks=("tst2018",), manifest=manifest)


def test_each_file_is_recorded_for_result_files(manifest: Path) -> None:
    record = real(manifest.parent, manifest=manifest).files[1]
    assert (record["name"], record["file"], record["sentences"]) == ("chat", "chat.tsv", 3)


def test_the_folder_comes_from_the_environment(
    manifest: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KDLAB_DATA", str(manifest.parent))
    assert len(real(manifest=manifest).train) == 2


def test_without_a_folder_the_option_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KDLAB_DATA", raising=False)
    with pytest.raises(CorpusError, match="--data DIR or in KDLAB_DATA"):
        real()


def test_a_missing_file_is_told(manifest: Path) -> None:
    (manifest.parent / "chat.tsv").unlink()
    with pytest.raises(CorpusError, match="chat.tsv is not there; data/README.md"):
        real(manifest.parent, manifest=manifest)


def test_a_file_other_than_the_one_measured_is_refused(manifest: Path) -> None:
    (manifest.parent / "chat.tsv").write_text(ROWS + "train\tลม\twind\n", encoding="utf-8")
    found = sha256(manifest.parent / "chat.tsv")
    with pytest.raises(CorpusError, match=f"chat.tsv has SHA-256 {found}, not"):
        real(manifest.parent, manifest=manifest)


def test_the_real_files_have_the_sizes_that_were_measured_on(data_dir: Path) -> None:
    text = real(data_dir)
    sizes = {name: len(pairs) for name, pairs in text.tests.items()}
    assert sizes == {"debian-l10n": 481, "natural-small": 300, "union": 781, "held-out": 2081}
    assert (len(text.train), len(text.dev)) == (33769, 1300)


def test_no_target_of_a_test_was_trained_on(data_dir: Path) -> None:
    text = real(data_dir)
    trained = {target.casefold() for target in text.train.target}
    assert not trained & {target.casefold() for target in text.tests["union"].target}


def test_the_talks_are_tests_only(data_dir: Path) -> None:
    text = real(data_dir, talks=("tst2010",))
    assert len(text.tests["iwslt-tst2010"]) == 1252
    assert len(text.train) == 33769
