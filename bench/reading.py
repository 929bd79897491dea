"""What recording who looked costs: pages of the whole demo with it against the same pages without, in one run."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

from flask import Flask

from bench.measure import Row
from bench.page import a_demo, addresses
from web.application import create_app
from web.bootstrap import Services
from web.config import Config

_KEY, _REQUESTS, _ROUNDS = "bench", 5, 9
_PAGES = ("placements", "placement", "pupils", "home")


def measure() -> Iterator[Row]:
    """Yield two rows a page, CPU and time on the clock (which has the disk in it), each in milliseconds a page."""
    with tempfile.TemporaryDirectory() as folder, a_demo(Path(folder) / "demo") as services:
        found = addresses(services)
        for page in _PAGES:
            yield from _compared(page, found[page], services)


def _compared(page: str, address: str, services: Services) -> Iterator[Row]:
    clients = []
    for app in (create_app(services, Config(_KEY)), _without(create_app(services, Config(_KEY)))):
        clients.append(app.test_client())
        clients[-1].get(f"/demo/as/head-teacher?key={_KEY}")
        clients[-1].get(address)
    took: list[list[tuple[float, float]]] = [[], []]
    for _ in range(_ROUNDS):
        for client, figures in zip(clients, took, strict=True):
            cpu, clock = process_time(), perf_counter()
            for _ in range(_REQUESTS):
                client.get(address)
            figures.append((process_time() - cpu, perf_counter() - clock))
    for kind, place in (("cpu", 0), ("clock", 1)):
        ours, other = (median(one[place] for one in figures) * 1000 / _REQUESTS for figures in took)
        yield Row(f"reading-{page}-{kind}", round(ours, 2), round(other, 2), round(ours / other, 2), "ms a page")


def _without(app: Flask) -> Flask:
    """The same service as if it did not record who looks: the first of what it does after a view is left out."""
    app.after_request_funcs[None] = [one for one in app.after_request_funcs[None] if one.__module__ != "web.looking"]
    return app
