"""An archive can write nowhere but where it was told to, and all of it or nothing."""

import io
import tarfile
from pathlib import Path

import pytest
import tiny

from kdlab.corpora.archive import extract
from kdlab.errors import CorpusError, StoreError


def packed(path: Path, *members: tarfile.TarInfo | str, mode: str = "w:gz") -> Path:
    """An archive with these members; a plain name becomes a file holding its own name."""
    with tarfile.open(path, mode) as tar:
        for member in members:
            if isinstance(member, str):
                info = tarfile.TarInfo(member)
                info.size = len(member)
                tar.addfile(info, io.BytesIO(member.encode()))
            else:
                tar.addfile(member)
    return path


def special(name: str, kind: bytes) -> tarfile.TarInfo:
    """A member that is not a file."""
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, "good.txt"
    return info


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:xz"])
def test_files_and_folders_are_unpacked(tmp_path: Path, mode: str) -> None:
    archive = packed(tmp_path / "a", special("in", tarfile.DIRTYPE), "in/one", "two", mode=mode)
    folder = extract(archive, tmp_path / "out")
    assert sorted(p.name for p in folder.rglob("*")) == ["in", "one", "two"]
    assert (folder / "in/one").read_text() == "in/one"


@pytest.mark.parametrize(
    "name", ["../evil", "in/../../evil", "/etc/evil", "C:\\evil", "..\\evil", "\\evil"]
)
def test_a_member_outside_the_folder_is_refused_by_name(tmp_path: Path, name: str) -> None:
    archive = packed(tmp_path / "a.tgz", "good.txt", name)
    with pytest.raises(CorpusError, match="evil' would be written outside"):
        extract(archive, tmp_path / "out")
    assert [p.name for p in tmp_path.iterdir()] == ["a.tgz"]


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE]
)
def test_a_link_or_device_is_refused_by_name(tmp_path: Path, kind: bytes) -> None:
    archive = packed(tmp_path / "a.tgz", "good.txt", special("odd", kind))
    with pytest.raises(CorpusError, match="member 'odd' is a link or a device"):
        extract(archive, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_an_unwanted_member_is_checked_all_the_same(tmp_path: Path) -> None:
    archive = packed(tmp_path / "a.tgz", "good.txt", "../evil")
    with pytest.raises(CorpusError, match="evil"):
        extract(archive, tmp_path / "out", wanted=lambda name: name == "good.txt")


def test_only_wanted_files_are_unpacked(tmp_path: Path) -> None:
    archive = packed(tmp_path / "a.tgz", "in/one", "in/two")
    folder = extract(archive, tmp_path / "out", wanted=lambda name: name.endswith("two"))
    assert [p.name for p in folder.rglob("*")] == ["in", "two"]


@pytest.mark.parametrize("mode", ["w", "w:gz"])
def test_an_archive_cut_short_leaves_the_folder_as_it_was(tmp_path: Path, mode: str) -> None:
    archive = packed(tmp_path / "a", *(f"file{i}" for i in range(50)), mode=mode)
    archive.write_bytes(archive.read_bytes()[: archive.stat().st_size // 3 + 7])
    (tmp_path / "out").mkdir()
    (tmp_path / "out/before").touch()
    with pytest.raises(CorpusError, match="a is cut short or is not a tar archive"):
        extract(archive, tmp_path / "out")
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["before"]


def test_a_web_page_saved_as_an_archive_is_told(tmp_path: Path) -> None:
    (tmp_path / "page.tgz").write_text("<!DOCTYPE html><html></html>")
    with pytest.raises(CorpusError, match="page.tgz is cut short or is not a tar archive"):
        extract(tmp_path / "page.tgz", tmp_path / "out")


def test_an_archive_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="absent.tgz is not a file"):
        extract(tmp_path / "absent.tgz", tmp_path / "out")


def test_unpacking_again_replaces_what_was_there(tmp_path: Path) -> None:
    extract(packed(tmp_path / "a.tgz", "old"), tmp_path / "out")
    extract(packed(tmp_path / "b.tgz", "new"), tmp_path / "out")
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["new"]


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path) -> None:
    archive = packed(tmp_path / "a.tgz", "x" * 200)
    with (
        pytest.raises(StoreError, match="could not be unpacked.*File too large"),
        tiny.full_disk(9),
    ):
        extract(archive, tmp_path / "out")
    assert [p.name for p in tmp_path.iterdir()] == ["a.tgz"]
