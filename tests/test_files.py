"""Files are whole or not there."""

import errno
import hashlib
from pathlib import Path

import pytest

from kdlab.errors import StoreError
from kdlab.files import (
    home,
    open_text,
    read_json,
    remove,
    replacing,
    sha256,
    shipped,
    write_json,
    write_text,
)


def full(*_: object, **__: object) -> None:
    """What a full disk does to a write."""
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_leaves_the_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_text(tmp_path / "a.txt", "before")
    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(StoreError, match="a.txt could not be written .No space left on device"):
        write_text(tmp_path / "a.txt", "after")
    assert (tmp_path / "a.txt").read_text() == "before"
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]


def test_an_error_inside_the_block_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError, match="zero"), replacing(tmp_path / "a") as temporary:
        temporary.write_text("half")
        1 / 0  # noqa: B018
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="a.txt could not be written"):
        write_text(tmp_path / "file" / "a.txt", "x")


def test_missing_folders_are_made_and_the_file_can_be_read_by_others(tmp_path: Path) -> None:
    write_text(tmp_path / "new" / "a.txt", "น้ำ")
    assert (tmp_path / "new/a.txt").stat().st_mode & 0o777 == 0o644


def test_json_keeps_thai_readable_and_comes_back(tmp_path: Path) -> None:
    write_json(tmp_path / "a.json", {"th": "น้ำ"})
    assert "น้ำ" in (tmp_path / "a.json").read_text(encoding="utf-8")
    assert read_json(tmp_path / "a.json") == {"th": "น้ำ"}


def test_sha256_is_the_published_one(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    assert sha256(tmp_path / "a") == hashlib.sha256(b"abc").hexdigest()


def test_plain_text_is_opened_as_bytes(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    with open_text(tmp_path / "a") as file:
        assert file.read() == b"abc"


@pytest.mark.parametrize("kind", ["file", "folder", "absent"])
def test_remove_deletes_whatever_is_there(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "x"
    if kind == "file":
        path.touch()
    elif kind == "folder":
        write_text(path / "a", "")
    remove(path)
    assert not path.exists()


def test_home_is_the_one_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KDLAB_HOME", "~/runs")
    assert home() == Path.home() / "runs"


def test_home_without_one_is_in_the_cache_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KDLAB_HOME")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert home() == tmp_path / "kdlab"


def test_what_ships_is_found() -> None:
    assert shipped("data/real.json").is_file()


def test_what_does_not_ship_is_told() -> None:
    with pytest.raises(StoreError, match="data/absent did not come with this kdlab"):
        shipped("data/absent")
