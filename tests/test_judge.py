"""Systems are compared on the text that they were tested on, and p is corrected for all of them."""

from dataclasses import replace
from pathlib import Path

import pytest
import tiny

from kdlab.experiments.corpus import Corpus
from kdlab.experiments.inside import inside
from kdlab.experiments.judge import corrected, judged
from kdlab.experiments.runs import RunStore
from kdlab.experiments.scoring import score
from kdlab.experiments.sentences import OfRun, Sentences
from kdlab.experiments.suites import Arm, Suite
from kdlab.experiments.suites.claims import Claim
from kdlab.experiments.train import train
from kdlab.metrics.outputs import outputs
from kdlab.metrics.tallies import of_run, of_test

DEV, OTHER = tiny.text().dev, tiny.text().train
ON = {"a": DEV, "b": DEV, "a_clear": OTHER, "b_clear": OTHER}
SUITE = Suite(
    "small", "?", {system: Arm(system) for system in ON}, {},
    pairs=(("a", "b"), ("a_clear", "b_clear"), ("a", "a_clear")),
    claims=(
        Claim("within", "", "ppl", "a_clear", "b_clear"),
        Claim("across", "", "ppl", "a", "a_clear"),
    ),
)  # fmt: skip


@pytest.fixture(scope="module")
def compared() -> dict[str, list[dict]]:
    sentences = Sentences({pairs.fingerprint: of_test(pairs) for pairs in ON.values()})
    for system, pairs in ON.items():
        said = outputs(tiny.translator(seed=ord(system[0])), pairs, beam=2)
        tests = {"test": pairs.fingerprint}
        sentences.runs[system, 1] = OfRun(system, 2, tests, {"test": of_run(said, pairs)})
    rows = {
        (s, 1): {"system": s, "seed": 1, "params": 1, "metrics": {"test": {"ppl": 2.0}}} for s in ON
    }
    return judged(SUITE, rows, sentences)


def test_a_condition_with_a_test_of_its_own_is_compared_within(compared: dict) -> None:
    pairs = {(row["a"], row["b"]) for row in compared["comparisons"]}
    assert pairs == {("a", "b"), ("a_clear", "b_clear")}
    assert {row["name"] for row in compared["verdicts"]} == {"within"}


def test_each_is_scored_on_its_own_test(compared: dict) -> None:
    ppl = {row["a"]: row["value_a"] for row in compared["comparisons"] if row["metric"] == "ppl"}
    assert ppl["a"] != ppl["a_clear"]


def test_p_is_corrected_for_all_comparisons_by_one_measure_on_one_test() -> None:
    def row(p: float, metric: str = "ppl", test: str = "t") -> dict:
        return {"a": "a", "b": "b", "p": p, "metric": metric, "test": test}

    rows = [row(0.01), row(0.01, "bleu_greedy"), row(0.04), row(0.01, test="other"), row(0.03)]
    assert [one["p_holm"] for one in corrected(rows)] == pytest.approx(
        [0.03, 0.01, 0.06, 0.01, 0.06]
    )


def test_a_claims_p_is_corrected_for_all_claims_on_its_test() -> None:
    rows = [{"p": p, "metric": m, "test": "t"} for p, m in ((0.01, "ppl"), (0.04, "bleu_greedy"))]
    assert [one["p_holm"] for one in corrected(rows, ("test",))] == pytest.approx([0.02, 0.04])


def test_what_is_measured_inside_belongs_to_its_own_test(tmp_path: Path) -> None:
    """Search errors are counted on the test: of another one they are counted again."""
    run = train(tiny.recipe(), tiny.corpus(), store=RunStore(tmp_path / "runs"))
    other = replace(tiny.text(), tests={"test": tiny.text().dev})
    both = [tiny.corpus(), Corpus(other, tiny.tokenizer())]
    assert both[0].fingerprint == both[1].fingerprint  # the training set's
    once, fresh = tmp_path / "once", tmp_path / "fresh"
    for corpus, folder in zip((*both, both[1]), (once, once, fresh), strict=True):
        folder.mkdir(exist_ok=True)
        score(run, folder, corpus.tests, 2)
        found = inside(run, corpus, corpus, folder, 2)
    kept = sorted(path.name for path in once.glob("inside-*"))
    (alone,) = fresh.glob("inside-*")
    assert len(kept) == 2 and alone.name in kept
    assert inside(run, both[1], both[1], once, 2) == found
