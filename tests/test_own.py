"""Anyone's own text: what is read, and how a mistake in it is told."""

import gzip
from pathlib import Path

import pytest

from kdlab.corpora import Columns, own
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
    text = own(written(tsv, THREE), Columns(split=1))
    assert (text.train.source, text.dev.target, text.tests["test"].target) == (
        ("น้ำ",), ("fire",), ("earth",),
    )  # fmt: skip


def test_a_split_column_by_name_takes_the_first_line_as_header(tsv: Path) -> None:
    text = own(written(tsv, "split\tth\ten\n" + THREE), Columns(split="split"))
    assert text.train.target == ("water",)


def test_valid_is_dev_and_each_test_name_is_a_test(tsv: Path) -> None:
    text = own(
        written(tsv, THREE.replace("dev", "valid") + "tst2012\tลม\twind\n"), Columns(split=1)
    )
    assert (text.dev.target, list(text.tests)) == (("fire",), ["test", "tst2012"])


def test_without_a_split_column_shares_are_about_90_5_5(tsv: Path) -> None:
    text = own(written(tsv, numbered(2000)))
    assert len(text.train) == pytest.approx(1800, abs=50)
    assert len(text.dev) == pytest.approx(100, abs=40)


def test_no_target_crosses_the_splits(tsv: Path) -> None:
    rows = numbered(300) + numbered(300).replace("house", "House").replace("บ้าน", "เรือน")
    text = own(written(tsv, rows))
    train = {target.lower() for target in text.train.target}
    held_out = {t.lower() for t in text.dev.target + text.tests["test"].target}
    assert not train & held_out


def test_more_rows_move_no_row_to_another_split(tsv: Path) -> None:
    before = own(written(tsv, numbered(300)))
    after = own(written(tsv, "ใหม่\tnew\n" + numbered(400)))
    assert set(before.dev.target) <= set(after.dev.target)


def test_crlf_a_bom_and_gzip_read_the_same(tsv: Path) -> None:
    plain = own(written(tsv, THREE), Columns(split=1))
    windows = "\ufeff" + THREE.replace("\n", "\r\n")
    odd = written(tsv.with_name("my.tsv.gz"), gzip.compress(windows.encode()))
    read = own(odd, Columns(split=1))
    assert (read.name, read.train.fingerprint) == ("my", plain.train.fingerprint)


def test_thai_is_normalised(tsv: Path) -> None:
    text = own(written(tsv, THREE.replace("น้ำ", "น\u0e4d\u0e49\u0e32")), Columns(split=1))
    assert text.train.source == ("น้ำ",)


def test_a_line_separator_inside_a_sentence_does_not_end_the_row(tsv: Path) -> None:
    text = own(written(tsv, THREE.replace("water", "clear\u2028water")), Columns(split=1))
    assert text.train.target == ("clear water",)


def test_the_file_is_recorded_for_result_files(tsv: Path) -> None:
    (record,) = own(written(tsv, THREE), Columns(split=1)).files
    assert (record["file"], record["sentences"], len(record["sha256"])) == ("my.tsv", 3, 64)


@pytest.mark.parametrize(
    ("content", "split", "message"),
    [
        ("น้ำ\twater\nไฟ fire\n", None, "my.tsv, line 2: column 2 is missing.*'ไฟ fire'"),
        ("น้ำ\twater\n\nไฟ\tfire\n", None, "line 2 is blank"),
        (THREE + "train\tลม\n", 1, "line 4: 2 columns where the first row has 3"),
        (THREE + "train\tลม\twind\tblows\n", 1, "line 4: 4 columns where the first row has 3"),
        (THREE + "trian\tลม\twind\n", 1, "line 4, column 1: the split is 'trian'"),
        (THREE, 2, "line 1, column 2: the split is 'น้ำ'"),
        ("train\tน้ำ\twater\ntest\tดิน\tearth\n", 1, "2 rows, split by column 1.* is dev"),
        ("น้ำ\twater\n", None, "1 row, split by the hash of the target, and none"),
        ("a\tb\tsplit\n", "split", "has 0 rows, split by column 'split', and none"),
        ("", None, "my.tsv is empty"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_place(
    tsv: Path, content: str, split: int | str | None, message: str
) -> None:
    with pytest.raises(CorpusError, match=message):
        own(written(tsv, content), Columns(split=split))


def test_a_blank_last_line_is_no_row(tsv: Path) -> None:
    text = own(written(tsv, THREE + " \n\n"), Columns(split=1))
    assert text.files[0]["sentences"] == 3


def test_what_was_read_is_said_in_one_line(tsv: Path) -> None:
    rows = "part\tid\tth\ten\n" + THREE.replace("\t", "\t7\t", 1).replace("dev\t", "dev\t7\t")
    rows = rows.replace("test\t", "test\t7\t") + "train\t7\tน้ำ\twater\n"
    assert own(written(tsv, rows)).read == (
        f"{tsv}: 4 rows after a header, source 'th', target 'en'; split by column 'part': train 2, "
        f"dev 1, test 1; 1 repeated; longest 5 characters ({tsv}, line 2)"
    )


def test_a_mapping_gives_each_split_its_own_file(tsv: Path) -> None:
    pairs = [line.split("\t")[1:] for line in THREE.splitlines()]
    dev = tsv.with_name("dev.csv")
    dev.write_text("en,th\nfire,ไฟ\n", encoding="utf-8")
    text = own({"train": pairs[:1], "valid": dev, "test2020": pairs[2:]}, Columns())
    assert (text.train.target, text.dev.source, list(text.tests)) == (
        ("water",), ("fire",), ["test2020"],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ({"th": ["น้ำ"], "en": ["water"]}, "'th' is no split; a mapping holds train, dev"),
        ({"train": [("น้ำ", "water")]}, "train has 1 row, split as given, and none of them is dev"),
        ({}, "This mapping has 0 rows and none of them is train"),
        ([], "pairs is empty"),
        (7, "'7' is no text; give a path, two paths, or pairs"),
        (["water", "fire", "earth"], r"pairs\[0\] is 'water', not a pair"),
        ([("น้ำ", "water"), "ไฟ"], r"pairs\[1\] is 'ไฟ', not a pair"),
        ([("น้ำ", "water"), {"th": "ไฟ"}], r"pairs\[1\]: rows with names and rows without"),
        (
            [{"th": "น้ำ", "en": "water"}],
            r"pairs\[0\]: which columns are .* There are th, en",
        ),
        ("my.txt", "my.txt does not end in .tsv, .csv, .jsonl"),
    ],
)
def test_text_of_no_kind_that_is_read_is_refused(text: object, message: str) -> None:
    with pytest.raises(CorpusError, match=message):
        own(text)


def test_a_mapping_has_no_split_column() -> None:
    with pytest.raises(CorpusError, match="split is 'part', but a mapping is split by its own"):
        own({"train": [("น้ำ", "water")]}, Columns(split="part"))


def test_a_folder_is_no_file(tsv: Path) -> None:
    tsv.mkdir()
    with pytest.raises(CorpusError, match="my.tsv is not a regular file"):
        own(tsv)


def test_a_gz_cut_short_is_told(tsv: Path) -> None:
    cut = written(tsv.with_suffix(".tsv.gz"), gzip.compress(THREE.encode())[:-12])
    with pytest.raises(CorpusError, match="my.tsv.gz is cut short or is not gzip"):
        own(cut, Columns(split=1))


def test_a_file_that_is_not_there_is_told(tsv: Path) -> None:
    with pytest.raises(CorpusError, match="my.tsv cannot be read .No such file"):
        own(tsv)
