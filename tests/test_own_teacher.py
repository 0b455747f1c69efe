"""Teachers that are not kdlab's: a function of lines, and a network with nothing but a forward."""

from pathlib import Path

import pytest
import tiny
import torch
from torch import Tensor, nn
from typer.testing import CliRunner

import kdlab as kd
from kdlab.cli import app
from kdlab.distill import Outside, read_targets, write_targets
from kdlab.errors import CorpusError, RecipeError
from kdlab.losses import WordKD


def shout(lines: list[str]) -> list[str]:
    return [f"  {len(line)}\tLAPO " for line in lines]


# --- a function of lines --------------------------------------------------------------------------


def test_a_function_of_lines_writes_the_targets(tmp_path: Path) -> None:
    corpus = tiny.corpus()
    distilled = kd.distill.sequence_level(shout, corpus, folder=tmp_path)
    expected = tuple(f"{len(line)} LAPO" for line in corpus.train.source)
    assert (distilled.train.target, distilled.targets) == (expected, "Seq-KD by shout")
    assert distilled.dev == corpus.dev


def test_a_student_of_a_function_is_held_against_no_teacher(tmp_path: Path) -> None:
    run = kd.train(tiny.recipe(), kd.distill.sequence_level(shout, tiny.corpus(), folder=tmp_path))
    assert run.teacher is None and "top1_agreement" not in kd.metrics.scores(run, tiny.text().dev)


def test_gold_and_a_functions_output_are_mixed(tmp_path: Path) -> None:
    corpus = tiny.corpus()
    both = kd.distill.base_and_kd(shout, corpus, folder=tmp_path)
    assert len(both.train) == 2 * len(corpus.train)


class Counting:
    """A service that is asked over the network: a method, which fails at some call."""

    def __init__(self, fails_at: int = 0) -> None:
        self.asked, self.fails_at = [], fails_at

    def translate(self, lines: list[str]) -> list[str]:
        if self.fails_at and len(self.asked) + 1 == self.fails_at:
            raise TimeoutError("no answer")
        self.asked.append(len(lines))
        return ["lapo"] * len(lines)


def test_what_a_service_said_before_it_failed_is_not_asked_again(tmp_path: Path) -> None:
    first, second = Counting(fails_at=3), Counting()
    with pytest.raises(RecipeError, match="service raised TimeoutError: no answer, when it was g"):
        kd.distill.sequence_level(
            Outside(first.translate, "service", at_once=40), tiny.corpus(), folder=tmp_path
        )
    again = Outside(second.translate, "service", at_once=40)
    kd.distill.sequence_level(again, tiny.corpus(), folder=tmp_path)
    assert (first.asked, second.asked) == ([40, 40], [16])


def test_another_version_is_asked_anew_and_the_same_is_not(tmp_path: Path) -> None:
    service = Counting()
    for version in ("1", "1", "2"):
        teacher = Outside(service.translate, "service", version, at_once=1000)
        kd.distill.sequence_level(teacher, tiny.corpus(), folder=tmp_path)
    assert len(service.asked) == 2


def test_a_function_that_was_edited_is_another_teacher() -> None:
    keys = set()
    for code in ("lines", "lines[::-1]", "lines"):
        space = {"__name__": "__main__"}
        exec(f"def f(lines): return {code}", space)
        keys.add(Outside(space["f"]).key)
    assert len(keys) == 2


def test_what_has_no_code_of_its_own_wants_a_name() -> None:
    with pytest.raises(RecipeError, match="has no code of its own .* name it: kd.distill.Outside"):
        Outside(Counting().translate)


@pytest.mark.parametrize(
    ("said", "message"),
    [
        (lambda lines: lines[1:], "returned 63 texts for 64 lines, from '.*' on; expected one"),
        (lambda lines: [*lines, ""], "returned 65 texts for 64 lines"),
        (lambda lines: None, "returned None for 64 lines; expected a list"),
        (lambda lines: "text", "returned 'text' for 64 lines"),
        (lambda lines: iter(lines), "returned <list_iter.*; expected a list of"),
        (lambda lines: [*lines[:2], None, *lines[3:]], "said None to line 3 of 64, '.*'; expected"),
        (lambda lines: [b"x" for _ in lines], "said b'x' to line 1 of 64"),
    ],
)
def test_what_is_no_text_for_each_line_is_refused(said: object, message: str, tmp_path) -> None:
    with pytest.raises(RecipeError, match=f"<lambda> {message}"):
        kd.distill.sequence_level(said, tiny.corpus(), folder=tmp_path)


def test_an_empty_answer_leaves_its_source_out(tmp_path: Path) -> None:
    def hesitant(lines: list[str]) -> list[str]:
        return ["", *lines[1:]]

    made = kd.distill.sequence_level(Outside(hesitant, at_once=96), tiny.corpus(), folder=tmp_path)
    assert len(made.train) == len(tiny.corpus().train) - 1


def test_a_method_that_chooses_among_many_needs_a_model(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="shout gives one translation a line.* among 35"):
        kd.distill.interpolation(shout, tiny.corpus(), folder=tmp_path)


def test_a_loss_that_reads_distributions_needs_a_model() -> None:
    with pytest.raises(RecipeError, match="expected a Translator.* teaches by kd.distill.sequence"):
        kd.train(tiny.recipe(loss=WordKD()), tiny.corpus(), teacher=shout)


def test_what_cannot_be_called_is_no_teacher() -> None:
    with pytest.raises(RecipeError, match="teacher is 3; expected a trained model, or a function"):
        kd.distill.sequence_level(3, tiny.corpus())


# --- its translations as a file, and from the command line ----------------------------------------


def test_an_empty_target_is_refused_by_its_line(tmp_path: Path) -> None:
    source = tiny.corpus().train.source
    path = tmp_path / "from_elsewhere.tsv"
    path.write_text(f"{source[0]}\tlapo\n{source[1]}\t\u200b \n", encoding="utf-8")
    with pytest.raises(CorpusError, match=r"elsewhere\.tsv, line 2, column 2: the target is empty"):
        read_targets(tiny.corpus(), path)


def test_what_a_function_said_can_be_written_and_read(tmp_path: Path) -> None:
    made = kd.distill.sequence_level(shout, tiny.corpus(), folder=tmp_path)
    write_targets(made, tmp_path / "said.tsv")
    assert read_targets(tiny.corpus(), tmp_path / "said.tsv").train == made.train


@pytest.fixture
def toy(tmp_path: Path) -> Path:
    rows = dict(zip(tiny.text().train.source, tiny.text().train.target, strict=True))
    (tmp_path / "toy.tsv").write_text(
        "".join(f"{s}\t{t}\n" for s, t in rows.items()), encoding="utf-8"
    )
    (tmp_path / "mine.py").write_text(
        "def translate(lines):\n    return ['lapo'] * len(lines)\n\ndef lazy(lines):\n    pass\n"
    )
    return tmp_path / "toy.tsv"


def test_the_command_line_distils_with_a_function_of_a_file(toy: Path) -> None:
    def kdlab(*arguments: object) -> object:
        return CliRunner().invoke(app, list(map(str, arguments)))

    mine, out = toy.with_name("mine.py"), toy.with_name("said.tsv")
    how = ["distill", "--corpus", toy, "--vocab", 24, "--out", out, "--teacher"]
    done = kdlab(*how, f"{mine}:translate")
    assert done.exit_code == 0, done.output
    assert all(line.endswith("\tlapo") for line in out.read_text("utf-8").splitlines())
    refused = kdlab(*how, f"{mine}:lazy", "--force")
    assert refused.exit_code == 2 and "lazy returned None for" in refused.stderr
    unknown = kdlab(*how, f"{mine}:google", "--force")
    assert unknown.exit_code == 2 and "has no 'google'; it has translate, lazy" in unknown.stderr


# --- a network with nothing but a forward ---------------------------------------------------------


class Mine(nn.Module):
    """Reads the last piece of the prefix, and how long the source is."""

    def __init__(self, V: int, seed: int = 0) -> None:
        super().__init__()
        torch.manual_seed(seed)
        self.table = nn.Embedding(V, V)

    def forward(self, source: Tensor, source_mask: Tensor, prefix: Tensor) -> Tensor:
        return self.table(prefix) * source_mask.sum(1)[:, None, None] / 4


def mine(seed: int = 0) -> kd.Translator:
    pieces = tiny.tokenizer()
    return kd.Translator(Mine(pieces.target_size, seed), pieces, "mine")


def test_a_network_of_ones_own_teaches_word_by_word() -> None:
    recipe = tiny.recipe(loss=WordKD(alpha=1.0))
    students = [kd.train(recipe, tiny.corpus(), teacher=mine(seed)) for seed in (0, 1)]
    assert students[0].key != students[1].key
    agreement = [
        kd.metrics.scores(student, tiny.text().dev, mine(0))["top1_agreement"]
        for student in students
    ]
    assert agreement[0] > agreement[1]


def test_its_search_finds_what_exhaustion_finds() -> None:
    """Its steps are its forward: the likeliest sentence of up to three pieces, scored whole."""
    V = 6
    network = kd.models.TeacherForced(Mine(V), V)
    source = [4, 5, 2]
    outputs = tiny.every_output(network, source, 3, V)
    state = tiny.started(network, [source])
    found = kd.search.beam_search(network.step, state, torch.tensor([3]), 300)
    best = max(outputs, key=outputs.get)
    said = tuple(found.tokens[0, 0].tolist())
    assert said[: len(best)] == best
    assert float(found.log_probs[0, 0]) == pytest.approx(outputs[best], abs=1e-5)


def test_it_writes_targets_too(tmp_path: Path) -> None:
    made = kd.distill.sequence_level(mine(), tiny.corpus(), beam=2, folder=tmp_path)
    assert made.teacher.name == "mine"


class Other(nn.Module):
    def forward(self, input_ids: Tensor) -> Tensor:
        return input_ids


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (Other(), "Other has no target_size, trace, start, step, and its forward cannot .* takes"),
        (
            shout,
            "model is <function shout.*; expected a torch.nn.Module. A function of lin",
        ),
    ],
)
def test_a_raw_model_is_told_what_it_lacks(model: object, message: str) -> None:
    with pytest.raises(RecipeError, match=message):
        kd.Translator(model, tiny.tokenizer(), "mine")


def test_logits_of_another_size_are_refused() -> None:
    pieces = tiny.tokenizer()
    teacher = kd.Translator(Mine(pieces.target_size + 1), pieces, "big")
    with pytest.raises(RecipeError, match=r"Mine returned \[2, \d+, 25\]; expected logits .* 24\]"):
        batch = tiny.encoded(tiny.text().dev).batch([0, 1])
        teacher.model(batch.source, batch.source_mask, batch.prefix)


def test_a_tokenizer_of_another_kind_is_named() -> None:
    with pytest.raises(RecipeError, match="tokenizer is a dict, which has no encode_source"):
        kd.Translator(Mine(6), {}, "mine")


def test_a_model_that_has_all_is_left_as_it_is() -> None:
    model = tiny.translator().model
    assert kd.Translator(model, tiny.tokenizer(), "whole").model is model
