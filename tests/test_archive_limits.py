"""Damaged, hostile and mistaken archives end in one sentence, in bounded time and space."""

import gzip
import io
import random
import tarfile
import time
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from kdlab.corpora import limits
from kdlab.corpora.archive import extract
from kdlab.errors import CorpusError

GIB = 1 << 30


def tar(*members: tuple[str, bytes], form: int = tarfile.GNU_FORMAT) -> bytes:
    """A plain tar of names and contents."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=form) as made:
        for name, content in members:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            made.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def header(name: str, size: int, kind: bytes = tarfile.REGTYPE) -> bytes:
    """One member's first 512 bytes, with no content after them."""
    info = tarfile.TarInfo(name)
    info.size, info.type = size, kind
    return info.tobuf(tarfile.GNU_FORMAT)


def pax(name: str, **records: str) -> bytes:
    """An empty member with such records before it."""
    info = tarfile.TarInfo(name)
    info.pax_headers = records
    return info.tobuf(tarfile.PAX_FORMAT)


def zipped() -> bytes:
    """A zip archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        made.writestr("a.txt", "a")
    return buffer.getvalue()


Refused = Callable[[bytes], str]


@pytest.fixture
def refused(tmp_path: Path) -> Refused:
    """Unpacks these bytes, which must be refused and leave nothing; the sentence."""

    def told(content: bytes) -> str:
        (tmp_path / "a.tgz").write_bytes(content)
        with pytest.raises(CorpusError, match="a.tgz") as error:
            extract(tmp_path / "a.tgz", tmp_path / "out")
        assert [path.name for path in tmp_path.iterdir()] == ["a.tgz"]
        return str(error.value)

    return told


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (zipped(), "it is a zip archive"),
        (b"<!DOCTYPE html><html>Virus scan warning</html>", "it is a web page"),
        (b"\xef\xbb\xbf<html>", "it is a web page"),
        (b"", "empty file"),
        (gzip.compress(b""), "empty file"),
        (gzip.compress(b"<html>a page, packed</html>"), "not a tar archive"),
        (b"\x1f\x8b", "cut short"),
        (b"\xfd7zXZ\0junk", "cut short"),
        (b"\xfd7zXZ\0" + b"junk" * 9, "damaged"),
        (b"BZh9junk and more junk", "damaged (Invalid data stream)"),
    ],
    ids=range(10),
)
def test_another_kind_is_told_by_name(refused: Refused, content: bytes, said: str) -> None:
    assert said in refused(content)


def test_a_wrong_checksum_is_damage_and_no_full_disk(refused: Refused) -> None:
    content = bytearray(gzip.compress(tar(("a", b"text"))))
    content[-5] ^= 1
    assert "a.tgz is damaged (CRC check failed" in refused(bytes(content))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (pax("a", **{"GNU.sparse.major": "0", "GNU.sparse.minor": "0", "GNU.sparse.size": "9"}),
         "'a' is a file with holes"),
        (header("b", 0, tarfile.GNUTYPE_SPARSE), "'b' is a file with holes"),
        (header("c", -512), "'c' has fewer than no bytes"),
        (header("d", 20 * GIB), f"it unpacks to more than {limits.UNPACKED:,} bytes"),
        (tar(("e" * 256, b"")), "has a name of more than 255 bytes"),
        (tar(("น้ำ" * 29, b"")), "has a name of more than 255 bytes"),  # 87 letters, 261 bytes
        (tar(("f/" * 2000 + "f", b"")), "has a name of more than 255 bytes"),
        (header("g", GIB, tarfile.GNUTYPE_LONGNAME), "name takes more than 8,192 bytes"),
        (header("h", -512, tarfile.XHDTYPE), "name takes more than 8,192 bytes"),
        (header("i", 0, tarfile.GNUTYPE_LONGNAME) * 3000, "name takes more than 8,192 bytes"),
        (tar(("j", b""), ("j/k", b"")), "'j/k' is both a file and a folder"),
        (tar(("l/m", b""), ("l", b"")), "'l' is both a file and a folder"),
        (tar((".", b"")), "'.' is both a file and a folder"),
        (pax("n", path="o\0p"), "is damaged (embedded null byte)"),
    ],
    ids="abcdefghijklmn",
)  # fmt: skip
def test_a_member_that_cannot_be_is_refused(refused: Refused, content: bytes, said: str) -> None:
    message = refused(content + bytes(1024))
    assert said in message and len(message) < 500


def test_more_members_than_the_limit_are_refused(
    refused: Refused, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MEMBERS", 3)
    assert "it has more than 3 members" in refused(tar(*((f"{i}", b"") for i in range(4))))


def test_as_much_as_the_limits_allow_is_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.tar").write_bytes(tar(("a" * 255, b"x" * 5000), ("b", b""), ("c", b"")))
    monkeypatch.setattr(limits, "MEMBERS", 3)
    monkeypatch.setattr(limits, "UNPACKED", (tmp_path / "a.tar").stat().st_size)
    assert len(list(extract(tmp_path / "a.tar", tmp_path / "out").iterdir())) == 3


@pytest.mark.parametrize("wanted", [None, lambda name: False], ids=["wanted", "skipped"])
def test_a_bomb_takes_neither_memory_nor_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wanted: Callable[[str], bool] | None
) -> None:
    monkeypatch.setattr(limits, "UNPACKED", 1 << 24)
    (tmp_path / "a.tgz").write_bytes(gzip.compress(header("a", 1 << 25) + bytes(1 << 25), 1))
    tracemalloc.start()
    with pytest.raises(CorpusError, match="it unpacks to more than 16,777,216 bytes"):
        extract(tmp_path / "a.tgz", tmp_path / "out", wanted)
    assert tracemalloc.get_traced_memory()[1] < 1 << 21
    tracemalloc.stop()
    assert [path.name for path in tmp_path.iterdir()] == ["a.tgz"]


def test_a_long_name_takes_no_memory(refused: Refused) -> None:
    bomb = gzip.compress(header("a", 1 << 26, tarfile.GNUTYPE_LONGNAME) + b"n" * (1 << 26), 1)
    tracemalloc.start()
    assert "a member's name takes more" in refused(bomb)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 * len(bomb) + (1 << 21)


def test_ten_times_the_members_take_about_ten_times_as_long(tmp_path: Path) -> None:
    def seconds(number: int) -> float:
        path = tmp_path / f"{number}.tgz"
        path.write_bytes(gzip.compress(tar(*((f"{i}", b"") for i in range(number))), 1))
        taken = []
        for _ in range(3):
            began = time.process_time()
            extract(path, tmp_path / "out", lambda name: False)
            taken.append(time.process_time() - began)
        return min(taken)

    seconds(10)
    assert seconds(3000) < 30 * seconds(300)


def test_any_few_bytes_changed_are_read_or_refused(tmp_path: Path) -> None:
    draw, path = random.Random(0), tmp_path / "a"
    forms = (tarfile.GNU_FORMAT, tarfile.PAX_FORMAT)
    whole = [tar(("d/a", b"hello"), ("n" * 150, b"y" * 600), form=form) for form in forms]
    for _ in range(150):
        content = bytearray(draw.choice(whole))
        content[draw.randrange(0, 4096)] = draw.choice(b"\0\1\x80\xffLxSKg057")
        for begin in range(0, 4096, 512):  # a right checksum, or nothing behind it would be tried
            block = content[begin : begin + 512]
            if block[257:262] == b"ustar":
                block[148:156] = b" " * 8
                content[begin + 148 : begin + 156] = b"%06o\0 " % sum(block)
        path.write_bytes(content)
        try:
            extract(path, tmp_path / "out")
        except CorpusError as error:
            assert str(path) in str(error)
