"""A real ledger on SQLite for each test: a school, a pupil, a placement that may be approved; the clock stands."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from domain.vocabulary import Role
from tests import postgres
from tests.domain.builders import KNOWN, PREPARED, School, entered
from tests.domain.people import SET_UP, named
from tests.domain.wording import WORDING
from tests.web.browsing import RUN_KEY, Browser, Clock
from web import founding
from web.application import create_app
from web.bootstrap import Services, open_services
from web.config import Config

OFFICES = (
    Role.HEAD_TEACHER, Role.DEPUTY_HEAD, Role.DSL, Role.SENCO, Role.AP_LEAD, Role.ATTENDANCE_OFFICER,
)  # fmt: skip
PASSPHRASE = "only for this test run"
NOW = datetime(2026, 9, 10, 15, 30, tzinfo=UTC)


@dataclass(frozen=True)
class Place:
    """Where a ledger lies: its folder, and the database of its entries where that is on a server."""

    folder: Path
    database: str | None

    def open(self, clock: Callable[[], datetime]) -> Services:
        """Open it."""
        return open_services(self.folder, self.database, PASSPHRASE, clock)


@pytest.fixture(scope="session")
def prepared_ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo ledger with a placement that only its approval lacks, and a deputy with a delegation."""
    folder = tmp_path_factory.mktemp("prepared") / "ledger"
    prepare(Place(folder, None))
    return folder


@pytest.fixture(scope="session")
def prepared_on_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """The same on PostgreSQL."""
    with postgres.fresh_database() as database:
        place = Place(tmp_path_factory.mktemp("prepared") / "served", database)
        prepare(place)
        yield place


@pytest.fixture
def place_on_server(prepared_on_server: Place, tmp_path: Path) -> Iterator[Place]:
    """A copy of it, the test's own."""
    with postgres.fresh_database(like=prepared_on_server.database or "") as database:
        yield Place(Path(shutil.copytree(prepared_on_server.folder, tmp_path / "served")), database)


@pytest.fixture(params=["sqlite", "postgres"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """A copy of the prepared ledger, the test's own, on one of both databases."""
    if request.param == "postgres":
        found: Place = request.getfixturevalue("place_on_server")
        return found
    return Place(Path(shutil.copytree(request.getfixturevalue("prepared_ledger"), tmp_path / "ledger")), None)


def prepare(place: Place) -> None:
    """Make a ledger and enter what the tests stand on."""
    make(place)
    fill(place)


def make(place: Place) -> None:
    """Make an empty ledger."""
    founding.found(
        place.folder,
        founding.demo_origin(),
        PASSPHRASE,
        at=datetime(2026, 9, 1, 9, tzinfo=UTC),
        database=place.database,
    )


def fill(place: Place) -> None:
    """Enter a school, its people, a pupil, a provider, and a placement that only its approval lacks."""
    services = place.open(Clock(NOW))
    school = School(services.application)
    entered(school, ["record_school", "publish_school_calendar"], (), {})
    for role in OFFICES:
        held = {"office": role.value, "person_id": named(role.value), "name": f"A. {role.value.title()}"}
        title = role.value.replace("_", " ").title()
        school.enter("appoint_office_holder", id=named(f"{role.value} appointment"), **held, title=title, by=SET_UP)
    entered(school, ["grant_delegation", *KNOWN, *PREPARED], (), {})
    services.checkpointer.publish()
    services.catch_up()
    services.close()


@pytest.fixture
def clock() -> Clock:
    """A clock that stands at the day the placement may be approved."""
    return Clock(NOW)


@pytest.fixture
def services(prepared_ledger: Path, tmp_path: Path, clock: Clock) -> Iterator[Services]:
    """The test's own copy of the ledger, opened."""
    folder = Path(shutil.copytree(prepared_ledger, tmp_path / "ledger"))
    opened = open_services(folder, None, PASSPHRASE, clock)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def looked_at(prepared_ledger: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The service on a copy that a whole module of tests looks at and none writes to."""
    folder = Path(shutil.copytree(prepared_ledger, tmp_path_factory.mktemp("looked-at") / "ledger"))
    opened = open_services(folder, None, PASSPHRASE, Clock(NOW))
    yield create_app(opened, Config(RUN_KEY))
    opened.close()


@pytest.fixture
def app(services: Services) -> Flask:
    """The service on that ledger."""
    return create_app(services, Config(RUN_KEY))


@pytest.fixture
def head(app: Flask) -> Browser:
    """The Head Teacher's browser."""
    return Browser(app, "head-teacher")


@pytest.fixture
def lead(app: Flask) -> Browser:
    """The alternative provision lead's browser."""
    return Browser(app, "ap-lead")


@pytest.fixture
def officer(app: Flask, head: Browser, clock: Clock) -> Browser:
    """The attendance officer on the second day of a running placement."""
    head.record(f"/placements/{named('placement')}/approve", WORDING["approve_placement"].fields)
    clock.now = datetime(2026, 9, 14, 9, tzinfo=UTC)
    Browser(app, "ap-lead").record(f"/placements/{named('placement')}/start", WORDING["start_placement"].fields)
    clock.now = datetime(2026, 9, 15, 15, tzinfo=UTC)
    return Browser(app, "attendance-officer")
