"""`serve`: the demo's pages on this machine only, with sign-in links for this run."""

from __future__ import annotations

import os
import signal
import socket
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from secrets import token_urlsafe
from threading import Event, Thread
from typing import Any

from waitress import create_server

from domain.values import LONDON
from web import founding
from web.application import create_app
from web.bootstrap import Services
from web.commands.founding import make_demo
from web.commands.opening import opened
from web.commands.speaking import Failed, say
from web.commands.stamping import timestamping
from web.config import Config
from web.personas import PERSONAS

_PORTS_TRIED = 50
_THREADS = 8


def serve(options: Namespace) -> int:
    """Serve until told to stop."""
    _demo_if_none(options)
    with opened(options) as services, closing(_socket(options.listen, options.port)) as listening:
        address, config = f"http://localhost:{listening.getsockname()[1]}", Config(run_key=token_urlsafe(24))
        app = create_app(services, config)  # refuses what is not a demo
        for key in services.keys.on_token:
            key.require()  # a token that is not in is told now, and not to whoever saves first
        services.checkpointer.start()
        services.catch_up()
        askers = _askers(services)
        _greet(address, config.run_key, as_json=options.json)
        return _run(services, app, listening, askers)


def _demo_if_none(options: Namespace) -> None:
    try:
        founding.read(options.data)
    except founding.NoLedger:
        print(f"Making a demo in {options.data}: about ten seconds, once.", file=sys.stderr, flush=True)
        try:
            today = datetime.now(LONDON).date()
            make_demo(options.data, today, database=options.database, subjects=options.subjects)
        except founding.LedgerExists:
            founding.read(options.data)  # another start made it meanwhile; if not, this says what is there instead


def _socket(address: str, port: int) -> socket.socket:
    """Listen on the first free port from this one on."""
    for candidate in range(port, min(port + _PORTS_TRIED, 65536)):
        listening = socket.socket()
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((address, candidate))
            listening.listen(128)
        except OSError:
            listening.close()
        else:
            return listening
    raise Failed(
        f"No port from {port} on is free at {address}. Name another with --port, or another address with --listen."
    )


def _greet(address: str, run_key: str, *, as_json: bool) -> None:
    links = {persona.slug: f"{address}/demo/as/{persona.slug}?key={run_key}" for persona in PERSONAS}
    lines = [
        f"  Placement Ledger is running: {address}",
        "  Everything in it is invented. It answers to the name localhost only.",
        "",
        "  Sign in with one click, this run only:",
        *(f"    {persona.label}\n      {links[persona.slug]}" for persona in PERSONAS),
        "",
        "  Try:",
        *(f"    {number}  {step}" for number, step in enumerate(_TO_TRY, 1)),
        "",
        "  Ctrl+C stops it.",
    ]
    say("\n".join(lines), {"address": address, "sign_in": links}, as_json=as_json)


_TO_TRY: tuple[str, ...] = (
    "As the inspector: where is every pupil now? Turn the record back to an earlier day.",
    "As the Head Teacher: approve a placement that waits for it, and download the proof of entry.",
    "As the deputy head in their own office: try the same; it is refused, and the rule is named.",
    "As the attendance officer: take today's register, all of it on one page.",
    "Download a placement's evidence file and check it offline: python3 -m ledger verify FILE --policy POLICY",
)


def _run(services: Services, app: Any, listening: socket.socket, askers: Sequence[Callable[[Event], None]]) -> int:
    """Answer requests, and sign checkpoints beside; a log that went wrong stops the service."""
    server = create_server(app, sockets=[listening], threads=_THREADS, ident=None)
    with _stopping_on_signals(), _checkpoints(services), _beside(askers):
        server.run()  # returns on KeyboardInterrupt, when the requests under way are answered
        server.close()
    print("Stopped.", file=sys.stderr)
    return 0


@contextmanager
def _checkpoints(services: Services) -> Iterator[None]:
    """Sign checkpoints in a thread; what goes wrong there ends the service, and is raised at its end."""
    stop, wrong = Event(), list[Exception]()

    def sign() -> None:
        try:
            services.checkpointer.run(stop)
        except Exception as error:  # noqa: BLE001 - whatever it is: pages must not be served on while nothing is signed
            wrong.append(error)
            os.kill(os.getpid(), signal.SIGTERM)

    thread = Thread(target=sign, name="checkpointer")
    try:
        thread.start()
        yield
    finally:
        stop.set()
        thread.join()
        if wrong:
            raise wrong[0]


def _askers(services: Services) -> list[Callable[[Event], None]]:
    """Who asks outsiders about what was signed: the witnesses, and the authority that stamps it."""
    asking = (services.witnessing, timestamping(services))
    return [each.run for each in asking if each is not None]


@contextmanager
def _beside(runs: Sequence[Callable[[Event], None]]) -> Iterator[None]:
    """Keep each running in a thread; whatever they meet, pages are served and entries recorded."""
    stop = Event()
    threads = [Thread(target=run, args=(stop,)) for run in runs]
    try:
        for thread in threads:
            thread.start()
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()


@contextmanager
def _stopping_on_signals() -> Iterator[None]:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
