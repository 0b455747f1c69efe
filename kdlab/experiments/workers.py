"""Worker processes that do not outlive the one that asked for their work."""

import os
import signal
import time
from threading import Thread

from joblib import parallel_config

PAUSE = 0.5  # seconds between two looks


def of_this_process() -> parallel_config:
    """Inside the block joblib's workers, those that wait too, end soon after this process."""
    return parallel_config(backend="loky", initializer=end_with, initargs=(os.getpid(),))


def end_with(parent: int) -> None:
    """Let this process, if it is a child of that one, end soon after it, and leave Ctrl-C to it.

    Any other process is left as it is.
    """
    if os.getppid() == parent:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        Thread(target=_watch, args=(parent,), daemon=True).start()


def _watch(parent: int) -> None:
    """Whatever is half done is as after `kill -9`: files are whole, locks are free."""
    while os.getppid() == parent:
        time.sleep(PAUSE)
    os._exit(1)
