"""The story of `make demo`, played against the real program."""

from __future__ import annotations

import pytest

from api.demo.story import play
from api.demo.telling import NotAsTold, Teller
from api.demo_data import fill_if_empty
from api.demo_story import tell_story
from api.settings import Settings
from domain.audit import audit_everything
from storage import read
from tests.server import Server


def teller(server: Server, told: list[str]) -> Teller:
    async def code_for(phone: str) -> str:
        assert server.sms.sent[-1][0].endswith(phone)
        return server.sms.last_code

    return Teller(server.http, code_for, told.append)


async def test_the_whole_story_is_as_told_and_so_it_is_again(server: Server) -> None:
    await fill_if_empty(server.clock.now)
    for _ in range(2):
        told: list[str] = []
        await play(teller(server, told), server.clock)
        assert sum(line.startswith("  ✓") for line in told) >= 20
        answered = next(line for line in told if '"code": "INVALID_INPUT"' in line)
        assert '"path": ["records", "1", "checkedOutAt"]' in answered, "the bad row is there for the reader to see"
    assert await read(audit_everything) == []


async def test_a_story_that_goes_wrong_says_so(server: Server) -> None:
    with pytest.raises(NotAsTold):
        await play(teller(server, []), server.clock)


async def test_a_code_that_another_program_sent_is_told_and_not_tripped_over(server: Server) -> None:
    async def stale(_: str) -> str:
        return f"{(int(server.sms.last_code) + 1) % 10**6:06}"

    with pytest.raises(NotAsTold, match="CODE_INCORRECT"):
        await play(Teller(server.http, stale, print), server.clock)


@pytest.fixture
def ended_well(monkeypatch: pytest.MonkeyPatch) -> list[Settings]:
    """A story that is as told; the settings with which books were audited after it."""
    audited: list[Settings] = []

    async def as_told(*_: object) -> None:
        pass

    async def audit(settings: Settings) -> int:
        audited.append(settings)
        return 0

    monkeypatch.setattr("api.demo_story.play", as_told)
    monkeypatch.setattr("api.demo_story.audit", audit)
    return audited


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8001", "http://localhost:8001", "https://127.0.0.1:8002", "http://example.org:8002"]
)
async def test_the_book_of_a_program_at_another_address_is_not_audited_here(
    url: str, ended_well: list[Settings], capsys: pytest.CaptureFixture[str]
) -> None:
    assert await tell_story(url, Settings(port=8002)) == 0
    assert "not audited here" in capsys.readouterr().out
    assert not ended_well


@pytest.mark.parametrize(
    "url", ["http://localhost:8001", "http://LOCALHOST:8001/", "http://127.0.0.1:8001/", "http://[::1]:8001"]
)
@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0", "::1", "localhost"])  # noqa: S104 - not listened on
async def test_however_this_machine_is_spelled_its_book_is_audited(
    url: str, host: str, ended_well: list[Settings]
) -> None:
    assert await tell_story(url, Settings(host=host, port=8001)) == 0
    assert len(ended_well) == 1
