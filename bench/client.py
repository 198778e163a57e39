"""A small HTTP/1.1 client that keeps its connections and costs little, so that what is measured is the server.

It runs in one thread on epoll, in the process of the measurement, which is another than the server's. Each connection has one
request under way and sends the next as soon as it is answered.
"""

from __future__ import annotations

import gc
import select
import socket
import time
from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

MakeRequest = Callable[[int], bytes]  # the n-th request's bytes, head and body

LONGEST_WAIT_S = 60
CHUNK = 1 << 18
HEAD_ENDS = b"\r\n\r\n"
LENGTH = b"content-length:"


class BadAnswer(Exception):
    """The server answered something else than a success, or nothing; a measurement of it would mean nothing."""


class HungUp(Exception):
    """The server closed a kept connection before it answered: it took it for idle. uvicorn does so when the machine is so busy
    that it comes to read a request only after its five seconds of waiting for one."""


@dataclass(slots=True)
class Load:
    """What a load gave: seconds that each request took, how long the whole lasted, CPU seconds that this client spent, and how
    many requests had to be sent again because the server had hung up."""

    latencies: array[float] = field(default_factory=lambda: array("d"))
    elapsed: float = 0.0
    cpu: float = 0.0
    sent_again: int = 0

    @property
    def per_second(self) -> float:
        return len(self.latencies) / self.elapsed

    def percentile(self, percent: float) -> float:
        """Seconds within which so many percent of the requests were answered."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


class Connection:
    """A connection with at most one request under way."""

    __slots__ = ("answer", "port", "request", "sent_at", "socket")

    def __init__(self, port: int) -> None:
        self.port = port
        self.answer = self.request = b""
        self.sent_at = 0.0
        self.connect()

    def connect(self) -> None:
        self.socket = socket.create_connection(("127.0.0.1", self.port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, request: bytes) -> None:
        self.answer, self.request = b"", request
        self.sent_at = time.perf_counter()
        self.socket.sendall(request)

    def send_again(self) -> None:
        """On a new connection, as any client does whose kept connection was closed; the clock runs on from the first time."""
        self.socket.close()
        self.connect()
        self.socket.sendall(self.request)

    def receive(self) -> bool:
        """Take what has arrived. Whether the answer is whole. Raises BadAnswer where the server hung up within an answer."""
        data = self.socket.recv(CHUNK)
        if not data:
            raise HungUp if not self.answer else BadAnswer("the server closed the connection within an answer")
        self.answer = self.answer + data if self.answer else data
        return is_whole(self.answer)


def is_whole(answer: bytes) -> bool:
    """Whether head and body are there."""
    head = answer.find(HEAD_ENDS)
    if head < 0:
        return False
    lower = answer[:head].lower()
    at = lower.index(LENGTH) + len(LENGTH)
    line = lower.find(b"\r\n", at)
    return len(answer) >= head + len(HEAD_ENDS) + int(lower[at:line] if line > 0 else lower[at:])


def http_request(body: bytes, token: str | None, host: str = "127.0.0.1") -> bytes:
    """The bytes of a POST to /graphql."""
    authorization = f"Authorization: Bearer {token}\r\n" if token else ""
    head = (
        f"POST /graphql HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nAccept: application/json\r\n"
        f"{authorization}Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def run_load(port: int, make: MakeRequest, connections: int, seconds: float, numbers: count[int]) -> Load:
    """Send requests over so many connections for so long, one at a time on each. Raises BadAnswer."""
    opened = [Connection(port) for _ in range(connections)]
    gc.collect()
    gc.freeze()  # what the measurement keeps is not looked through again and again while it sends
    try:
        return keep_busy(opened, make, seconds, numbers)
    finally:
        gc.unfreeze()
        for each in opened:
            each.socket.close()


def keep_busy(connections: list[Connection], make: MakeRequest, seconds: float, numbers: count[int]) -> Load:
    load = Load()
    note, clock = load.latencies.append, time.perf_counter
    with select.epoll() as poll:
        by_number = {each.socket.fileno(): each for each in connections}
        for number in by_number:
            poll.register(number, select.EPOLLIN)
        spent, began = time.process_time(), clock()
        until = began + seconds
        for each in connections:
            each.send(make(next(numbers)))
        under_way = len(connections)
        while under_way:
            ready = poll.poll(LONGEST_WAIT_S)
            if not ready:
                raise BadAnswer(f"no answer in {LONGEST_WAIT_S} seconds")
            for number, _ in ready:
                each = by_number[number]
                try:
                    if not each.receive():
                        continue
                except (HungUp, ConnectionResetError):
                    del by_number[number]
                    each.send_again()
                    load.sent_again += 1
                    by_number[each.socket.fileno()] = each
                    poll.register(each.socket.fileno(), select.EPOLLIN)
                    continue
                now = clock()
                note(now - each.sent_at)
                check(each.answer)
                if now < until:
                    each.send(make(next(numbers)))
                else:
                    poll.unregister(number)  # the server may hang up on who is idle, while the others still wait
                    under_way -= 1
        load.elapsed, load.cpu = clock() - began, time.process_time() - spent
    return load


def ask(port: int, request: bytes) -> bytes:
    """The body of one answer. Raises BadAnswer."""
    connection = Connection(port)
    try:
        connection.send(request)
        while not connection.receive():
            pass
    finally:
        connection.socket.close()
    check(connection.answer)
    return connection.answer.partition(HEAD_ENDS)[2]


def check(answer: bytes) -> None:
    """Raises BadAnswer."""
    if not answer.startswith(b"HTTP/1.1 200") or b'"errors":[{' in answer or b'"error":{' in answer:
        head, _, body = answer.partition(HEAD_ENDS)
        told = body[max(body.find(b'"errors":[{'), 0) :]
        raise BadAnswer(f"{head[:80]!r} {told[:600].decode(errors='replace')}")
