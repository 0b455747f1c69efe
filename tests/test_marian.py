"""A Marian of Hugging Face's as a teacher: a tiny random one, made here, nothing downloaded."""

import json
import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import sentencepiece
import tiny
import torch

import kdlab as kd
from kdlab.errors import CheckpointError, RecipeError
from kdlab.losses import WordKD
from kdlab.marian import load_marian
from kdlab.special_ids import IDS

os.environ.setdefault("HF_HUB_OFFLINE", "1")
if os.environ.get("KDLAB_NO_SKIP") == "1":
    import transformers
else:
    transformers = pytest.importorskip("transformers", reason="the extra kdlab[hf] is missing")


def pieces(lines: tuple[str, ...], stem: Path) -> list[str]:
    """A SentencePiece model with Marian's own special ids; its pieces."""
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(lines), model_prefix=str(stem), vocab_size=24,
        hard_vocab_limit=False, character_coverage=1.0, num_threads=1, minloglevel=2,
    )  # fmt: skip
    Path(f"{stem}.model").rename(stem.with_suffix(".spm"))
    model = sentencepiece.SentencePieceProcessor(model_file=str(stem.with_suffix(".spm")))
    return [model.id_to_piece(k) for k in range(model.vocab_size())]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint as transformers saves it: eos 0, unk 1, both languages, pad last."""
    folder, train = tmp_path_factory.mktemp("opus"), tiny.text().train
    sides = pieces(train.target, folder / "target"), pieces(train.source, folder / "source")
    words = dict.fromkeys(["</s>", "<unk>", *(w for side in sides for w in side[3:]), "<pad>"])
    words = {word: k for k, word in enumerate(words)}
    (folder / "vocab.json").write_text(json.dumps(words, ensure_ascii=False), encoding="utf-8")
    torch.manual_seed(1)
    sizes = {f"{side}_{what}": n for side in ("encoder", "decoder")
             for what, n in (("layers", 1), ("attention_heads", 2), ("ffn_dim", 16))}  # fmt: skip
    pad = words["<pad>"]
    config = transformers.MarianConfig(
        vocab_size=len(words), d_model=16, init_std=1.0, pad_token_id=pad, eos_token_id=0,
        decoder_start_token_id=pad, forced_eos_token_id=None, max_position_embeddings=64, **sizes,
    )  # fmt: skip
    transformers.MarianMTModel(config).save_pretrained(folder)
    (folder / "tokenizer_config.json").write_text(
        json.dumps({"tokenizer_class": "MarianTokenizer", "source_lang": "th", "target_lang": "en"})
    )
    return folder


@pytest.fixture(scope="module")
def teacher(folder: Path) -> kd.Translator:
    return load_marian(folder)


@pytest.fixture(scope="module")
def theirs(folder: Path) -> tuple:
    """transformers' own tokenizer and model."""
    return (
        transformers.MarianTokenizer.from_pretrained(folder),
        transformers.MarianMTModel.from_pretrained(folder).eval(),
    )


def test_it_reads_the_pieces_that_transformers_reads(teacher, theirs) -> None:
    lines = list(tiny.corpus().test.source)
    ours = teacher.tokenizer.encode_source(lines)
    assert [teacher.model.source_ids[ids].tolist() for ids in ours] == theirs[0](lines).input_ids


def test_its_logits_are_those_of_transformers(teacher, theirs) -> None:
    pairs = tiny.corpus().test
    batch = teacher.encode(pairs.source, pairs.target).batch([0, 1, 2])
    logits = teacher.model(batch.source, batch.source_mask, batch.prefix)
    start = theirs[1].config.decoder_start_token_id
    asked = theirs[0](list(pairs.source[:3]), padding=True, return_tensors="pt")
    said = theirs[0](text_target=list(pairs.target[:3]), padding=True, return_tensors="pt")
    before = torch.cat([torch.full((3, 1), start), said.input_ids[:, :-1]], 1)
    expected = theirs[1](**asked, decoder_input_ids=before).logits[..., teacher.model.target_ids]
    real = batch.mask[..., None] & ~teacher.model.silent
    assert torch.allclose(logits[real], expected[real], atol=1e-4)
    assert (logits[..., [IDS.pad, IDS.bos]] == -torch.inf).all()


def test_it_says_what_transformers_says(teacher, theirs) -> None:
    """Greedily, and where transformers may not say pieces of the source's language either."""
    lines, words = list(tiny.corpus().test.source), theirs[1].config.vocab_size
    sayable = set(teacher.model.target_ids[~teacher.model.silent].tolist())
    for line in lines[:4]:
        asked = theirs[0]([line], return_tensors="pt")
        most = 2 * asked.input_ids.size(1) + 10
        said = theirs[1].generate(
            **asked, num_beams=1, do_sample=False, max_length=most,
            suppress_tokens=sorted(set(range(words)) - sayable),
        )[0]  # fmt: skip
        (ours,) = teacher.translate([line])
        assert ours == theirs[0].decode(said, skip_special_tokens=True)


def test_its_steps_are_its_forward(teacher) -> None:
    pairs = tiny.corpus().test
    batch = teacher.encode(pairs.source, pairs.target).batch([0, 1])
    with torch.no_grad():
        whole = teacher.model(batch.source, batch.source_mask, batch.prefix).log_softmax(-1)
        state = teacher.model.start(batch.source, batch.source_mask)
        for t in range(3):
            log_p, state = teacher.model.step(batch.prefix[:, t], state)
            assert torch.allclose(log_p, whole[:, t], atol=1e-4)


def test_it_teaches_sentences_to_a_student_of_other_pieces(teacher, tmp_path: Path) -> None:
    distilled = kd.distill.sequence_level(teacher, tiny.corpus(), beam=2, folder=tmp_path)
    student = kd.train(tiny.recipe(), distilled)
    assert distilled.train.target != tiny.text().train.target
    assert student.tokenizer.fingerprint == tiny.tokenizer().fingerprint


def test_it_teaches_words_to_a_student_of_its_own_pieces(teacher) -> None:
    corpus = tiny.corpus().with_tokenizer(teacher.tokenizer)
    taught = kd.train(tiny.recipe(loss=WordKD(alpha=1.0)), corpus, teacher=teacher)
    untaught = kd.train(tiny.recipe(), corpus)
    dev = tiny.text().dev
    agreement = [kd.metrics.scores(s, dev, teacher)["top1_agreement"] for s in (taught, untaught)]
    assert agreement[0] > agreement[1]


def test_words_are_not_taught_across_vocabularies(teacher) -> None:
    with pytest.raises(RecipeError, match=r"of another tokenizer .*with_tokenizer\(teacher.tok"):
        kd.train(tiny.recipe(loss=WordKD()), tiny.corpus(), teacher=teacher)


def test_a_students_run_keeps_the_pieces_it_was_taught_in(teacher) -> None:
    corpus = tiny.corpus().with_tokenizer(teacher.tokenizer)
    run = kd.train(replace(tiny.recipe(), name="of its pieces"), corpus)
    assert run.tokenizer.fingerprint == teacher.tokenizer.fingerprint
    assert run.tokenizer.encode_source(["ดอมา"]) == teacher.tokenizer.encode_source(["ดอมา"])


def test_its_key_is_that_of_its_weights_wherever_it_lies(teacher, folder, tmp_path: Path) -> None:
    moved = tmp_path / folder.name
    moved.mkdir()
    for path in folder.iterdir():
        (moved / path.name).write_bytes(path.read_bytes())
    assert load_marian(moved).key == teacher.key


def test_without_the_extra_a_sentence_says_which(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "transformers", None)
    with pytest.raises(RecipeError, match=r"needs transformers, .*: pip install 'kdlab\[hf\]'"):
        load_marian("opus-mt-th-en")


def test_a_model_of_many_languages_is_refused(folder: Path, tmp_path: Path) -> None:
    for path in folder.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    words = json.loads((folder / "vocab.json").read_text("utf-8")) | {">>tha<<": 2}
    (tmp_path / "vocab.json").write_text(json.dumps(words), encoding="utf-8")
    with pytest.raises(RecipeError, match="into 1 languages and wants to be told .* >>tha<<"):
        load_marian(tmp_path)


@pytest.mark.parametrize("lost", ["target.spm", "vocab.json", "config.json"])
def test_a_checkpoint_that_is_not_whole_is_named(folder: Path, tmp_path: Path, lost: str) -> None:
    for path in folder.iterdir():
        if path.name != lost:
            (tmp_path / path.name).write_bytes(path.read_bytes())
    with pytest.raises(CheckpointError, match=f"{tmp_path} is no Marian checkpoint"):
        load_marian(tmp_path)


def test_another_kind_of_model_is_named(tmp_path: Path) -> None:
    transformers.T5Config(num_layers=1).save_pretrained(tmp_path)
    with pytest.raises(CheckpointError, match="it is a t5. A translator of another kind teaches"):
        load_marian(tmp_path)
