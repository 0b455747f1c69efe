"""What a file is written over, through or beside, and what a disk may refuse."""

import errno
import os
import stat
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from kdlab.cli import app
from kdlab.errors import KdlabError, StoreError
from kdlab.files import (
    check_writable,
    disk_errors,
    home,
    read_json,
    remove,
    replacing,
    write_json,
    write_text,
)

ODD = os.fsdecode(b"caf\xe9")  # a name that is no UTF-8


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("bits", [0o600, 0o640, 0o444, 0o755])
def test_a_file_that_is_there_keeps_its_mode(tmp_path: Path, bits: int) -> None:
    (tmp_path / "a").write_text("before")
    (tmp_path / "a").chmod(bits)
    write_text(tmp_path / "a", "after")
    assert ((tmp_path / "a").read_text(), mode(tmp_path / "a")) == ("after", bits)


def test_a_new_file_has_the_mode_that_the_umask_gives(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        write_text(tmp_path / "a", "x")
    finally:
        os.umask(before)
    assert mode(tmp_path / "a") == 0o600


@pytest.mark.parametrize("there", [True, False], ids=["whole", "dangling"])
def test_a_link_is_followed_and_stays(tmp_path: Path, there: bool) -> None:
    (tmp_path / "far").mkdir()
    if there:
        (tmp_path / "far/a").write_text("before")
    (tmp_path / "link").symlink_to("far/a")
    write_text(tmp_path / "link", "after")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "far/a").read_text() == "after"
    assert [path.name for path in (tmp_path / "far").iterdir()] == ["a"]


def test_a_pipe_is_written_into(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append((tmp_path / "pipe").read_text()))
    reader.start()
    write_text(tmp_path / "pipe", "น้ำ")
    reader.join(20)
    assert read == ["น้ำ"]
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)


def test_a_device_is_written_into_and_stays_one(tmp_path: Path) -> None:
    (tmp_path / "null").symlink_to(os.devnull)
    write_text(tmp_path / "null", "x")
    assert stat.S_ISCHR(Path(os.devnull).stat().st_mode)
    assert (tmp_path / "null").is_symlink()


@pytest.mark.parametrize("act", [check_writable, lambda path: write_text(path, "x")])
def test_a_folder_is_not_written_over(tmp_path: Path, act: object) -> None:
    with pytest.raises(StoreError, match=f"{tmp_path} could not be written .it is a folder"):
        act(tmp_path)


@pytest.mark.parametrize("act", [check_writable, lambda path: write_text(path, "x")])
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("file/a", "A file stands where a folder should be"),
        ("loop", "Too many levels"),
        ("n" * 300, "File name too long"),
    ],
)
def test_a_name_that_cannot_be_is_told(tmp_path: Path, act: object, name: str, said: str) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(StoreError, match=said):
        act(tmp_path / name)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "loop"]


def test_as_long_a_name_as_a_disk_takes_can_be_written(tmp_path: Path) -> None:
    write_text(tmp_path / ("น" * 84), "x")  # 252 bytes
    assert (tmp_path / ("น" * 84)).read_text() == "x"


def test_check_writable_leaves_nothing(tmp_path: Path) -> None:
    check_writable(tmp_path / "a")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES, errno.EPERM])
def test_who_may_not_write_is_not_told_to_free_space(number: int) -> None:
    with pytest.raises(StoreError, match=r"; nothing was lost. Get the right to write there, or"):
        with disk_errors("x could not be written"):
            raise OSError(number, os.strerror(number))


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EIO, None])
def test_a_full_disk_is_told_to_free_space(number: int | None) -> None:
    with pytest.raises(StoreError, match="x .no.; nothing was lost. Free some space, or choose"):
        with disk_errors("x"):
            raise OSError(number, "no") if number else OSError("no")


def test_a_sentence_is_not_wrapped_in_another() -> None:
    with pytest.raises(KdlabError, match="^mine$"), disk_errors("x could not be written"):
        raise StoreError("mine")


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.binary(max_size=9), st.booleans())
def test_a_block_that_fails_leaves_the_file_as_it_was(
    tmp_path: Path, content: bytes, odd: bool
) -> None:
    path = tmp_path / (ODD if odd else "a")
    path.write_bytes(content)
    with pytest.raises(ZeroDivisionError, match="zero"), replacing(path) as temporary:
        temporary.write_bytes(b"half")
        1 / 0  # noqa: B018
    assert path.read_bytes() == content
    assert [each.name for each in tmp_path.iterdir()] == [path.name]
    path.unlink()


def test_a_link_is_removed_and_not_what_it_leads_to(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder/a").touch()
    (tmp_path / "link").symlink_to("folder")
    remove(tmp_path / "link")
    assert [path.name for path in tmp_path.rglob("*")] == ["folder", "a"]


def test_a_name_that_is_no_utf8_comes_back_from_json(tmp_path: Path) -> None:
    write_json(tmp_path / ODD, {"file": ODD, "text": "น้ำ"})
    assert read_json(tmp_path / ODD) == {"file": ODD, "text": "น้ำ"}
    assert "น้ำ".encode() in (tmp_path / ODD).read_bytes()


def test_a_name_that_is_no_utf8_keeps_its_bytes_in_text(tmp_path: Path) -> None:
    write_text(tmp_path / "a", ODD)
    assert (tmp_path / "a").read_bytes() == b"caf\xe9"


@pytest.mark.parametrize(
    ("name", "said"), [(ODD, "can't encode"), ("~no-such-user/x", "home directory")]
)
def test_a_home_that_cannot_be_is_told_before_any_work(
    monkeypatch: pytest.MonkeyPatch, name: str, said: str
) -> None:
    monkeypatch.setenv("KDLAB_HOME", name)
    with pytest.raises(StoreError, match=f"cannot be kdlab's folder .*{said}.*; set KDLAB_HOME"):
        home()


def test_translate_asks_before_it_replaces_a_file(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("mine")
    told = CliRunner().invoke(app, ["translate", "x", "--out", str(tmp_path / "a.txt")])
    assert told.exit_code == 2 and "give --force to replace it" in told.stderr
    assert (tmp_path / "a.txt").read_text() == "mine"


@pytest.mark.parametrize("command", ["translate x", "distill --teacher x"])
def test_a_place_that_cannot_be_written_is_told_before_any_work(
    tmp_path: Path, command: str
) -> None:
    (tmp_path / "file").touch()
    out = str(tmp_path / "file" / "a.tsv")
    told = CliRunner().invoke(app, [*command.split(), "--out", out])
    assert told.exit_code == 2 and "A file stands where a folder should be" in told.stderr
