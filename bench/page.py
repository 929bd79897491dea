"""Pages as the application makes them on the whole demo, beside what Flask itself needs to answer anything."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import median
from time import process_time

from flask import Flask

from bench.measure import Row
from domain.vocabulary import PlacementStatus
from projections.catch_up import position
from projections.placements import placement_list
from web import founding
from web.application import create_app
from web.bootstrap import Services, open_services
from web.commands.founding import make_demo
from web.config import Config

_KEY, _REQUESTS, _ROUNDS = "bench", 5, 9
_UNIT = "ms of CPU a page"


def measure() -> Iterator[Row]:
    """Yield a row for each page: its CPU in milliseconds, Flask's own, and how many times that it is."""
    with tempfile.TemporaryDirectory() as folder, a_demo(Path(folder) / "demo") as services:
        browser, bare = create_app(services, Config(_KEY)).test_client(), _floor().test_client()
        browser.get(f"/demo/as/head-teacher?key={_KEY}")
        for name, address in addresses(services).items():
            yield _compare(f"page-{name}", partial(browser.get, address), partial(bare.get, "/ping"))


@contextmanager
def a_demo(folder: Path) -> Iterator[Services]:
    """The whole demo, made for this run."""
    make_demo(folder, datetime.now(UTC).date(), database=None)
    passphrase = founding.passphrase(folder, founding.read(folder), os.environ)
    services = open_services(folder, None, passphrase, lambda: datetime.now(UTC))
    try:
        yield services
    finally:
        services.close()


def _floor() -> Flask:
    app = Flask("floor")
    app.add_url_rule("/ping", view_func=lambda: "pong", endpoint="ping")
    return app


def addresses(services: Services) -> Mapping[str, str]:
    """The pages measured; of placements the longest-running one, whose story fills several pages of 25 entries."""
    services.catch_up()
    with services.read.reading() as connection:
        found = placement_list(connection, datetime.now(UTC).date(), position(connection))
    longest = min((one for one in found if one.status is PlacementStatus.ACTIVE), key=lambda one: one.since)
    place = f"/placements/{longest.placement_id}"
    return {
        "live": "/health/live",
        "placements": "/placements",
        "placement": place,
        "chronology": f"{place}/chronology",
        "pupils": "/pupils",
        "pupil": f"/pupils/{longest.pupil_id}",
        "providers": "/providers",
        "provider": f"/providers/{longest.provider_id}",
        "entry": f"/entries/{longest.proposed_at - 1}",
        "register": "/register",
        "approvals": "/approvals",
        "inspection-list": "/inspection-list",
        "whereabouts": "/whereabouts",
        "delegations": "/delegations",
        "home": "/",
    }


def _compare(name: str, ours: Callable[[], object], floor: Callable[[], object]) -> Row:
    pages, pings = [], []
    for _ in range(_ROUNDS):
        pages.append(_cpu(ours))
        pings.append(_cpu(floor))
    page, ping = median(pages), median(pings)
    return Row(name, round(page, 2), round(ping, 2), round(page / ping, 1), _UNIT)


def _cpu(run: Callable[[], object]) -> float:
    started = process_time()
    for _ in range(_REQUESTS):
        run()
    return (process_time() - started) * 1000 / _REQUESTS
