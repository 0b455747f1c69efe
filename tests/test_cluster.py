"""Jobs on a Dask cluster of this machine: all are done, also when a worker dies under way."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from joblib import Parallel, delayed

from kdlab.errors import RecipeError
from kdlab.experiments.cluster import on_cluster

distributed = pytest.importorskip("distributed", reason="the extra kdlab[cluster] is not installed")


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
