"""Targets without spaces between words: counted in characters, everywhere, by one decision."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import sacrebleu
import tiny
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from kdlab.cli import app
from kdlab.corpora import Pairs, ParallelText, Unit
from kdlab.distill import choose, interpolation, reversed_corpus
from kdlab.errors import RecipeError
from kdlab.experiments.compare import compare
from kdlab.experiments.train import train
from kdlab.metrics import (
    bleu,
    chrf,
    length_ratio,
    lexical_diversity,
    linked_words,
    scores,
    sentence_bleu,
    signatures,
)
from kdlab.metrics.bleu import bleu_counts
from kdlab.metrics.outputs import outputs
from kdlab.metrics.samples import samples
from kdlab.metrics.scores import dev_scores
from kdlab.training.stopping import worth

THAI = ["ฉันชอบดื่มน้ำเย็น", "แมวนอนอยู่บนเสื่อ", "พรุ่งนี้เราจะลองอีกครั้ง TED ครับ"]
SAID = ["ฉันชอบน้ำเย็น", "แมวอยู่บนเสื่อ", "พรุ่งนี้เราลองครั้งหนึ่งครับ"]
ENGLISH = ["I like to drink cold water", "the cat lies on the mat", "we will try again , Mr. สมชาย"]
INTO_THAI = reversed_corpus(tiny.corpus())
DEV = INTO_THAI.dev


UNSPACED = (
    "ฉันรักเธอ", "ฉันรักเธอ TED 2012", "我喜欢喝冷水。", "私は水を飲みます。", "ខ្ញុំចូលចិត្តទឹក", "ຂ້ອຍມັກນ້ຳ",
    "ကျွန်တော်ရေသောက်တယ်", "𠀀𠀁𠀂",
)  # fmt: skip
SPACED = (
    "I like ฉัน very much", "나는 물을 마신다", "Donaudampfschifffahrt ist ein langes Wort",
    "عندي ماء بارد", "मुझे पानी पसंद है", "dorma", "2012", "",
)  # fmt: skip


@pytest.mark.parametrize("text", UNSPACED)
def test_a_script_without_spaces_between_words_is_counted_in_characters(text: str) -> None:
    assert Unit.of([text]) is Unit.CHARACTER


@pytest.mark.parametrize("text", SPACED)
def test_a_script_with_spaces_is_counted_in_words(text: str) -> None:
    assert Unit.of([text]) is Unit.WORD


def test_any_text_whose_words_touch_is_counted_in_characters() -> None:
    assert Unit.of(["".join(line.split()) + "andsoon" for line in ENGLISH]) is Unit.CHARACTER


def test_no_text_is_counted_in_words() -> None:
    assert Unit.of([]) is Unit.WORD


@given(st.lists(st.sampled_from([*THAI, *ENGLISH]), min_size=1))
def test_one_other_line_does_not_change_a_long_text(lines: list[str]) -> None:
    assert Unit.of(THAI * 200 + lines) is Unit.CHARACTER
    assert Unit.of(ENGLISH * 200 + lines) is Unit.WORD


def test_a_unit_that_is_none_is_refused_by_name() -> None:
    with pytest.raises(RecipeError, match="unit is 'syllable'; expected 'word' or 'character'"):
        bleu(SAID, [THAI], "syllable")


def test_every_split_is_counted_as_the_gold_targets_are() -> None:
    test = Pairs("test", ("cold",), ("TED",))
    text = ParallelText(
        "own", "standard", Pairs("a", ("x", "y"), tuple(THAI[:2])), test, {"t": test}
    )
    units = [text.unit, *(pairs.unit for pairs in (text.train, text.dev, text.tests["t"]))]
    assert units == [Unit.CHARACTER] * 4


def test_what_a_teacher_says_decides_nothing() -> None:
    gold = tiny.corpus()
    said = gold.with_train(Pairs("train", ("x",), (THAI[0],)), "from elsewhere")
    assert {said.text.unit, said.train.unit, said.test.unit} == {Unit.WORD}
    assert DEV.spread(3).unit is DEV.with_target(("dorma",) * 8).unit is Unit.CHARACTER


def test_a_turned_corpus_decides_anew() -> None:
    assert (INTO_THAI.text.unit, INTO_THAI.test.unit) == (Unit.CHARACTER, Unit.CHARACTER)
    assert reversed_corpus(INTO_THAI).test.unit is Unit.WORD


def test_a_unit_can_be_given() -> None:
    text = replace(tiny.text(), unit="character")
    assert text.dev.unit is text.unit is Unit.CHARACTER


def test_bleu_of_thai_is_sacrebleus_of_characters() -> None:
    direct = sacrebleu.corpus_bleu(SAID, [THAI], tokenize="char").score
    assert bleu(SAID, [THAI]) == pytest.approx(direct, abs=1e-5)
    assert bleu(SAID, [THAI], "word") == 0.0 < direct


def test_the_references_decide_and_not_what_is_said() -> None:
    direct = sacrebleu.corpus_bleu(THAI, [ENGLISH]).score
    assert bleu(THAI, [ENGLISH]) == pytest.approx(direct, abs=1e-5)


def test_a_sentences_bleu_is_of_characters_too() -> None:
    direct = sacrebleu.sentence_bleu(SAID[0], [THAI[0]], tokenize="char").score
    assert sentence_bleu(SAID[0], THAI[0]) == pytest.approx(direct, abs=1e-5)


def test_of_the_n_best_the_one_with_most_characters_right_is_chosen(tmp_path: Path) -> None:
    other, near = "ขอบคุณมาก", SAID[0]
    assert choose([other, near], THAI[0]) == 1

    class Says:
        name = key = "says"

        def nbest(self, lines: list[str], beam: int, rule: object) -> list[list]:
            return [[(other, -1.0), (near, -2.0)] for _ in lines]

    gold = INTO_THAI.with_train(Pairs("train", ("x",), (THAI[0],)), "gold")
    assert interpolation(Says(), gold, 2, folder=tmp_path).train.target == (near,)


def test_the_signature_says_which_pieces_were_counted() -> None:
    assert "tok:char" in signatures("character")["bleu"]
    assert signatures() == signatures(Unit.WORD)
    assert "tok:13a" in signatures()["bleu"]


def test_lengths_are_in_characters_without_the_space_between() -> None:
    assert length_ratio(["ฉันรัก"], ["ฉัน รัก เธอ"]) == 6 / 9
    assert Unit.CHARACTER.count(["ฉัน รัก", "เธอ"]) == 9
    assert lexical_diversity(["มากมาก"]).types == 3


def test_links_are_to_characters() -> None:
    (linked,) = linked_words(Pairs("one", ("cold",), ("น้ำ",)), str.split)
    assert {y for _, y in linked} <= set("น้ำ")


def test_a_row_names_its_unit() -> None:
    row = scores(tiny.translator(), DEV)
    assert "characters_per_s_greedy" in row and not any("words" in name for name in row)
    gold = scores(tiny.translator(), tiny.text().dev)
    assert "words_per_s_beam5" in gold and not any("characters" in name for name in gold)


def test_a_row_is_of_characters_whatever_is_said() -> None:
    back = train(tiny.recipe(), INTO_THAI)
    said = outputs(back, DEV)
    row = scores(back, DEV, said=said)
    assert row["bleu_greedy"] == bleu(said.greedy.lines, [DEV.target], "character") > 0
    assert row["length_ratio"] == length_ratio(said.greedy.lines, DEV.target, "character")
    counts = bleu_counts(said.greedy.lines, DEV.target)[:, 9]
    assert counts.tolist() == [len(line) for line in DEV.target]
    assert samples(said, DEV)["bleu_greedy"].parts[:, 9].tolist() == counts.tolist()


def test_dev_is_watched_by_chrf_only_where_words_touch() -> None:
    pairs, back = tiny.text().dev, train(tiny.recipe(), INTO_THAI)
    assert dev_scores(tiny.translator(), pairs, 8, 1).keys() == {"bleu", "ppl"}
    row = dev_scores(back, DEV, 8, 1)
    assert row["chrf"] == chrf(back.translate(DEV.source), [DEV.target])
    assert row["bleu"] == bleu(back.translate(DEV.source), [DEV.target], "character")


def test_chrf_chooses_where_it_is_there() -> None:
    early = {"bleu": 3.4, "ppl": 9.0, "chrf": 5.0}
    late = {"bleu": 0.0, "ppl": 2.0, "chrf": 30.0}
    assert worth(late) > worth(early)
    assert worth({**early, "chrf": 0.0}) == 0.0


def test_a_model_into_thai_keeps_the_checkpoint_with_the_best_chrf() -> None:
    settings = replace(tiny.SETTINGS, updates=60, every=6, patience=99)
    run = train(tiny.recipe(training=settings), INTO_THAI)
    seen = [record["scores"]["chrf"] for record in run.history]
    assert len(set(seen)) > 1
    assert run.selected_on["chrf"] == max(seen)
    assert chrf(run.translate(DEV.spread(4).source), [DEV.spread(4).target]) == max(seen)


def test_a_run_that_was_chosen_otherwise_is_not_found_again() -> None:
    """Only of text that is counted in characters: other runs keep their keys."""
    words = replace(INTO_THAI, text=replace(INTO_THAI.text, unit=Unit.WORD))
    assert words.fingerprint != INTO_THAI.fingerprint
    assert replace(INTO_THAI, targets="other").fingerprint == INTO_THAI.fingerprint


def test_a_table_says_that_bleu_is_of_characters() -> None:
    columns = set(compare([tiny.translator()], DEV).columns)
    assert {"char BLEU@1", "char BLEU@5", "characters/s"} <= columns
    assert not {"BLEU@1", "words/s"} & columns
    assert {"BLEU@1", "words/s"} <= set(compare([tiny.translator()], tiny.text().dev).columns)


def test_a_file_into_thai_is_counted_in_characters_up_to_the_command(tmp_path: Path) -> None:
    path, pairs = tmp_path / "into.tsv", [*INTO_THAI.train, *DEV, *INTO_THAI.test]
    path.write_text("".join(f"{x}\t{y}\n" for x, y in pairs), encoding="utf-8")
    where = ["--corpus", str(path), "--preset", "tiny", "--vocab", "24"]
    run = CliRunner().invoke(app, ["train", *where, "--updates", "3"])
    assert "dev chrf" in run.stderr
    told = CliRunner().invoke(app, ["evaluate", run.stdout.strip(), *where, "--json"])
    about = json.loads(told.stdout)
    assert about["unit"] == "character" and "tok:char" in about["signatures"]["bleu"]
    assert "characters_per_s_greedy" in about["scores"]
