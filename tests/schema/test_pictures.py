"""Pictures are drawn on a thread: the event loop serves others meanwhile."""

from __future__ import annotations

import threading

import pytest

from schema.types import redemption
from tests.builders.people import a_caller
from tests.builders.redemption import an_offer, an_order
from tests.schema.client import succeed

pytestmark = pytest.mark.usefixtures("database")


async def test_the_event_loop_draws_no_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[threading.Thread] = []

    def draw(_: str) -> str:
        threads.append(threading.current_thread())
        return "<svg/>"

    monkeypatch.setattr(redemption, "qr_svg", draw)
    caller = await a_caller()
    await an_order(await an_offer(), caller, 2)
    answer = await succeed("{ viewer { tickets(first: 9) { nodes { qrSvg serial } } } }", caller)
    assert [ticket["qrSvg"] for ticket in answer["viewer"]["tickets"]["nodes"]] == ["<svg/>", "<svg/>"]
    assert len(threads) == 2
    assert threading.main_thread() not in threads
