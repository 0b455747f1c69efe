"""A suite of one's own: from a file to its table and figure, and what is wrong with a file."""

import json
import os
import shutil
from itertools import product
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import kdlab as kd
from kdlab.cli import app
from kdlab.errors import RecipeError
from kdlab.experiments.jobs import Job
from kdlab.experiments.reproduce import reproduce, unfinished
from kdlab.experiments.results import folder_to_write
from kdlab.experiments.suites import Arm, own_suite, suite_named
from kdlab.palette import LOOKS, look
from kdlab.plots import scatter
from kdlab.tables import comparisons_table, per_run, results_table

# Of the tiny preset's updates and sizes a hundredth: a run takes a fraction of a second.
MINE = """
from dataclasses import dataclass
from beside import halved
from kdlab.experiments.suites import Arm, own_suite

@dataclass(frozen=True)
class Gentle:
    weight: float = 1.0
    def __call__(self, logits, target, mask):
        return self.weight * halved(logits, target, mask)

SMALL = {"updates": 0.002, "model": (("width", 8),)}
SUITE = own_suite(
    "Does a gentle loss do as well?",
    Arm("teacher", teacher=None, size="teacher", updates=0.002, model=(("width", 8),)),
    Arm("baseline", **SMALL),
    Arm("gentle", loss=Gentle(0.5), **SMALL),
    seeds=(1, 2), pairs=[("gentle", "baseline")],
)
"""
BESIDE = """
from kdlab.losses import nll

def halved(logits, target, mask):
    return nll(logits, target, mask) / 2
"""


def kdlab(*arguments: object) -> Result:
    return CliRunner().invoke(app, list(map(str, arguments)))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A suite's file, what it imports from beside it, and a corpus."""
    folder = tmp_path_factory.mktemp("mine")
    (folder / "mine.py").write_text(MINE)
    (folder / "beside.py").write_text(BESIDE)
    words = "cat dog bird fish cow".split()
    rows = product(words, "sees hears likes".split(), words)
    text = "".join(f"{'-'.join(w)}\t{' '.join(w)}\n" for w in rows)
    (folder / "toy.tsv").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def ran(folder: Path) -> Path:
    """The same folder after `kdlab reproduce mine.py … --jobs 2`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        how = ["--corpus", "toy.tsv", "--preset", "quick", "--jobs", 2]
        done = kdlab("reproduce", "mine.py", *how)
        assert done.exit_code == 0, done.output
        assert done.stdout.strip() == "results/toy-mine-quick.json"
    return folder


def test_two_seeds_on_two_workers_end_in_a_table_and_a_figure(
    ran: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ran)
    found = kd.results("toy-mine-quick")
    table = results_table(found, ["baseline", "gentle"], ["bleu_greedy", "ppl"])
    assert list(table.index) == [LOOKS["baseline"].name, "gentle"]
    assert found["gentle"].bleu_greedy.seeds == 2
    assert (
        "gentle - student on gold"
        in comparisons_table(found, [("gentle", "baseline")], ["bleu_greedy"]).index
    )
    points = {s: per_run(found.about, s, ("ppl", "bleu_greedy")) for s in ("baseline", "gentle")}
    legend = scatter(points, x="perplexity", y="BLEU").axes[0].get_legend()
    assert [text.get_text() for text in legend.get_texts()] == [LOOKS["baseline"].name, "gentle"]


def test_tables_show_all_systems_and_pairs_unless_told_which(
    ran: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ran)
    results = kd.results("toy-mine-quick")
    systems, pairs = ("teacher", "baseline", "gentle"), [("gentle", "baseline")]
    metrics = ("ppl", "bleu_greedy", "bleu_beam5")
    assert results_table(results).equals(results_table(results, systems, metrics))
    assert comparisons_table(results).equals(comparisons_table(results, pairs, metrics))


def test_a_suite_that_is_finished_runs_nothing_again(ran: Path) -> None:
    asked = str(ran / "mine.py"), str(ran / "toy.tsv"), "quick"
    assert unfinished(*asked, out=ran / "results") == []


def test_an_arm_whose_code_has_changed_is_run_anew(ran: Path, tmp_path: Path) -> None:
    """Its numbers and names are what they were, and its rows are not its own any more."""
    for name in ("beside.py", "mine.py"):
        (tmp_path / name).write_text((ran / name).read_text().replace("self.weight *", "2 *"))
    shutil.copytree(ran / "results", tmp_path / "results")
    asked = str(tmp_path / "mine.py"), str(ran / "toy.tsv"), "quick"
    left = unfinished(*asked, out=tmp_path / "results")
    assert {(job.system, job.seed) for job in left} == {("gentle", 1), ("gentle", 2)}


def test_an_own_run_is_opened_and_compared_without_its_file(ran: Path) -> None:
    rows = json.loads((ran / "results/toy-mine-quick.json").read_text())["runs"]
    (key,) = [row["run"] for row in rows if (row["system"], row["seed"]) == ("gentle", 1)]
    done = kdlab("compare", key)
    assert done.exit_code == 0 and "Gentle" in done.stdout


def test_a_worker_of_a_cluster_reads_the_file_for_itself(
    ran: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From another folder than the one that the file was named in; the runs are in the store."""
    if os.environ.get("KDLAB_NO_SKIP") == "1":
        import distributed
    else:
        distributed = pytest.importorskip(
            "distributed", reason="the extra kdlab[cluster] is not installed"
        )
    monkeypatch.chdir(tmp_path)
    how = {"n_workers": 1, "threads_per_worker": 1, "dashboard_address": None, "silence_logs": 50}
    with distributed.LocalCluster(**how) as cluster:
        monkeypatch.chdir(ran)
        address = cluster.scheduler_address.replace("tcp://", "dask://")
        path = reproduce("mine.py", "toy.tsv", "quick", out=tmp_path, cluster=address)
    here, there = (
        [(row["system"], row["seed"], row["run"]) for row in json.loads(file.read_text())["runs"]]
        for file in (ran / "results" / path.name, path)
    )
    assert here == there


def test_each_arm_is_compared_with_the_first_unless_pairs_are_given() -> None:
    suite = own_suite("?", Arm("a"), Arm("b"), Arm("c"), seeds=(1,))
    assert suite.pairs == (("b", "a"), ("c", "a"))


def test_a_first_try_takes_a_part_of_all_updates_the_teachers_too() -> None:
    suite = own_suite("?", Arm("a"), Arm("b", updates=2), updates=0.1)
    whole = own_suite("?", Arm("a"), Arm("b", updates=2))
    for system in ("teacher", "a", "b"):
        few, all_ = (one.arm(system).recipe("tiny").training.updates for one in (suite, whole))
        assert few == round(all_ / 10)
    with pytest.raises(RecipeError, match=r"updates is 0; expected a multiple above 0, such as"):
        own_suite("?", Arm("a"), updates=0)


def test_another_preset_for_ones_own_text_is_told_which_there_are() -> None:
    with pytest.raises(RecipeError, match="text of your own --preset tiny; it has --preset quick"):
        suite_named("core").plan("my.tsv", "tiny")


def test_columns_are_named_where_they_are_not_clear(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = (folder / "toy.tsv").read_text(encoding="utf-8").splitlines()
    table = "".join("{1},note,{0}\n".format(*row.split("\t")) for row in rows)
    (tmp_path / "toy.csv").write_text(f"left,about,right\n{table}", encoding="utf-8")
    monkeypatch.chdir(folder)
    how = ["mine.py", "--corpus", tmp_path / "toy.csv", "--preset", "quick", "--out", tmp_path]
    asked = kdlab("reproduce", *how)
    assert asked.exit_code == 2 and "names of columns, or the first pair?" in asked.stderr
    named = ["--source", "right", "--target", "left", "--header"]
    done = kdlab("reproduce", *how, *named)
    assert done.exit_code == 0, done.output
    about = json.loads(Path(done.stdout.strip()).read_text(encoding="utf-8"))
    assert about["made"]["command"].endswith("--source right --target left --header")
    assert about["data"]["train"] > 0


def test_a_file_of_ones_own_text_has_minitalks_plan_in_any_suite() -> None:
    job = Job("core", "somewhere/my.tsv", "quick", "baseline", 1)
    assert job.plan == suite_named("core").plan("minitalks", "quick")


HEAD = "from kdlab.experiments.suites import Arm, Suite, own_suite\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = 1\n1 / 0\n", r"bad\.py, line 2: ZeroDivisionError: division by zero"),
        ("def f(:\n", r"bad\.py, line 1: SyntaxError"),
        ("import sys\nsys.exit(3)\n", r"bad\.py, line 2: SystemExit: 3"),
        ("import nowhere_to_be_found\n", r"bad\.py, line 1: ModuleNotFoundError"),
        ("ARMS = ()\n", r"bad\.py has no SUITE; write SUITE = own_suite"),
        ("SUITE = 3\n", r"bad\.py has 3 as its SUITE"),
        (HEAD + "SUITE = own_suite('?', 'a')\n", r"line 2: arm 1 is 'a'; expected Arm"),
        (HEAD + "SUITE = own_suite('?', Arm('a'), Arm('a'))\n", "line 2: two arms are called 'a'"),
        (HEAD + "SUITE = own_suite('?')\n", "there are 0 arms"),
        (HEAD + "SUITE = own_suite('?', Arm('a'), seeds=(1, 1))\n", r"seeds \(1, 1\)"),
        (HEAD + "SUITE = own_suite('?', Arm('a', teacher='b'))\n", "arm 'a' has teacher='b'"),
        (HEAD + "SUITE = own_suite('?', Arm('a', start='c'))\n", "arm 'a' has start='c'"),
        (
            HEAD + "SUITE = own_suite('?', Arm('a', teacher='b'), Arm('b', teacher='a'))\n",
            "a stands on b stands on a",
        ),
        (HEAD + "SUITE = own_suite('?', Arm('teacher'))\n", "teacher stands on teacher"),
        (HEAD + "SUITE = own_suite('?', Arm('a$b'))\n", r"an arm is called 'a\$b'"),
        (HEAD + "SUITE = own_suite('?', Arm('a', targets='gold'))\n", "targets of arm 'a' are 'go"),
        (HEAD + "SUITE = own_suite('?', Arm('a', loss=print))\n", "arm 'a': loss is <built"),
        (HEAD + "SUITE = own_suite('?', Arm('a', model=(('wide', 3),)))\n", "arm 'a': .*'wide'"),
        (HEAD + "SUITE = own_suite('?', Arm('a'), pairs=[('a', 'z')])\n", "pairs name 'z'"),
        (HEAD + "SUITE = Suite('core', '?', {}, {})\n", "'core' is a suite of the book's"),
        (HEAD + "SUITE = Suite('x', '?', {'a': Arm('b')}, {})\n", r"expected Arm\('a'"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_file_is_said_in_a_sentence(
    tmp_path: Path, text: str, said: str
) -> None:
    path = tmp_path / "bad.py"
    path.write_text(text)
    with pytest.raises(RecipeError, match=said):
        suite_named(str(path))


def test_the_command_line_says_it_too(tmp_path: Path) -> None:
    refused = kdlab("reproduce", tmp_path / "gone.py", "--preset", "quick")
    assert refused.exit_code == 2 and "gone.py cannot be read (No such file" in refused.stderr


def test_a_file_named_like_a_module_of_pythons_has_a_key_of_its_code(tmp_path: Path) -> None:
    """Or a changed loss in random.py would be found in the store as the one before."""
    text = MINE.replace("from beside import halved", "from kdlab.losses import nll as halved")
    (tmp_path / "random.py").write_text(text)
    (tmp_path / "statistics.py").write_text(text.replace("self.weight *", "self.weight /"))
    files = [str(tmp_path / name) for name in ("random.py", "statistics.py")]
    sums = [suite_named(path).arm("gentle").code for path in files]
    assert all(sums) and sums[0] != sums[1]


def test_results_are_read_from_the_nearest_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    name = "minitalks-core-quick"
    text = kd.results(name).path.read_text(encoding="utf-8")
    for nearer in (f"book/results/{name}.json", f"results/{name}.json", f"{name}.json"):
        Path(nearer).parent.mkdir(parents=True, exist_ok=True)
        Path(nearer).write_text(text, encoding="utf-8")
        assert kd.results(name).path == Path(nearer)
    Path("elsewhere").mkdir()
    assert kd.results(str(Path(f"{name}.json").rename("elsewhere/a.json"))).path.parent.name == (
        "elsewhere"
    )


@pytest.mark.parametrize("name", ["core", "mine.py"])
@pytest.mark.parametrize("checkout", [False, True])
def test_what_reproduce_writes_is_where_results_looks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, checkout: bool
) -> None:
    monkeypatch.chdir(tmp_path)
    if checkout:
        Path("book/results").mkdir(parents=True)
    folder = folder_to_write(name)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "a-b.json").write_text('{"summary": [{"test": "t", "system": "s", "metric": "m", '
                                     '"mean": 1, "low": 1, "high": 1, "seeds": 1}]}')  # fmt: skip
    assert kd.results("a-b").path == folder / "a-b.json"
    assert (str(folder) == "book/results") == (checkout and name == "core")


def test_systems_of_ones_own_look_the_same_each_time_and_unlike_all_others() -> None:
    names = ["ewkd", "ewkd2", "weke", "wekf", "mine_w16", "mine_w32", "ใหม่", "x", "y"]
    looks = [look(name) for name in names]
    assert looks == [look(name) for name in names]
    marks = {one.marker for one in (*looks, *LOOKS.values())}
    assert len(marks) == len(names) + len(LOOKS)
    assert [one.name for one in looks] == names
