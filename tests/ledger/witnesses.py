"""Witnesses to ask: real ones on the loopback address, and a small log's requests to them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from threading import Thread

from ledger import note
from ledger.witness import Witness, create
from ledger.witness_request import Request, format_request
from ledger.witness_server import WitnessServer
from tests.ledger import rfc6962
from tests.ledger.small_log import SmallLog

NOON = 1_788_264_000
ROOT = Path(__file__).resolve().parents[2]


class Clock:
    """A clock that a test sets."""

    def __init__(self, now: float = NOON) -> None:
        self.now = now

    def __call__(self) -> float:
        """Seconds since the epoch."""
        return self.now


def a_log(size: int, *, forked_at: int | None = None) -> SmallLog:
    """A log of so many entries; forked, it has other entries from there on, under the same key and name."""
    log = SmallLog()
    log.entries = [
        f"entry {each}{' forked' * (forked_at is not None and each >= forked_at)}".encode() for each in range(size)
    ]
    return log


def request(log: SmallLog, old: int, size: int | None = None) -> bytes:
    """What an honest client sends for the log's first entries to a witness that is at `old`."""
    new = len(log.entries) if size is None else size
    hashes = rfc6962.proof(old, log.entries[:new]) if 0 < old < new else []
    return format_request(Request(old, tuple(hashes), log.checkpoint(new)))


def a_witness(folder: Path, *logs: note.Verifier, name: str = "w1.example", clock: Clock | None = None) -> Witness:
    """A witness in that folder, made where there is none."""
    if not folder.exists():
        create(folder, name)
    return Witness(folder, logs, clock or Clock())


@contextmanager
def served(witness: Witness, longest: float = WitnessServer.longest) -> Iterator[int]:
    """The witness behind HTTP on a port of the loopback address; no connection takes longer, in seconds."""
    with WitnessServer(("127.0.0.1", 0), witness) as server:
        server.longest = longest
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def started(folder: Path, policy: Path, *more: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """`python -m ledger witness` as a process, and its port."""
    command = [sys.executable, "-m", "ledger", "witness", "--data", str(folder), "--follow", str(policy), "--port", "0"]
    with subprocess.Popen([*command, *more], stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        try:
            assert process.stdout is not None
            line = ""
            while not line.startswith("Listening"):
                line = process.stdout.readline()
                assert line, "the witness ended before it listened"
            yield process, int(line.rsplit(":", 1)[1])
        finally:
            process.kill()


def post(port: int, content: bytes, path: str = "/add-checkpoint") -> tuple[int, str, bytes]:
    """Status, content type and body of an answer."""
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("POST", path, content)
        answer = connection.getresponse()
        return answer.status, answer.headers["Content-Type"], answer.read()
    finally:
        connection.close()
