"""`python -m bench.refusals`: how long it takes to refuse what is too much, each sent anew so that nothing is remembered."""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

import httpx
import orjson

from bench.servers import our_server

TIMES = 40
LEVELS = 40


def nested(number: int) -> str:
    return f'{{ a{number}: area(code: "1") ' + "{ parent " * LEVELS + "{ id }" + " }" * LEVELS + " }"


def aliases(number: int) -> str:
    return "{ " + " ".join(f"a{number}_{each}: __typename" for each in range(2_000)) + " }"


def repeated(number: int) -> str:
    return f'{{ a{number}: area(code: "1") {{ {"id " * 500} }} }}'


def bodies(number: int) -> dict[str, bytes]:
    """What is too much, by what it is."""
    queries = {"40 levels": nested(number), "2,000 aliases": aliases(number), "500 repeated fields": repeated(number)}
    return {name: orjson.dumps({"query": query}) for name, query in queries.items()} | {
        "16 MB": b" " * 16 * 1024 * 1024
    }


def main() -> None:
    seconds: dict[str, list[float]] = {}
    with (
        tempfile.TemporaryDirectory() as folder,
        our_server(f"sqlite://{Path(folder) / 'bench.db'}") as ours,
        httpx.Client(base_url=f"http://127.0.0.1:{ours.port}", trust_env=False) as client,
    ):
        for number in range(TIMES):
            for name, body in bodies(number).items():
                began = time.perf_counter()
                answer = client.post("/graphql", content=body, headers={"content-type": "application/json"})
                seconds.setdefault(name, []).append(time.perf_counter() - began)
                assert answer.json()["errors"][0]["extensions"]["code"] == "LIMIT_EXCEEDED", answer.text
    print(f"{'':22}{'median ms':>10}{'worst ms':>10}   (the 16 MB with their way over the loopback)")
    for name, each in seconds.items():
        print(f"{name:22}{statistics.median(each) * 1e3:>10.1f}{max(each) * 1e3:>10.1f}")


if __name__ == "__main__":
    main()
