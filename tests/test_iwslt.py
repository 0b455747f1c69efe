"""The WIT3 release, read from an archive of invented lines in its layout."""

import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from kdlab.corpora.iwslt import fetch_iwslt15, iwslt15
from kdlab.corpora.wit3 import read_segments, read_tagged
from kdlab.errors import CorpusError, RecipeError

TAGS = (
    "<url>http://example.org/{talk}</url>\n<keywords>talks</keywords>\n<talkid>{talk}</talkid>\n"
    "<title>A title</title>\n<description>TED Talk: a description</description>\n"
)
THAI = {
    "1": ["ผมมี & บ้าน", "", "น\u0e4d\u0e49\u0e32ใส"],
    "2": ["ขอบคุณครับ"],
}
ENGLISH = {"1": ["I have a house & home", "nobody said this", "clear water"], "2": ["Thank you."]}


def tagged(talks: dict[str, list[str]]) -> str:
    """A train.tags file."""
    end = '<reviewer href="x">R</reviewer>\n<translator href="x">T</translator>\n'
    return "".join(
        TAGS.format(talk=talk) + "".join(f"{line}\n" for line in lines) + end
        for talk, lines in talks.items()
    )


def mteval(talks: dict[str, list[str]]) -> str:
    """A test file in NIST's mteval form."""
    docs = "".join(
        f'<doc docid="{talk}" genre="lectures">\n<title>T</title>\n'
        + "".join(
            f'<seg id="{i}"> {line.replace("&", "&amp;")} </seg>\n'
            for i, line in enumerate(lines, 1)
        )
        + "</doc>\n"
        for talk, lines in talks.items()
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<mteval>\n<refset>\n{docs}</refset>\n</mteval>'


def release() -> dict[str, str]:
    """The files of th-en.tgz."""
    files = {"README": "invented", "train.tags.th-en.th": tagged(THAI)}
    files["train.tags.th-en.en"] = tagged(ENGLISH)
    for year in ("tst2010", "tst2011", "tst2012", "tst2013"):
        files[f"IWSLT15.TED.{year}.th-en.th.xml"] = mteval(THAI)
        files[f"IWSLT15.TED.{year}.th-en.en.xml"] = mteval(ENGLISH | {"2": [f"Thank you, {year}."]})
    return files


@pytest.fixture
def pack(tmp_path: Path) -> Callable[[dict[str, str]], Path]:
    """Files to 2015-01.tgz, the Thai-English archive inside it as in the release."""

    def packed(files: dict[str, str]) -> Path:
        inner = tmp_path / "th-en.tgz"
        with tarfile.open(inner, "w:gz") as tar:
            for name, content in files.items():
                (tmp_path / name).write_text(content, encoding="utf-8")
                tar.add(tmp_path / name, f"th-en/{name}")
        with tarfile.open(tmp_path / "2015-01.tgz", "w:gz") as tar:
            tar.add(inner, "2015-01/texts/th/en/th-en.tgz")
        return tmp_path / "2015-01.tgz"

    return packed


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KDLAB_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


Pack = Callable[[dict[str, str]], Path]


def test_tag_lines_are_not_sentences_and_thai_is_normalised(pack: Pack) -> None:
    train = iwslt15(archive=pack(release())).train
    assert train.source == ("ผมมี & บ้าน", "น้ำใส", "ขอบคุณครับ")
    assert train.target == ("I have a house & home", "clear water", "Thank you.")


def test_a_pair_with_an_empty_side_is_dropped_and_counted(pack: Pack) -> None:
    record = iwslt15(archive=pack(release())).files[0]
    assert (record["file"], record["sentences"], record["empty"]) == ("train.tags.th-en.th", 3, 1)


def test_no_year_is_both_dev_and_test(pack: Pack) -> None:
    text = iwslt15(archive=pack(release()))
    assert text.dev.target[2::3] == ("Thank you, tst2010.", "Thank you, tst2011.")
    assert text.tests["tst2012-13"].target[2::3] == ("Thank you, tst2012.", "Thank you, tst2013.")
    assert list(text.tests) == ["tst2012", "tst2013", "tst2012-13"]


def test_entities_of_the_xml_are_resolved(pack: Pack) -> None:
    assert iwslt15(archive=pack(release())).dev.source[0] == "ผมมี & บ้าน"


def test_line_counts_that_differ_are_told_with_both_and_the_talk(pack: Pack) -> None:
    files = release() | {"train.tags.th-en.en": tagged(ENGLISH | {"2": ["Thank you.", "Bye."]})}
    with pytest.raises(CorpusError, match="th has 4 sentences but .*en has 5; .* in talk 2"):
        iwslt15(archive=pack(files))


@pytest.mark.parametrize("language", ["th", "en"])
def test_a_segment_missing_on_one_side_is_named(pack: Pack, language: str) -> None:
    name = f"IWSLT15.TED.tst2011.th-en.{language}.xml"
    files = release()
    files[name] = files[name].replace('<seg id="2">  </seg>\n', "").replace(
        '<seg id="2"> nobody said this </seg>\n', ""
    )  # fmt: skip
    with pytest.raises(CorpusError, match=f"{name} has no segment 2 of talk 1.* 3 and 4 segments"):
        iwslt15(archive=pack(files))


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("</seg>\n<seg id=\"3\">", '<seg id="3">', "segment 2 of talk 1 is not closed"),
        (' id="3"', ' id="1"', "segment 1 of talk 1 comes twice"),
        ("</seg>\n</doc>\n</refset>\n</mteval>", "", "cut short: segment 1 of talk 2"),
        ("seg", "s", "cut short: it has no segment"),
    ],
)  # fmt: skip
def test_a_broken_test_file_is_told(tmp_path: Path, before: str, after: str, message: str) -> None:
    (tmp_path / "x.xml").write_text(mteval(THAI).replace(before, after), encoding="utf-8")
    with pytest.raises(CorpusError, match=f"x.xml.*{message}"):
        read_segments(tmp_path / "x.xml")


def test_xml_that_is_not_well_formed_is_read_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "x.xml").write_text("<doc docid='7'><url>a?b&c<seg id='1'>R&D <3</seg>")
    assert read_segments(tmp_path / "x.xml") == {("7", "1"): "R&D <3"}


def test_a_sentence_that_begins_with_an_angle_is_no_tag(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("<talkid>9</talkid>\n<3 to you\n<laugh> yes\n")
    assert read_tagged(tmp_path / "x") == [("9", "<3 to you"), ("9", "<laugh> yes")]


def test_without_a_fetch_the_command_is_told() -> None:
    with pytest.raises(CorpusError, match="kdlab fetch iwslt15 --from FILE"):
        iwslt15()


def test_what_was_fetched_is_read(pack: Pack) -> None:
    fetch_iwslt15(pack(release()))
    assert len(iwslt15().train) == 3


def test_the_inner_archive_will_do(pack: Pack) -> None:
    fetch_iwslt15(pack(release()).with_name("th-en.tgz"))
    assert len(iwslt15().train) == 3


def test_another_archive_of_the_same_name_is_an_error(pack: Pack) -> None:
    fetch_iwslt15(pack(release()))
    with pytest.raises(CorpusError, match="2015-01.tgz has SHA-256 .* when it was first seen"):
        fetch_iwslt15(pack(release() | {"README": "changed"}))


def test_a_wrong_archive_leaves_what_was_fetched(pack: Pack) -> None:
    fetch_iwslt15(pack(release()))
    with pytest.raises(CorpusError, match="has neither th-en.tgz nor train.tags.th-en.th"):
        fetch_iwslt15(pack({"README": "invented"}))
    assert len(iwslt15().train) == 3


def test_an_archive_cut_short_is_neither_kept_nor_recorded(pack: Pack, home: Path) -> None:
    archive = pack(release())
    archive.write_bytes(archive.read_bytes()[:-100])
    with pytest.raises(CorpusError, match="2015-01.tgz is cut short"):
        fetch_iwslt15(archive)
    assert list((home / "corpora").iterdir()) == []


def test_an_unknown_preset_is_told(pack: Pack) -> None:
    with pytest.raises(RecipeError, match="preset is 'huge'; iwslt15 has tiny, standard"):
        iwslt15("huge", archive=pack(release()))


def test_the_real_archive_has_its_four_test_sets(data_dir: Path) -> None:
    text = iwslt15(archive=data_dir / "2015-01.tgz")
    sizes = {name: len(pairs) for name, pairs in text.tests.items()}
    assert sizes == {"tst2012": 1086, "tst2013": 1246, "tst2012-13": 2332}
    assert len(text.dev) == 1252 + 658


def test_the_tiny_preset_is_the_beginning(data_dir: Path) -> None:
    text = iwslt15("tiny", archive=data_dir / "2015-01.tgz")
    assert (text.preset, len(text.dev), len(text.tests["tst2013"])) == ("tiny", 200, 200)
