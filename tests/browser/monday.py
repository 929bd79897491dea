"""A service on the whole demo with its clock standing on one Monday morning, so that every run finds the same."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread

from werkzeug.serving import make_server

from domain.values import LONDON
from tests.browser.conftest import Served
from web import founding
from web.application import create_app
from web.bootstrap import open_services
from web.commands.founding import make_demo
from web.config import Config
from web.personas import PERSONAS

MOMENT = datetime(2026, 11, 23, 9, 50, tzinfo=UTC)
"""A Monday morning in term; the demo is made for that day, whenever the tour is walked."""


@contextmanager
def on_that_monday(folder: Path) -> Iterator[Served]:
    """The service on the whole demo, its clock standing at the tour's moment, so that every run finds the same."""
    make_demo(folder, MOMENT.astimezone(LONDON).date())
    services = open_services(folder, None, founding.passphrase(folder, founding.read(folder), {}), lambda: MOMENT)
    services.checkpointer.start()
    services.catch_up()
    stop, server = Event(), make_server("127.0.0.1", 0, create_app(services, Config("tour")), threaded=True)
    threads = [Thread(target=server.serve_forever), Thread(target=services.checkpointer.run, args=(stop,))]
    for thread in threads:
        thread.start()
    address = f"http://localhost:{server.port}"
    try:
        yield Served(address, {one.slug: f"/demo/as/{one.slug}?key=tour" for one in PERSONAS})
    finally:
        stop.set()
        server.shutdown()
        for thread in threads:
            thread.join()
        services.close()
