"""Jobs on a Dask cluster of this machine: all are done, also when a worker dies under way."""

import json
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import tiny
from joblib import Parallel, delayed

from kdlab.errors import RecipeError
from kdlab.experiments import reproduce as reproducing
from kdlab.experiments.cluster import on_cluster
from kdlab.experiments.suites.suite import Arm, Plan, Suite
from kdlab.losses import WordKD

if os.environ.get("KDLAB_NO_SKIP") == "1":
    import distributed
else:
    distributed = pytest.importorskip(
        "distributed", reason="the extra kdlab[cluster] is not installed"
    )


@pytest.fixture(scope="module")
def cluster() -> Iterator[object]:
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=50
    ) as started:
        yield started


def address(cluster: object) -> str:
    return cluster.scheduler_address.replace("tcp://", "dask://")


def square(x: int, folder: Path) -> int:
    """A job that notes each time it was done, like a run that ends up in the store."""
    time.sleep(0.2)
    (folder / f"{x} {os.getpid()} {time.time()}").touch()
    return x * x


def finished(folder: Path, cluster: object, kill: bool = False) -> list[int]:
    with on_cluster(address(cluster)):
        workers = Parallel(n_jobs=-1, batch_size=1, return_as="generator_unordered")
        found = []
        for value in workers(delayed(square)(x, folder) for x in range(8)):
            found.append(value)
            if kill and len(found) == 2:
                os.kill(next(iter(cluster.workers.values())).pid, signal.SIGKILL)
    return found


def test_every_job_is_done_once(cluster, tmp_path: Path) -> None:
    assert sorted(finished(tmp_path, cluster)) == [x * x for x in range(8)]
    assert len(list(tmp_path.iterdir())) == 8


def test_a_killed_worker_loses_no_finished_job(cluster, tmp_path: Path) -> None:
    assert sorted(finished(tmp_path, cluster, kill=True)) == [x * x for x in range(8)]
    done = [path.name.split()[0] for path in tmp_path.iterdir()]
    assert set(done) == {str(x) for x in range(8)}
    assert len(done) <= 10  # at most what was under way, or waiting to be sent back, ran twice


ARMS = (Arm("baseline"), Arm("word_kd", loss=WordKD()))
SUITE = Suite(
    "clustered", "Does it run on a cluster?", {arm.system: arm for arm in ARMS},
    {("invented", "tiny"): Plan("tiny", "tiny", ("baseline", "word_kd"), seeds=(1, 2, 3), beam=2)},
    pairs=(("word_kd", "baseline"),),
)  # fmt: skip


class ForGood:
    """What pytest's MonkeyPatch does, in a process that nobody needs afterwards."""

    setenv = staticmethod(os.environ.__setitem__)
    setattr = staticmethod(setattr)
    setitem = staticmethod(dict.__setitem__)


class OnTheInventedCorpus(distributed.WorkerPlugin):
    """Every worker, also one that takes a dead one's place, knows the suite and its small sizes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def setup(self, worker: object) -> None:
        tiny.run_suite_on_it(ForGood, self.folder, SUITE)


def test_a_suite_runs_on_a_cluster_and_keeps_what_a_killed_worker_finished(
    cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny.run_suite_on_it(monkeypatch, tmp_path, SUITE)
    with distributed.Client(cluster) as client:
        client.register_plugin(OnTheInventedCorpus(tmp_path))
    finished, there = reproducing._finished, {}

    def then_one_dies(*args: object) -> Iterator[dict]:
        for number, row in enumerate(finished(*args)):
            if number == 2:
                runs = (tmp_path / "home" / "runs").glob("[!.]*/run.json")
                there.update({path: path.stat().st_mtime_ns for path in runs})
                os.kill(next(iter(cluster.workers.values())).pid, signal.SIGKILL)
            yield row

    monkeypatch.setattr(reproducing, "_finished", then_one_dies)
    path = reproducing.reproduce(
        "clustered", "invented", "tiny", out=tmp_path, cluster=address(cluster)
    )
    rows = json.loads(path.read_text())["runs"]
    assert [(row["system"], row["seed"]) for row in rows] == [
        (system, seed) for system in ("teacher", "baseline", "word_kd") for seed in (1, 2, 3)
    ]
    assert len(there) >= 3  # of nine, when the worker died
    assert {path: path.stat().st_mtime_ns for path in there} == there  # none was trained again


@pytest.mark.parametrize("cluster_address", ["127.0.0.1:8786", "tcp://127.0.0.1:8786"])
def test_an_address_of_another_form_is_refused(cluster_address: str) -> None:
    with pytest.raises(RecipeError, match="expected dask://HOST:PORT"), on_cluster(cluster_address):
        pass


def test_a_scheduler_that_does_not_answer_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise OSError("connection refused")

    monkeypatch.setattr(distributed, "Client", refused)
    with (
        pytest.raises(RecipeError, match="No Dask scheduler answers at dask://host:1"),
        on_cluster("dask://host:1"),
    ):
        pass
