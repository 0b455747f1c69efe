"""Systems are compared on the text that they were tested on, and p is corrected for all of them."""

from dataclasses import asdict, replace
from pathlib import Path

import pytest
import tiny

from kdlab.experiments.corpus import Corpus
from kdlab.experiments.inside import inside
from kdlab.experiments.judge import compare_runs, corrected, score
from kdlab.experiments.runs import RunStore
from kdlab.experiments.suites import Arm, Suite
from kdlab.experiments.suites.claims import Claim
from kdlab.experiments.train import train
from kdlab.files import write_json
from kdlab.metrics.outputs import outputs

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
def judged(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict]]:
    store: Path = tmp_path_factory.mktemp("store")
    for system, pairs in ON.items():
        said = outputs(tiny.translator(seed=ord(system[0])), pairs, beam=2)
        write_json(store / system / f"outputs-{pairs.fingerprint}-2.json", asdict(said))
    rows = {(system, 1): {"run": system} for system in ON}
    return compare_runs(SUITE, rows, store, {s: {"test": pairs} for s, pairs in ON.items()}, 2)


def test_a_condition_with_a_test_of_its_own_is_compared_within(judged: dict) -> None:
    pairs = {(row["a"], row["b"]) for row in judged["comparisons"]}
    assert pairs == {("a", "b"), ("a_clear", "b_clear")}
    assert {row["name"] for row in judged["verdicts"]} == {"within"}


def test_each_is_scored_on_its_own_test(judged: dict) -> None:
    ppl = {row["a"]: row["value_a"] for row in judged["comparisons"] if row["metric"] == "ppl"}
    assert ppl["a"] != ppl["a_clear"]


def test_p_is_corrected_for_all_comparisons_by_one_measure_on_one_test() -> None:
    def row(p: float, metric: str = "ppl", test: str = "t") -> dict:
        return {"a": "a", "b": "b", "p": p, "metric": metric, "test": test}

    rows = [row(0.01), row(0.01, "bleu_greedy"), row(0.04), row(0.01, test="other"), row(0.03)]
    assert [one["p_holm"] for one in corrected(rows)] == pytest.approx(
        [0.03, 0.01, 0.06, 0.01, 0.06]
    )


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
