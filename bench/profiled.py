"""`python -m bench.profiled serve`: the program under a profiler of CPU time, in every one of its threads.

The profile begins with SIGUSR1 and is written to the file that BENCH_PROFILE names when the program ends.
"""

from __future__ import annotations

import cProfile
import os
import pstats
import signal
import sys
import threading
import time
from typing import Any

from api.__main__ import main

profiles: list[cProfile.Profile] = []


def new_profile() -> cProfile.Profile:
    """A profile of the calling thread: seconds in which it waits are none of its CPU time."""
    profile = cProfile.Profile(time.thread_time)
    profiles.append(profile)
    return profile


def profile_this_thread(*_: Any) -> None:
    """What a new thread runs at its first call."""
    sys.setprofile(None)
    new_profile().enable()


def begin(*_: Any) -> None:
    """Forget what was profiled so far: only what comes now counts."""
    for profile in profiles:
        profile.clear()
    profiles[0].enable()


def run() -> None:
    new_profile()
    threading.setprofile(profile_this_thread)
    signal.signal(signal.SIGUSR1, begin)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())  # uvicorn raises it again once it has stopped
    try:
        main()
    finally:
        write(os.environ["BENCH_PROFILE"])


def write(file: str) -> None:
    """All threads' profiles, added up."""
    stats = pstats.Stats()
    for profile in profiles:
        profile.create_stats()
        if profile.stats:  # a thread that did nothing has none
            stats.add(profile)
    stats.dump_stats(file)


if __name__ == "__main__":
    run()
