"""`python -m ledger witness`: a witness (see `ledger.witness`) behind HTTP, with nothing but the standard library.

It listens on the loopback address unless told otherwise; put a web server with TLS before it. Requests need no
password: a witness hears only what a log it follows has signed.
"""

from __future__ import annotations

import logging
import socket
import sqlite3
import time
from argparse import Namespace
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import BoundedSemaphore, Timer
from typing import Any

from ledger import witness
from ledger.policy import parse_policy
from ledger.witness import Answer, Witness
from ledger.witness_request import LARGEST

_PATH = "/add-checkpoint"
_MOST_CONNECTIONS = 32
_IDLE_SECONDS = 10
_LOG = logging.getLogger(__name__)


def run(options: Namespace) -> int:
    """Make the witness where there is none, and answer until stopped.

    Raises:
        WitnessUnusable, VerificationError, OSError: where it cannot start.
    """
    logs = parse_policy(options.follow.read_bytes()).logs
    if options.name and not options.data.exists():
        witness.create(options.data, options.name)
    elif not options.data.exists():
        raise witness.WitnessUnusable(f"There is no witness in {options.data}; give --name to make one.")
    with WitnessServer((options.host, options.port), Witness(options.data, logs, time.time)) as server:
        print(f"Witness for {', '.join(log.name for log in logs) or 'no log'}")
        print(f"Its key, for the policies of those who trust it: {server.witness.vkey}")
        print(f"Listening on http://{options.host}:{server.server_port}", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return 0
    return 0


class WitnessServer(ThreadingHTTPServer):
    """Answers for one witness, so many connections at a time."""

    daemon_threads = True
    longest = 60.0
    """Seconds that one connection may take in all: whoever sends a byte now and then would keep others out for ever."""

    def __init__(self, address: tuple[str, int], answering: Witness) -> None:
        self.witness = answering
        self._free = BoundedSemaphore(_MOST_CONNECTIONS)
        super().__init__(address, _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Wait until a connection may be taken; the ones before it end by themselves."""
        self._free.acquire()
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Answer one connection, while it may last."""
        ending = Timer(self.longest, _end, [request])
        ending.daemon = True
        ending.start()
        try:
            super().process_request_thread(request, client_address)
        finally:
            ending.cancel()
            self._free.release()

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002 - the library's signature
        """Say in one line that a connection broke."""
        _LOG.warning("A connection ended before its answer.", exc_info=True)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    default_request_version = "HTTP/1.1"  # what no version can be read of is answered with a status too
    timeout = _IDLE_SECONDS
    server: WitnessServer

    def do_POST(self) -> None:
        """Answer a log."""
        if self.path != _PATH:
            self._answer(Answer(HTTPStatus.NOT_FOUND, "Only /add-checkpoint is answered here.\n"), close=True)
            return
        # Of two lengths, a web server in front may believe the other, and take the rest for somebody else's request.
        length = ",".join(self.headers.get_all("Content-Length", []))
        known = length.isascii() and length.isdigit() and len(length) < 9 and "Transfer-Encoding" not in self.headers
        if not known or int(length) > LARGEST:
            self._answer(Answer(HTTPStatus.BAD_REQUEST, "The request is too long, or of no length.\n"), close=True)
            return
        content = self.rfile.read(int(length))
        try:
            self._answer(self.server.witness.add_checkpoint(content))
        except sqlite3.Error as error:
            _LOG.error("The witness's memory could not be read or written: %s", error)
            self._answer(Answer(HTTPStatus.SERVICE_UNAVAILABLE, "Try again later.\n"), close=True)

    def do_GET(self) -> None:
        """Nothing is read from a witness."""
        self._answer(Answer(HTTPStatus.NOT_FOUND, "Only POST /add-checkpoint is answered here.\n"), close=True)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:  # noqa: ARG002 - the library's signature
        """Answer what is no HTTP, or too long for it."""
        self._answer(Answer(HTTPStatus.BAD_REQUEST, "The request is malformed.\n"), close=True)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        """Leave a line only where somebody asked for all of them."""
        _LOG.debug(format, *args)

    def _answer(self, answer: Answer, *, close: bool = False) -> None:
        body = answer.body.encode()
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(body)))
        if close:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)


def _end(connection: socket.socket) -> None:
    """Let whoever reads or writes on it find that it is over."""
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
