"""A corpus in use: its tokenizer learned once, its fingerprint, its exact teacher."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import tiny

from kdlab.corpora.minitalks import load_grammar
from kdlab.distill import reversed_corpus
from kdlab.errors import CorpusError, RecipeError, StoreError
from kdlab.experiments.corpus import Corpus, load_corpus
from kdlab.tokenizer import Tokenizer, TokenizerConfig

SMALL = TokenizerConfig("unigram", 24, 24)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KDLAB_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_text_read_before_becomes_a_corpus() -> None:
    corpus = load_corpus(tiny.text(), tokenizer=SMALL)
    assert (corpus.name, corpus.train, corpus.grammar) == ("invented", tiny.text().train, None)
    assert corpus.test is corpus.tests["test"]


def test_the_tokenizer_is_learned_once_and_found_again(monkeypatch: pytest.MonkeyPatch) -> None:
    first = load_corpus(tiny.text(), tokenizer=SMALL).tokenizer
    monkeypatch.setattr(Tokenizer, "train", None)
    assert load_corpus(tiny.text(), tokenizer=SMALL).tokenizer.fingerprint == first.fingerprint


def test_what_takes_minutes_is_announced_and_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.delenv("TQDM_DISABLE", raising=False)
    load_corpus(tiny.text(), tokenizer=SMALL)
    assert "Learning the pieces" not in capsys.readouterr().err
    monkeypatch.setattr("kdlab.experiments.corpus.AT_ONCE", 100)
    for times_said in (1, 0):
        load_corpus(tiny.text(), tokenizer=TokenizerConfig("unigram", 23, 22))
        assert capsys.readouterr().err.count("Learning the pieces of 96 pairs") == times_said


def test_other_sizes_are_another_tokenizer() -> None:
    sizes = TokenizerConfig("unigram", 23, 22)
    assert load_corpus(tiny.text(), tokenizer=sizes).tokenizer.target_size == 22


def rows(path: Path) -> Path:
    """The invented corpus as a file with a header."""
    parts = {"train": tiny.text().train, "dev": tiny.text().dev, "test": tiny.text().tests["test"]}
    lines = [f"{part}\t{x}\t{y}\n" for part, pairs in parts.items() for x, y in pairs]
    path.write_text("part\ten\tpig\n" + "".join(lines), encoding="utf-8")
    return path


def test_a_readers_own_file_becomes_a_corpus_with_its_own_split(tmp_path: Path) -> None:
    corpus = load_corpus(str(rows(tmp_path / "my.tsv")), tokenizer=SMALL)
    assert corpus.name == "my"
    assert corpus.fingerprint == tiny.corpus().fingerprint
    assert corpus.test.target == tiny.text().tests["test"].target


def test_what_was_read_of_ones_own_text_is_noted(tmp_path: Path, capsys) -> None:
    corpus = load_corpus(rows(tmp_path / "my.tsv"), tokenizer=SMALL)
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", corpus.text.read + "\n")
    assert "112 rows after a header, source 'en', target 'pig'" in told.err


def test_of_a_corpus_of_ours_nothing_is_noted(capsys) -> None:
    load_corpus(tiny.text(), tokenizer=SMALL)
    assert capsys.readouterr() == ("", "")


def test_a_file_called_real_has_not_reals_sizes(tmp_path: Path) -> None:
    corpus = load_corpus(rows(tmp_path / "real.tsv"))  # of which there are 2,000 pieces a side
    assert corpus.tokenizer.config.at_most


@pytest.mark.parametrize("kind", ["file", "two files", "mapping"])
def test_a_corpus_says_how_it_is_loaded_again_from_any_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.chdir(rows(tmp_path / "my.tsv").parent)
    pairs = list(tiny.text().train)
    for name, side in (("a.th", 0), ("a.en", 1)):
        Path(name).write_text("".join(f"{pair[side]}\n" for pair in pairs), encoding="utf-8")
    text, columns = {
        "file": ("my.tsv", {"source": "pig", "target": 2}),
        "two files": (("a.th", "a.en"), {}),
        "mapping": (dict.fromkeys(("train", "dev", "test"), ("a.th", "a.en")), {}),
    }[kind]
    corpus = load_corpus(text, "tiny", **columns, tokenizer=SMALL)
    monkeypatch.chdir("/")
    again = load_corpus(**json.loads(json.dumps(corpus.origin)))
    assert (again.fingerprint, again.origin) == (corpus.fingerprint, corpus.origin)


def test_text_in_memory_cannot_be_loaded_again() -> None:
    assert load_corpus(tiny.text(), tokenizer=SMALL).origin is None
    assert load_corpus([*tiny.text().train] * 2, tokenizer=SMALL).origin is None


def test_a_distilled_corpus_has_its_golds_origin_and_a_reversed_one_none(tmp_path: Path) -> None:
    gold = load_corpus(rows(tmp_path / "my.tsv"), tokenizer=SMALL)
    assert gold.with_train(gold.dev, "made up").origin == gold.origin
    assert reversed_corpus(gold).origin is None


def test_columns_are_for_ones_own_text() -> None:
    with pytest.raises(RecipeError, match="minitalks has its columns"):
        load_corpus("minitalks", split="part")


def test_a_file_too_small_for_the_usual_sizes_gets_as_many_pieces_as_it_allows() -> None:
    assert load_corpus(tiny.text()).tokenizer.source_size < 500


def test_a_store_that_cannot_be_made_is_told(home: Path) -> None:
    home.touch()
    with pytest.raises(StoreError, match="lock cannot be made"):
        load_corpus(tiny.text(), tokenizer=SMALL)


def test_an_unknown_corpus_is_refused_with_those_there_are() -> None:
    with pytest.raises(CorpusError, match="no corpus 'iwslt14'; expected one of minitalks, iwslt"):
        load_corpus("iwslt14")


@pytest.mark.parametrize("dial", [{"noise": 0.1}, {"ambiguity": 0.5}, {"coupling": 0}])
def test_a_dial_on_real_text_is_refused(dial: dict) -> None:
    with pytest.raises(RecipeError, match="iwslt15 has no dial for noise"):
        load_corpus("iwslt15", **dial)


def changed(**parts: object) -> Corpus:
    return Corpus(replace(tiny.text(), **parts), tiny.tokenizer())


@pytest.mark.parametrize(
    "other",
    [
        changed(train=tiny.text().train.head(5)),
        changed(dev=tiny.text().dev.head(5)),
        Corpus(
            tiny.text(),
            Tokenizer.train(*zip(*tiny.text().train, strict=True), TokenizerConfig("bpe", 24, 24)),
        ),
    ],
    ids=["train", "dev", "tokenizer"],
)
def test_the_fingerprint_changes_with_what_a_run_depends_on(other: Corpus) -> None:
    assert other.fingerprint != tiny.corpus().fingerprint


def test_the_fingerprint_ignores_the_tests() -> None:
    assert changed(tests={}).fingerprint == tiny.corpus().fingerprint


def test_other_targets_keep_pieces_and_tests_and_remember_their_teacher() -> None:
    teacher = tiny.translator()
    other = tiny.corpus().with_train(tiny.text().dev, "made up", teacher)
    assert (other.targets, other.teacher) == ("made up", teacher)
    assert other.tokenizer is tiny.tokenizer()
    assert other.tests == tiny.corpus().tests


def test_the_grammar_is_a_teacher_that_says_the_mode() -> None:
    grammar = load_grammar()
    sources = [grammar.running_example(name).thai for name in ("R1", "R2", "R3", "R4")]
    english = [t.text for source in sources for t in grammar.translations(source)[:200]]
    pieces = Tokenizer.train(sources, english, TokenizerConfig("bpe", 60, 80))
    corpus = Corpus(replace(tiny.text(), grammar=grammar), pieces)
    teacher = corpus.exact_teacher()
    assert teacher.translate(sources, beam=40) == [grammar.mode(source) for source in sources]


def test_without_a_grammar_there_is_no_exact_teacher() -> None:
    with pytest.raises(RecipeError, match="invented has no grammar"):
        tiny.corpus().exact_teacher()


def test_grammars_with_other_dials_are_other_teachers() -> None:
    keys = {
        Corpus(replace(tiny.text(), grammar=grammar), tiny.tokenizer()).exact_teacher().key
        for grammar in (load_grammar(), load_grammar(ambiguity=0.5), load_grammar(coupling=0.5))
    }
    assert len(keys) == 3
