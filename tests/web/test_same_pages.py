"""The same record reads the same on both databases: every kind of page, word by word and in the same order."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from ledger.postgres import PostgresLedgerDatastore
from ledger.server_copy import copy_to_server
from projections import catch_up
from tests import postgres
from tests.conftest import TODAY
from tests.web.browsing import RUN_KEY, Browser, Clock
from tests.web.crawling import pages, visible
from web import founding
from web.application import create_app
from web.bootstrap import Services, open_services
from web.config import Config

NOW = datetime(TODAY.year, TODAY.month, TODAY.day, 15, 30, tzinfo=UTC)
_OWN = re.compile(r"[0-9a-f]{16,}|[A-Za-z0-9+/=]{40,}")
"""Fingerprints and signatures, which differ since each service records its own looks."""
LISTS = (
    *("/whereabouts.json", "/placements.json", "/approvals.csv", "/pupils.json", "/providers.json", "/readings.csv"),
    *("/register.json", "/inspection-list.csv", "/delegations.json", "/offices.json", "/needs-doing.json"),
)


@pytest.fixture(scope="module")
def both(written_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Services, Services]]:
    """The demo on SQLite, its rows made at once; and on PostgreSQL, its rows made and changed in small portions."""
    folder = tmp_path_factory.mktemp("both")
    with ExitStack() as stack:
        opened = []
        for database in (None, stack.enter_context(postgres.fresh_database())):
            own = Path(shutil.copytree(written_demo, folder / ("file" if database is None else "server")))
            passphrase = founding.passphrase(own, founding.read(own), {})
            if database is not None:
                with closing(PostgresLedgerDatastore(database)) as datastore:
                    datastore.create_tables()
                copy_to_server(own / "ledger.sqlite", database, lambda _: None)
            services = open_services(own, database, passphrase, Clock(NOW))
            stack.callback(services.close)
            most = 5 if database else 10_000
            catch_up.rebuild(
                services.read, lambda after, limit, s=services, most=most: s.source(after, min(limit, most))
            )
            opened.append(services)
        yield opened[0], opened[1]


class Both(Browser):
    """One person at both services, who compares."""

    def __init__(self, both: tuple[Services, Services], persona: str) -> None:
        in_file, on_server = (create_app(services, Config(RUN_KEY)) for services in both)
        super().__init__(in_file, persona)
        self._other = Browser(on_server, persona)

    def get(self, address: str, **options: Any) -> TestResponse:
        """Open a page at both."""
        answer, other = super().get(address, **options), self._other.get(address, **options)
        assert answer.status_code == other.status_code, address
        assert told(answer) == told(other), address
        return answer


def told(answer: TestResponse) -> list[str]:
    """What a person or a machine reads, line by line, without fingerprints."""
    if answer.mimetype not in {"text/html", "text/csv", "application/json"}:
        return [answer.mimetype]
    said = visible(answer.text) if answer.mimetype == "text/html" else answer.text
    return re.split(r"(?<=[.,:}\n]) ?", _OWN.sub("…", said))


@pytest.mark.parametrize("persona", ["inspector", "head-teacher", "attendance-officer"])
def test_every_kind_of_page_reads_the_same_on_both_databases(both: tuple[Services, Services], persona: str) -> None:
    person = Both(both, persona)
    assert sum(1 for _ in pages(person)) > 10
    for address in LISTS:
        person.get(address)
