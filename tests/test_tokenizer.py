"""Pieces: there and back, the same from the same text, refused where the text is too small."""

import hashlib
import io
import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest
import sentencepiece
import tiny
from hypothesis import given, settings
from hypothesis import strategies as st

from kdlab import thai
from kdlab.corpora import Pairs, ParallelText
from kdlab.errors import CheckpointError, CorpusError, RecipeError
from kdlab.experiments.corpus import TOKENIZER_VERSION, load_corpus
from kdlab.special_ids import IDS
from kdlab.tokenizer import Tokenizer, TokenizerConfig

SENTENCES = ["น้ำใสไหลเย็น", "ทำงานตามลำดับ", "คำนำของหนังสือ", "เขาจำคำนั้นได้"]
ENGLISH = ["clear cool water", "work goes in order", "a word before", "he knew that word"]
SOURCES = st.lists(st.sampled_from(tiny.SOURCE_WORDS), min_size=1, max_size=8)
TARGETS = st.lists(st.sampled_from(tiny.TARGET_WORDS), max_size=8)


def thai_tokenizer(**options: object) -> Tokenizer:
    """Learned from four Thai sentences."""
    config = TokenizerConfig(**{"kind": "bpe", "source_size": 30, "target_size": 25, **options})
    return Tokenizer.train(SENTENCES * 3, ENGLISH * 3, config)


@given(TARGETS)
@settings(max_examples=40, deadline=None)
def test_a_target_comes_back(words: list[str]) -> None:
    line = " ".join(words)
    (ids,) = tiny.tokenizer().encode_target([line])
    assert ids[-1] == IDS.eos
    assert tiny.tokenizer().decode(ids) == line


@given(SOURCES)
@settings(max_examples=40, deadline=None)
def test_a_source_comes_back(words: list[str]) -> None:
    (ids,) = tiny.tokenizer().encode_source(["".join(words)])
    assert tiny.tokenizer().decode_source(ids) == "".join(words)


@pytest.mark.parametrize("kind", ["unigram", "bpe"])
@pytest.mark.parametrize("line", SENTENCES)
def test_sara_am_stays_one_character(kind: str, line: str) -> None:
    split = line.replace(thai.SARA_AM, thai.NIKHAHIT + thai.SARA_AA)
    tokenizer = thai_tokenizer(kind=kind)
    ids = tokenizer.encode_source([line, split])
    assert ids[0] == ids[1]
    assert tokenizer.decode_source(ids[0]) == thai.normalise(line)
    assert thai.NIKHAHIT not in "".join(tokenizer.source_pieces(line))


def test_pieces_are_learned_from_normalised_text() -> None:
    split = [line.replace(thai.SARA_AM, thai.NIKHAHIT + thai.SARA_AA) for line in SENTENCES]
    config = thai_tokenizer().config
    learned = Tokenizer.train(split * 3, [f" {line}  " for line in ENGLISH] * 3, config)
    assert learned.fingerprint == thai_tokenizer().fingerprint


def test_pieces_put_together_are_the_text() -> None:
    pieces = tiny.tokenizer().target_pieces("dorma relu")
    assert "".join(pieces) == "▁dorma▁relu"
    assert len(pieces) + 1 == len(tiny.tokenizer().encode_target(["dorma relu"])[0])


def test_decoding_stops_at_eos_and_skips_padding_and_bos() -> None:
    (ids,) = tiny.tokenizer().encode_target(["misto"])
    assert tiny.tokenizer().decode([IDS.bos, *ids, IDS.pad, *ids]) == "misto"


def test_an_unknown_character_becomes_the_unknown_piece() -> None:
    (ids,) = tiny.tokenizer().encode_target(["dorma ☂"])
    assert IDS.unk in ids


def test_no_piece_of_a_text_is_a_special_one() -> None:
    (ids,) = tiny.tokenizer().encode_target(["<s> </s> <pad>"])
    assert not {IDS.pad, IDS.bos, IDS.eos} & set(ids[:-1])


def test_the_same_text_gives_the_same_tokenizer() -> None:
    assert thai_tokenizer().fingerprint == thai_tokenizer().fingerprint
    assert thai_tokenizer().fingerprint != thai_tokenizer(source_size=31).fingerprint


def test_sizes_are_the_ones_asked_for() -> None:
    tokenizer = thai_tokenizer(source_size=47, target_size=41)
    assert (tokenizer.source_size, tokenizer.target_size) == (47, 41)


def test_a_joint_model_serves_both_sides() -> None:
    tokenizer = thai_tokenizer(joint=True, source_size=80)
    assert tokenizer.source_size == tokenizer.target_size == 80
    assert tokenizer.encode_source(ENGLISH) == tokenizer.encode_target(ENGLISH)


def test_a_saved_tokenizer_comes_back(tmp_path: Path) -> None:
    thai_tokenizer().save(tmp_path)
    loaded = Tokenizer.load(tmp_path)
    assert loaded.fingerprint == thai_tokenizer().fingerprint
    assert loaded.config == thai_tokenizer().config
    assert loaded.encode_source(SENTENCES) == thai_tokenizer().encode_source(SENTENCES)


@pytest.mark.parametrize("kind", ["unigram", "bpe"])
@pytest.mark.parametrize("option", ["source_size", "target_size"])
def test_more_pieces_than_the_text_allows_are_refused_with_the_most(kind: str, option: str) -> None:
    with pytest.raises(RecipeError, match=rf"{option} is 5000; this text allows at most \d+\."):
        thai_tokenizer(**{"kind": kind, option: 5000})


@pytest.mark.parametrize("kind", ["unigram", "bpe"])
def test_the_most_that_is_named_is_accepted(kind: str) -> None:
    with pytest.raises(RecipeError, match="at most") as refused:
        thai_tokenizer(kind=kind, target_size=5000)
    most = int(str(refused.value).split("at most ")[1].split(".")[0])
    assert thai_tokenizer(kind=kind, target_size=most).target_size == most


@pytest.mark.parametrize("kind", ["unigram", "bpe"])
def test_fewer_pieces_than_characters_are_refused_with_the_least(kind: str) -> None:
    with pytest.raises(RecipeError, match="source_size is 8; this text allows at least 29"):
        thai_tokenizer(kind=kind, source_size=8)
    assert thai_tokenizer(kind=kind, source_size=29).source_size == 29


@pytest.mark.parametrize("size", [4, 0, -1])
@pytest.mark.parametrize("option", ["source_size", "target_size"])
def test_no_room_beside_the_special_pieces_is_refused(option: str, size: int) -> None:
    with pytest.raises(RecipeError, match=f"{option} is {size}; expected more than the 4 special"):
        TokenizerConfig(**{option: size})


def test_no_text_is_refused() -> None:
    with pytest.raises(RecipeError, match="source_size is 20; this text allows no such size"):
        Tokenizer.train([], [], TokenizerConfig(source_size=20, target_size=20))


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(RecipeError, match="kind is 'word'; expected 'unigram' or 'bpe'"):
        TokenizerConfig(kind="word")


@pytest.mark.parametrize("file", ["source.model", "target.model", "tokenizer.json"])
@pytest.mark.parametrize("damage", ["missing", "empty", "cut", "garbage"])
def test_a_damaged_folder_is_refused_by_name(tmp_path: Path, file: str, damage: str) -> None:
    thai_tokenizer().save(tmp_path)
    path = tmp_path / file
    content = path.read_bytes()
    if damage == "missing":
        path.unlink()
    else:
        cut = {"empty": b"", "cut": content[: len(content) // 2], "garbage": b"\xff"}
        path.write_bytes(cut[damage])
    with pytest.raises(CheckpointError, match=f"{tmp_path} does not hold a whole tokenizer"):
        Tokenizer.load(tmp_path)


def test_options_of_another_version_are_refused(tmp_path: Path) -> None:
    thai_tokenizer().save(tmp_path)
    (tmp_path / "tokenizer.json").write_text(json.dumps({"flavour": "sweet"}))
    with pytest.raises(CheckpointError, match="flavour"):
        Tokenizer.load(tmp_path)


@pytest.mark.parametrize("kind", ["unigram", "bpe"])
def test_a_size_that_is_an_upper_limit_is_cut_to_what_the_text_allows(kind: str) -> None:
    lines = ["the cat sat on the mat", "a dog sat", "the dog ran"]
    config = TokenizerConfig(kind, 500, 500, at_most=True)
    assert 10 < Tokenizer.train(lines, lines, config).source_size < 100


@pytest.mark.parametrize("encode", ["encode_source", "encode_target"])
def test_one_string_is_no_list_of_sentences(encode: str) -> None:
    """Its letters would be encoded, a sentence each."""
    with pytest.raises(CorpusError, match="Got one string, 'one sentence'; give a list"):
        getattr(tiny.tokenizer(), encode)("one sentence")


def told(lines: list[str]) -> Tokenizer:
    """A small tokenizer of these lines beside the Thai ones."""
    config = TokenizerConfig("unigram", 60, 60, at_most=True)
    return Tokenizer.train(SENTENCES * 3 + lines, ENGLISH * 3 + lines, config)


@pytest.mark.parametrize("more", ["q", "qq", "q" * 20_000])
def test_the_characters_of_the_longest_line_are_known(more: str) -> None:
    """SentencePiece skips lines over 4,192 bytes without a word; 4,191 are there already."""
    (ids,) = told(["ฝ" * 1397 + more]).encode_source(["ฝq"])
    assert IDS.unk not in ids


def test_a_line_with_the_reserved_character_is_learned_from_but_for_it() -> None:
    tokenizer = told(["q ▅ q"] * 3)
    (seen,), (reserved,) = tokenizer.encode_target(["qq"]), tokenizer.encode_target(["▅"])
    assert IDS.unk not in seen and IDS.unk in reserved


def test_pieces_of_lines_that_fit_are_sentencepieces_own() -> None:
    """Bytes and all, since runs that were trained are found by them."""
    lines, model = [*SENTENCES * 3, "ฝ" * 1397 + "q"], io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(lines), model_writer=model, model_type="bpe", vocab_size=40,
        hard_vocab_limit=True, normalization_rule_name="identity", character_coverage=1.0,
        pad_id=IDS.pad, bos_id=IDS.bos, eos_id=IDS.eos, unk_id=IDS.unk, num_threads=1,
        minloglevel=2,
    )  # fmt: skip
    config, own = TokenizerConfig("bpe", 40, 40), model.getvalue()
    learned = Tokenizer.train(lines, lines, config)
    assert learned.fingerprint == Tokenizer(config, own, own).fingerprint


@pytest.mark.parametrize("fault", [KeyboardInterrupt, MemoryError, TypeError])
def test_what_happens_while_lines_are_read_is_not_taken_for_a_size(fault: type) -> None:
    def lines() -> Iterator[str]:
        yield from SENTENCES
        raise fault

    with pytest.raises(fault):
        Tokenizer.train(lines(), ENGLISH, TokenizerConfig(source_size=30, target_size=25))


def test_pieces_that_were_learned_without_the_long_lines_are_not_found_again(
    monkeypatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("KDLAB_HOME", str(tmp_path))
    pairs = Pairs("long", (*SENTENCES, "ฝ" * 2000), (*ENGLISH, "far"))
    text = ParallelText("long", "standard", pairs, pairs, {"test": pairs})
    config = TokenizerConfig(source_size=60, target_size=60, at_most=True)
    what = f"{TOKENIZER_VERSION} {asdict(config)} {pairs.fingerprint}"
    key = hashlib.sha256(what.encode()).hexdigest()[:16]
    Tokenizer.train(SENTENCES, ENGLISH, config).save(tmp_path / "tokenizers" / key)
    (ids,) = load_corpus(text, tokenizer=config).tokenizer.encode_source(["ฝ"])
    assert IDS.unk not in ids
