"""What several test packages stand on: a small demo ledger, written once a run by the command that users run."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from domain.values import LONDON
from tests import postgres
from web.commands.founding import make_demo
from web.demo.plan import Size

# No test asserts a time, property tests included: the machine may be busy.
settings.register_profile("unhurried", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")

ROOT = Path(__file__).resolve().parent.parent

_COUNTED = ("mutations tried", "mutations undetected")
"""What attack tests record of themselves (`tests.ledger.mutations`)."""

TODAY = datetime.now(LONDON).date()
"""The day that demos written for a run are set on, since the commands they are given to ask the real clock."""


SMALL = Size(pupils=20, days=14)
"""Every storyline once, and enough days of registers for each to be told and for amendments."""


@pytest.fixture(scope="session")
def written_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small demo, for reading only."""
    folder = tmp_path_factory.mktemp("demo") / "ledger"
    make_demo(folder, TODAY, size=SMALL)
    return folder


@pytest.fixture
def demo_copy(written_demo: Path, tmp_path: Path) -> Path:
    """A small demo of the test's own, to write to."""
    return Path(shutil.copytree(written_demo, tmp_path / "ledger"))


@pytest.fixture(scope="session")
def demo_folder(written_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small demo to serve: pages write to it."""
    return Path(shutil.copytree(written_demo, tmp_path_factory.mktemp("served") / "ledger"))


@pytest.fixture
def postgres_database() -> Iterator[str]:
    """An empty PostgreSQL database of the test's own, as `postgresql://…`."""
    with postgres.fresh_database() as address:
        yield address


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Close with how many changes the attack suites tried, and how many of them nobody noticed."""
    counted: Counter[str] = Counter()
    for report in (each for kind in ("passed", "failed") for each in terminalreporter.getreports(kind)):
        counted.update({name: int(str(count)) for name, count in report.user_properties if name in _COUNTED})
    if counted:
        tried, undetected = (counted[name] for name in _COUNTED)
        terminalreporter.write_line(f"Attacks on bytes: {tried:,} changes tried, {undetected:,} undetected.")
