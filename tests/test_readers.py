"""Formats of one's own text: what each reads, and that all refuse the same in the same words."""

import csv
import gzip
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kdlab.corpora import Columns, ParallelText, own
from kdlab.corpora.readers import READERS
from kdlab.errors import CorpusError
from kdlab.thai import normalise

Pair = tuple[str, str]
PAIRS = [("น้ำ", "water"), ("ไฟ", "fire"), ("ดิน", "earth")]


class Dataset:
    """What of a `datasets.Dataset` is asked for: rows by name, and nothing imported."""

    def __init__(self, rows: list[dict]) -> None:
        self.rows, self.column_names = rows, list(rows[0])

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[dict]:
        return iter(self.rows)


def tsv(folder: Path, pairs: list[Pair]) -> object:
    return written(folder / "my.tsv", "".join(f"{x}\t{y}\n" for x, y in pairs))


def comma(folder: Path, pairs: list[Pair]) -> object:
    made = io.StringIO()
    csv.writer(made).writerows(pairs)
    return written(folder / "my.csv", made.getvalue())


def jsonl(folder: Path, pairs: list[Pair]) -> object:
    rows = (json.dumps({"source": x, "target": y}) for x, y in pairs)
    return written(folder / "my.jsonl", "".join(f"{row}\n" for row in rows))


def plain(folder: Path, pairs: list[Pair]) -> object:
    return (
        written(folder / "my.th", "".join(f"{x}\n" for x, _ in pairs)),
        written(folder / "my.en", "".join(f"{y}\n" for _, y in pairs)),
    )


def memory(folder: Path, pairs: list[Pair]) -> object:
    return pairs


def dataset(folder: Path, pairs: list[Pair]) -> object:
    return Dataset([{"source": x, "target": y} for x, y in pairs])


FORMATS = [tsv, comma, jsonl, plain, memory, dataset]
ON_DISK = [tsv, comma, jsonl, plain]
Format = Callable[[Path, list[Pair]], object]


def written(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def each_part(text: object, columns: Columns = Columns()) -> ParallelText:  # noqa: B008
    """Read thrice: the least that is a corpus."""
    return own(dict.fromkeys(("train", "dev", "test"), text), columns)


@pytest.mark.parametrize("make", FORMATS)
def test_every_format_gives_the_same_text(tmp_path: Path, make: Format) -> None:
    assert list(each_part(make(tmp_path, PAIRS)).train) == PAIRS


@pytest.mark.parametrize("make", ON_DISK)
def test_every_file_may_be_packed_and_come_from_windows(tmp_path: Path, make: Format) -> None:
    def packed(path: Path) -> Path:
        text = "\ufeff" + path.read_text(encoding="utf-8").replace("\n", "\r\n")
        return written(path.with_name(path.name + ".gz"), gzip.compress(text.encode()))

    made = make(tmp_path, PAIRS)
    text = tuple(map(packed, made)) if isinstance(made, tuple) else packed(made)
    assert list(each_part(text).train) == PAIRS


@pytest.mark.parametrize("make", FORMATS)
@pytest.mark.parametrize(
    ("pair", "said"),
    [
        (("", "wind"), "the source is empty; fill it in or delete the row"),
        (("ลม", " \u200b "), "the target is empty; fill it in or delete the row"),
        (("ล\0ม", "wind"), "holds a NUL character; a file that does is mostly UTF-16. Save it"),
        (("ลม", "wind " * 401), "the target has 2,005 characters, more than 2,000; cut it"),
    ],
    ids=["empty", "empty when normalised", "NUL", "too long"],
)
def test_every_format_refuses_the_same_rows_in_the_same_words(
    tmp_path: Path, make: Format, pair: Pair, said: str
) -> None:
    with pytest.raises(CorpusError, match=said) as refused:
        each_part(make(tmp_path, [*PAIRS, pair, *PAIRS]))
    assert "line 4" in str(refused.value) or "train[3]" in str(refused.value)


@pytest.mark.parametrize("make", ON_DISK)
def test_every_file_that_is_not_utf8_is_refused_at_its_line(tmp_path: Path, make: Format) -> None:
    made = make(tmp_path, PAIRS)
    last = made[-1] if isinstance(made, tuple) else made
    written(last, last.read_bytes().replace(b"fire", "ไฟ".encode("cp874")))
    with pytest.raises(CorpusError, match="line 2: byte 0xe4 at offset .* is not UTF-8"):
        each_part(made)


@pytest.mark.parametrize("coding", ["utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("make", ON_DISK)
def test_utf16_is_refused_with_and_without_its_mark(
    tmp_path: Path, make: Format, coding: str
) -> None:
    made = make(tmp_path, PAIRS)
    for path in made if isinstance(made, tuple) else (made,):
        written(path, path.read_text(encoding="utf-8").encode(coding))
    with pytest.raises(CorpusError, match="line 1.*UTF-16.*Save .* as UTF-8"):
        each_part(made)


TEXT = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=30
).filter(normalise)
ANY_PAIRS = st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=6)


@pytest.mark.parametrize("make", [comma, jsonl, memory, dataset])
@given(pairs=ANY_PAIRS)
def test_what_was_written_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, make: Format, pairs: list[Pair]
) -> None:
    folder = tmp_path_factory.getbasetemp()
    header = False if make is comma else None
    read = each_part(make(folder, pairs), Columns(header=header))
    assert list(read.train) == [(normalise(x), normalise(y)) for x, y in pairs]


def test_a_cell_in_quotes_holds_commas_quotes_and_line_breaks(tmp_path: Path) -> None:
    path = written(tmp_path / "my.csv", 'น้ำ,"water, ""clear""\nand cold"\nไฟ,fire\n')
    assert each_part(path).train.target == ('water, "clear" and cold', "fire")


@pytest.mark.parametrize(
    ("ending", "content", "message"),
    [
        ("csv", 'น้ำ,water\nไฟ,"fire\nดิน,earth\n', "my.csv, line 2: a quote is not closed"),
        ("csv", 'น้ำ,water\nไฟ,"fire\nดิน,"earth"\n', "my.csv, line 2: a quote is not closed"),
        ("csv", 'น้ำ,"wa"ter\nไฟ,fire\n', "my.csv, line 1: a quote .* stands alone inside a cell"),
        ("csv", 'น้ำ,"water\n\n"\nไฟ\n', "my.csv, line 4: column 2 is missing"),
        ("csv", "น้ำ;water\n", "my.csv, line 1: column 2 is missing"),
        ("csv", "\n", "my.csv is empty"),
        (
            "jsonl",
            '{"source": "น้ำ", "target": "water"}\n["ไฟ", "fire"]',
            "line 2 is a list, not an",
        ),
        ("jsonl", '{"source": "น้ำ"\n', "my.jsonl, line 1 is not JSON"),
        ("jsonl", "[" * 5000, "my.jsonl, line 1 is not JSON"),
        ("jsonl", "7\n", "my.jsonl, line 1 is '7', not an object"),
        ("jsonl", '{"source": "น้ำ", "target": null}\n', "line 1: the target is None, not text"),
        (
            "jsonl",
            '{"source": "\\ud800", "target": "a"}\n',
            "the source holds half a surrogate pair",
        ),
        (
            "jsonl",
            '{"source": "น้ำ", "target": "water"}\n\n{"source": "ไฟ", "target": "fire"}\n',
            "line 2 is not JSON",
        ),
        (
            "jsonl",
            '{"source": "น้ำ", "target": "water"}\n{"source": "ไฟ", "tgt": "fire"}\n',
            "line 2 has no column named 'target'; it has source, tgt",
        ),
    ],
)
def test_a_mistake_of_the_format_is_told_with_its_line(
    tmp_path: Path, ending: str, content: str, message: str
) -> None:
    with pytest.raises(CorpusError, match=message):
        each_part(written(tmp_path / f"my.{ending}", content))


def test_a_translation_holds_a_column_for_each_language() -> None:
    rows = [{"id": i, "translation": {"en": y, "th": x}} for i, (x, y) in enumerate(PAIRS)]
    assert list(each_part(Dataset(rows), Columns("th", "en")).train) == PAIRS


def test_a_column_that_a_dataset_lacks_is_named_with_those_there_are() -> None:
    with pytest.raises(CorpusError, match="no column named 'de'; it has th, en"):
        each_part(Dataset([{"th": "น้ำ", "en": "water"}]), Columns("th", "de"))


@pytest.mark.parametrize(("short", "long"), [("th", "en"), ("en", "th")])
def test_two_files_of_different_lengths_are_refused_with_both(
    tmp_path: Path, short: str, long: str
) -> None:
    written(tmp_path / f"a.{short}", "1\n2\n")
    written(tmp_path / f"a.{long}", "1\n2\n3\n4\n")
    with pytest.raises(CorpusError, match=f"a.{long} has 4 lines but .*a.{short} has 2; line i"):
        each_part((tmp_path / "a.th", tmp_path / "a.en"))


def test_a_blank_line_at_the_end_of_one_of_two_files_is_no_line(tmp_path: Path) -> None:
    files = written(tmp_path / "a.th", "น้ำ\nไฟ\n\n"), written(tmp_path / "a.en", "water\nfire")
    assert len(each_part(files).train) == 2


def test_line_1_of_two_plain_files_is_text_and_no_header(tmp_path: Path) -> None:
    files = written(tmp_path / "a.th", "source\nไฟ\n"), written(tmp_path / "a.en", "target\nfire")
    assert each_part(files).train.source == ("source", "ไฟ")
    with pytest.raises(CorpusError, match="rows of this kind have no header"):
        each_part(files, Columns(header=True))


def test_another_format_is_one_function(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def semicolons(path: Path) -> Iterator[tuple[str, list[str]]]:
        for line in path.read_text(encoding="utf-8").splitlines():
            yield str(path), line.split(";")

    monkeypatch.setitem(READERS, ".ssv", semicolons)
    assert list(each_part(written(tmp_path / "my.ssv", "น้ำ;water\n")).train) == PAIRS[:1]
