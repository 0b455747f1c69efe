"""A worker process that does not outlive the one that asked for its work."""

import os
import signal
import time
from functools import cache
from threading import Thread

PAUSE = 0.5  # seconds between two looks


@cache  # a worker is asked many times
def end_with(parent: int) -> None:
    """Let this process, if it is a child of that one, end soon after it, and leave Ctrl-C to it.

    Another process's child is as it was: the asker itself, or a cluster's worker.
    """
    if os.getppid() == parent:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        Thread(target=_watch, args=(parent,), daemon=True).start()


def _watch(parent: int) -> None:
    """Whatever is half done is as after `kill -9`: files are whole, locks are free."""
    while os.getppid() == parent:
        time.sleep(PAUSE)
    os._exit(1)
