"""Numbers of a result file, as shown."""

import pandas as pd
import pytest

from kdlab import tables
from kdlab.errors import RecipeError
from kdlab.experiments.results import Results, System, Value


def run(system: str, seed: int, **tests: tuple[float, float]) -> dict:
    """A run of a result file; tests: name -> (ppl, bleu_greedy)."""
    metrics = {name: {"ppl": ppl, "bleu_greedy": bleu} for name, (ppl, bleu) in tests.items()}
    return {"system": system, "seed": seed, "metrics": metrics}


ABOUT = {
    "made": {
        "command": "kdlab reproduce core",
        "date": "2026-01-02",
        "hardware": "2 CPU cores, x86_64",
        "hours": 0.5,
    },
    "signatures": {"bleu": "nrefs:1|case:mixed"},
    "runs": [
        run("teacher", 1, a=(1.5, 60.0)),
        run("seq_kd", 1, a=(20.0, 57.0), b=(9.0, 9.0)),
        run("seq_kd", 2, a=(30.0, 58.0), b=(8.0, 8.0)),
    ],
}


def test_a_mean_of_several_seeds_has_its_interval():
    assert tables.shown(Value(25.2, 24.6, 25.8, 3), "bleu_greedy") == "25.2 [24.6, 25.8]"


def test_one_seed_has_no_interval():
    assert tables.shown(Value(0.602, 0.602, 0.602, 1), "mode_mass") == "0.602"


def test_large_numbers_are_grouped():
    assert tables.shown(Value(89992, 89992, 89992, 3), "params") == "89,992"


def test_a_metric_without_a_place_in_tables_is_refused():
    with pytest.raises(RecipeError, match="No table shows 'loss'"):
        tables.shown(Value(1, 1, 1, 1), "loss")


def test_pairs_of_metrics_come_run_by_run_from_the_first_test():
    assert tables.per_run(ABOUT, "seq_kd", ("ppl", "bleu_greedy")) == [(20.0, 57.0), (30.0, 58.0)]


def test_another_test_can_be_asked_for():
    assert tables.per_run(ABOUT, "seq_kd", ("ppl", "bleu_greedy"), "b")[0] == (9.0, 9.0)


def test_how_a_file_was_made_names_command_date_seeds_and_signature():
    said = tables.made(ABOUT)
    for part in ("`kdlab reproduce core`", "2026-01-02", "2 seeds", "nrefs:1 | case:mixed"):
        assert part in said
    assert "one teacher" in said
    runs = [run | {"teacher_run": i} for i, run in enumerate(ABOUT["runs"])]
    assert f"{len(runs)} teachers" in tables.made({**ABOUT, "runs": runs})


@pytest.mark.parametrize(
    ("scores", "said"),
    [
        ([{"test": {"attention_share": share}} for share in (0.5, 0.49)], "in 1 of 2"),
        ([{"union": {"source_worth": worth}} for worth in (3, 2.79)], "2.7 nats"),
        ([{"union": {"seconds": 3}}], "one teacher; BLEU"),
    ],
)
def test_how_a_file_was_made_counts_the_runs_whose_attention_formed(scores, said):
    runs = [ABOUT["runs"][0] | {"metrics": metrics} for metrics in scores]
    assert said in tables.made({**ABOUT, "runs": runs})


def test_a_results_table_has_a_row_a_system_and_a_column_a_metric():
    class Row:
        bleu_greedy = Value(57.0, 56.0, 58.0, 3)

    table = tables.results_table({"seq_kd": Row()}, ["seq_kd"], ["bleu_greedy"])
    assert table.loc["Seq-KD student", "BLEU, greedy"] == "57.0 [56.0, 58.0]"


COMPARED = {
    "a": "seq_kd", "b": "baseline", "test": "t", "metric": "bleu_greedy",
    "difference": 4.98, "low": 4.51, "high": -0.04, "p": 0.0009995,
}  # fmt: skip
VERDICT = {
    "test": "t", "name": "E1.1", "claim": "more", "of": "a / b", "figure": 5.0, "low": 4.0,
    "high": 6.0, "holds": "yes",
}  # fmt: skip


def judged(**changes: object) -> Results:
    """A result file with one comparison and one verdict."""
    about = {"comparisons": [COMPARED | changes], "verdicts": [VERDICT | changes]}
    return Results({}, about, "t")


def test_a_comparison_shows_difference_interval_and_p():
    table = tables.comparisons_table(judged(), [("seq_kd", "baseline")], ["bleu_greedy"])
    cell = table.loc["Seq-KD student - student on gold", "BLEU, greedy"]
    assert cell == "+5.0 [+4.5, -0.0], p < .001"


@pytest.mark.parametrize(("p", "said"), [(0.0309, "p = .031"), (1.0, "p = 1.000")])
def test_p_has_three_digits(p: float, said: str):
    table = tables.comparisons_table(judged(p=p), [("seq_kd", "baseline")], ["bleu_greedy"])
    assert table.iloc[0, 0].endswith(said)


def test_p_can_be_the_corrected_one():
    results = judged(p=0.01, p_holm=0.24)
    pairs, metrics = [("seq_kd", "baseline")], ["bleu_greedy"]
    table = tables.comparisons_table(results, pairs, metrics, corrected=True)
    assert table.iloc[0, 0].endswith("p = .240")


def test_a_file_without_the_corrected_p_says_what_to_do():
    results = judged()
    results.about["made"] = {"command": "kdlab reproduce core"}
    with pytest.raises(RecipeError, match="no corrected p; run its command again: kdlab repr"):
        tables.comparisons_table(results, [("seq_kd", "baseline")], ["bleu_greedy"], corrected=True)


def test_what_was_not_compared_is_refused():
    with pytest.raises(RecipeError, match="no comparison 'seq_kd - teacher, ppl'"):
        judged().comparison("seq_kd", "teacher", "ppl")


def test_a_verdict_shows_claim_figure_and_outcome():
    row = tables.verdicts_table(judged(p_holm=0.0004)).loc["E1.1"]
    assert list(row)[:1] + list(row)[2:] == ["more", "5.00 [4.00, 6.00]", "yes", "< .001"]


def test_a_file_that_did_not_correct_its_claims_has_no_column_of_it():
    assert "corrected p" not in tables.verdicts_table(judged())


def test_systems_are_listed_with_what_they_learn_and_how_many_runs_they_have():
    row = {"params": 1200, "updates": 50, "learns": "gold, NLL()", "departs": "noise 0.2"}
    about = {"runs": [{"system": "baseline", "seed": s, **row} for s in (1, 2)]}
    table = tables.systems_table(Results({}, about, "t"))
    assert list(table.loc["student on gold"]) == ["gold, NLL()", "noise 0.2", "1,200", "50", 2]


def test_measures_that_some_system_lacks_are_left_out():
    one, two = System("a", {"ppl": 1, "bleu_greedy": 2}), System("b", {"ppl": 3})
    held = tables.held(Results({"a": one, "b": two}, {}, "t"), ("bleu_greedy", "ppl"))
    assert held == ["ppl"]


def test_a_long_claim_is_shown_whole_also_in_a_part_of_a_table():
    claim = "one reads it to its end, however far beyond fifty characters that may be"
    table = tables.verdicts_table(judged(claim=claim))
    for shown in (table, table.loc[["E1.1"]], pd.concat([table, table])):
        assert claim in shown._repr_html_()
