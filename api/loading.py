"""Loading modules that stay: without looking for garbage while they are made, and never among them afterwards."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def loading_for_good() -> Iterator[None]:
    """What is made in the block is there until the process ends.

    The schema alone is some hundred thousand objects. Python would look through all of them again and again while they are
    made (a sixth of the start), and at every full collection later, while requests wait.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
