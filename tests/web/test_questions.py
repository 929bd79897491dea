"""How often a page asks the read models: nothing twice, and no more than is stated here; listened to at the driver."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event

from tests.web.browsing import RUN_KEY, Browser
from tests.web.watching import addresses
from web import founding
from web.application import create_app
from web.bootstrap import Services, open_services
from web.config import Config

MOST = 30
MORE = {"placement": 52, "pupil": 44}
"""Pages that tell of one thing whole."""


@pytest.fixture(scope="module")
def small_demo(demo_folder: Path) -> Iterator[Flask]:
    passphrase = founding.passphrase(demo_folder, founding.read(demo_folder), {})
    opened = open_services(demo_folder, None, passphrase, lambda: datetime.now(UTC))
    opened.checkpointer.publish()
    yield create_app(opened, Config(RUN_KEY))
    opened.close()


def heard(services: Services) -> list[str]:
    """All that is asked of the read database from now on, values included."""
    said: list[str] = []
    with services.read.reading() as connection:
        engine = connection.engine

    @event.listens_for(engine, "checkout")
    def _(dbapi_connection, _record, _proxy) -> None:  # type: ignore[no-untyped-def]  # the driver's own connection
        dbapi_connection.set_trace_callback(said.append)

    return said


def snapshots(said: list[str]) -> Iterator[list[str]]:
    """What was asked within each transaction."""
    asked: list[str] = []
    for one in [*said, "BEGIN"]:
        if one.startswith("BEGIN"):
            yield asked
            asked = []
        elif one.startswith("SELECT"):
            asked.append(one)


def test_no_page_asks_the_same_twice_and_none_more_than_is_stated(small_demo: Flask) -> None:
    browser = Browser(small_demo, "head-teacher")
    services: Services = small_demo.extensions["placement-ledger"]
    said, pages = heard(services), 0
    for endpoint, address, _ in list(addresses(services)):
        browser.get(address)  # what is worked out once a day, or once a process, is behind us
        said.clear()
        pages += browser.get(address).status_code == 200
        asked = list(snapshots(said))
        twice = [one for some in asked for one, times in Counter(some).items() if times > 1]
        assert not twice, f"{address} asks {len(twice)} questions again, such as {twice[0][:2000]}"
        assert sum(map(len, asked)) <= MORE.get(endpoint.name, MOST), endpoint.name
    assert pages > 30


def test_another_request_asks_again_what_the_one_before_was_told(small_demo: Flask) -> None:
    browser = Browser(small_demo, "head-teacher")
    said = heard(small_demo.extensions["placement-ledger"])
    counts = []
    for _ in range(3):
        said.clear()
        browser.get("/placements")
        counts.append(sum(map(len, snapshots(said))))
    assert counts[1] == counts[2] > 5
