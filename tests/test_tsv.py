"""Anyone's own text: what is read, and how a mistake in it is told."""

import gzip
from pathlib import Path

import pytest

from kdlab.corpora.tsv import read_tsv
from kdlab.errors import CorpusError

THREE = "train\tน้ำ\twater\ndev\tไฟ\tfire\ntest\tดิน\tearth\n"


def written(path: Path, text: str | bytes) -> Path:
    """A file with this content."""
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.fixture
def tsv(tmp_path: Path) -> Path:
    return tmp_path / "my.tsv"


def numbered(rows: int) -> str:
    return "".join(f"บ้านหลังที่ {i}\thouse number {i}\n" for i in range(rows))


def test_a_split_column_by_number_decides(tsv: Path) -> None:
    text = read_tsv(written(tsv, THREE), split=1)
    assert (text.train.source, text.dev.target, text.tests["test"].target) == (
        ("น้ำ",), ("fire",), ("earth",),
    )  # fmt: skip


def test_a_split_column_by_name_takes_the_first_line_as_header(tsv: Path) -> None:
    text = read_tsv(written(tsv, "split\tth\ten\n" + THREE), split="split")
    assert text.train.target == ("water",)


def test_valid_is_dev_and_each_test_name_is_a_test(tsv: Path) -> None:
    text = read_tsv(written(tsv, THREE.replace("dev", "valid") + "tst2012\tลม\twind\n"), split=1)
    assert (text.dev.target, list(text.tests)) == (("fire",), ["test", "tst2012"])


def test_without_a_split_column_shares_are_about_90_5_5(tsv: Path) -> None:
    text = read_tsv(written(tsv, numbered(2000)))
    assert len(text.train) == pytest.approx(1800, abs=50)
    assert len(text.dev) == pytest.approx(100, abs=40)


def test_no_target_crosses_the_splits(tsv: Path) -> None:
    rows = numbered(300) + numbered(300).replace("house", "House").replace("บ้าน", "เรือน")
    text = read_tsv(written(tsv, rows))
    train = {target.lower() for target in text.train.target}
    held_out = {t.lower() for t in text.dev.target + text.tests["test"].target}
    assert not train & held_out


def test_more_rows_move_no_row_to_another_split(tsv: Path) -> None:
    before = read_tsv(written(tsv, numbered(300)))
    after = read_tsv(written(tsv, "ใหม่\tnew\n" + numbered(400)))
    assert set(before.dev.target) <= set(after.dev.target)


def test_columns_before_the_last_two_are_ignored(tsv: Path) -> None:
    rows = "".join(f"x\ty\t{row}\n" for row in numbered(300).splitlines())
    assert read_tsv(written(tsv, rows)).train.source[0] == "บ้านหลังที่ 0"


def test_crlf_a_bom_and_gzip_read_the_same(tsv: Path) -> None:
    plain = read_tsv(written(tsv, THREE), split=1)
    windows = "\ufeff" + THREE.replace("\n", "\r\n")
    odd = written(tsv.with_name("my.tsv.gz"), gzip.compress(windows.encode()))
    read = read_tsv(odd, split=1)
    assert (read.name, read.train.fingerprint) == ("my", plain.train.fingerprint)


def test_thai_is_normalised(tsv: Path) -> None:
    text = read_tsv(written(tsv, THREE.replace("น้ำ", "น\u0e4d\u0e49\u0e32")), split=1)
    assert text.train.source == ("น้ำ",)


def test_a_line_separator_inside_a_sentence_does_not_end_the_row(tsv: Path) -> None:
    text = read_tsv(written(tsv, THREE.replace("water", "clear\u2028water")), split=1)
    assert text.train.target == ("clear water",)


def test_the_file_is_recorded_for_result_files(tsv: Path) -> None:
    (record,) = read_tsv(written(tsv, THREE), split=1).files
    assert (record["file"], record["sentences"], len(record["sha256"])) == ("my.tsv", 3, 64)


@pytest.mark.parametrize(
    ("content", "split", "message"),
    [
        ("น้ำ\twater\nไฟ fire\n", None, "my.tsv, line 2: column 2 is missing.*'ไฟ fire'"),
        ("น้ำ\twater\n\n", None, "line 2: column 2 is missing"),
        (THREE + "train\tลม\n", 1, "line 4: 2 columns where line 1 has 3"),
        (THREE + "train\tลม\twind\tblows\n", 1, "line 4: 4 columns where line 1 has 3"),
        (THREE + "train\t\twind\n", 1, "line 4, column 2: the source is empty"),
        (THREE + "train\tลม\t\u200b \n", 1, "line 4, column 3: the target is empty"),
        (THREE + "trian\tลม\twind\n", 1, "line 4, column 1: the split is 'trian'"),
        (THREE, 2, "split column is 2, but of the 3 columns"),
        (THREE, 0, "split column is 0"),
        (THREE, "fold", "no column named 'fold'; it has train, น้ำ, water"),
        ("a\tb\tsplit\n", "split", "split column is 3"),
        ("train\tน้ำ\twater\ntest\tดิน\tearth\n", 1, "2 rows, split by column 1.* is dev"),
        ("น้ำ\twater\n", None, "1 rows, split by the hash of the target"),
        ("", None, "my.tsv is empty"),
        ("น้ำ\twater\n".encode() + "ไฟ\tfire\n".encode("cp874"), None, "line 2: byte 0xe4 at .* 16"),
        (THREE.encode("utf-16"), 1, "line 1: byte 0xff at offset 0 .* looks like UTF-16"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_place(
    tsv: Path, content: str | bytes, split: int | str | None, message: str
) -> None:
    with pytest.raises(CorpusError, match=message):
        read_tsv(written(tsv, content), split=split)


def test_a_gz_cut_short_is_told(tsv: Path) -> None:
    cut = written(tsv.with_suffix(".tsv.gz"), gzip.compress(THREE.encode())[:-12])
    with pytest.raises(CorpusError, match="my.tsv.gz is cut short or is not gzip"):
        read_tsv(cut)


def test_a_file_that_is_not_there_is_told(tsv: Path) -> None:
    with pytest.raises(CorpusError, match="my.tsv cannot be read .No such file"):
        read_tsv(tsv)
