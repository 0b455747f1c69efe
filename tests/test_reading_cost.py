"""Reading one's own text: bounded in memory, linear in time, and no larger than it says."""

import gzip
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from kdlab.corpora import Columns, limits, own
from kdlab.corpora.lines import read_lines
from kdlab.corpora.readers import READERS
from kdlab.errors import CorpusError

ROW = {
    ".tsv": "ผมมีบ้านหลังที่ {0}\tI have house number {0}\n",
    ".csv": 'ผมมีบ้านหลังที่ {0},"I have, ""yes"",\nhouse number {0}"\n',
    ".jsonl": '{{"source": "ผมมีบ้านหลังที่ {0}", "target": "I have house number {0}"}}\n',
}


def table(folder: Path, ending: str, rows: int) -> Path:
    path = folder / f"{rows}{ending}"
    path.write_text("".join(ROW[ending].format(i) for i in range(rows)), encoding="utf-8")
    return path


def seconds(call: Callable[[], object]) -> float:
    """CPU time of the fastest of three."""
    took = []
    for _ in range(3):
        start = time.process_time()
        call()
        took.append(time.process_time() - start)
    return min(took)


def test_every_ending_is_timed() -> None:
    assert set(ROW) == set(READERS)


@pytest.mark.parametrize("ending", ROW)
def test_ten_times_the_rows_take_about_ten_times_as_long(tmp_path: Path, ending: str) -> None:
    small, large = table(tmp_path, ending, 400), table(tmp_path, ending, 4000)
    assert seconds(lambda: own(large)) < 20 * seconds(lambda: own(small))


def memory(call: Callable[[], object]) -> int:
    """Bytes that a call takes at its most."""
    tracemalloc.start()
    call()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


@pytest.mark.parametrize("ending", ROW)
def test_more_rows_take_300_bytes_each_and_twice_their_own(tmp_path: Path, ending: str) -> None:
    small, large = table(tmp_path, ending, 500), table(tmp_path, ending, 2500)
    own(small)  # what is loaded but once
    more_bytes = large.stat().st_size - small.stat().st_size
    more = memory(lambda: own(large)) - memory(lambda: own(small))
    assert more < 2000 * 300 + 2 * more_bytes


@pytest.mark.parametrize("text", [b"a" * (40 << 20), b"\n" * (40 << 10)], ids=["a line", "lines"])
def test_what_unpacks_to_more_than_is_read_takes_little_memory(
    tmp_path: Path, text: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "LINE_BYTES", 20_000)
    monkeypatch.setattr(limits, "ALL_BYTES", 20_000)
    bomb = tmp_path / "my.tsv.gz"
    bomb.write_bytes(gzip.compress(text))

    def read() -> None:
        with pytest.raises(CorpusError, match="(line 1 is longer|.gz holds more) than 20,000"):
            own(bomb)

    assert memory(read) < 1 << 20


def test_an_overlong_line_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "LINE_BYTES", 20)
    path = tmp_path / "my.txt"
    path.write_text("x" * 19 + "\n" + "y" * 20 + "\n", encoding="utf-8")
    with pytest.raises(CorpusError, match="my.txt, line 2 is longer than 20 bytes; is it text"):
        read_lines(path)


def test_more_rows_than_are_read_are_refused_where_they_begin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "ROWS", 100)
    with pytest.raises(CorpusError, match="101.tsv, line 101 is beyond the 100 rows that are read"):
        own(table(tmp_path, ".tsv", 101))
    with pytest.raises(CorpusError, match=r"dev\[60\] is beyond the 100 rows"):
        own({"train": [("น้ำ", "water")] * 40, "dev": [("น้ำ", "water")] * 70}, Columns())


def test_a_limit_can_be_raised(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pairs = [("น้ำ" * 1000, "water")]
    with pytest.raises(CorpusError, match=r"train\[0\].*3,000 characters, more than 2,000"):
        own({"train": pairs, "dev": pairs, "test": pairs})
    monkeypatch.setattr(limits, "SENTENCE", 3_000)
    assert own({"train": pairs, "dev": pairs, "test": pairs}).train.source == ("น้ำ" * 1000,)
