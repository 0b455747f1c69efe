"""A suite's runs on the workers of a Dask cluster that somebody else started."""

from collections.abc import Iterator
from contextlib import contextmanager

from joblib import parallel_config

from kdlab.errors import RecipeError

SCHEME = "dask://"


@contextmanager
def on_cluster(address: str) -> Iterator[None]:
    """Inside the block joblib sends its jobs to the cluster; a job whose worker dies runs again.

    address: dask://HOST:PORT of its scheduler
    Raises RecipeError if the address is of another form, dask is not there, or nobody answers.
    """
    if not address.startswith(SCHEME):
        raise RecipeError(f"cluster is {address!r}; expected {SCHEME}HOST:PORT.")
    try:
        from distributed import Client
    except ImportError as error:
        raise RecipeError(
            "cluster needs dask, which is not installed: pip install 'kdlab[cluster]'."
        ) from error
    try:
        client = Client("tcp://" + address.removeprefix(SCHEME), timeout="10s")
    except (OSError, ValueError) as error:
        raise RecipeError(f"No Dask scheduler answers at {address}: {error}") from error
    with client, parallel_config(backend="dask", client=client, wait_for_workers_timeout=30):
        yield
