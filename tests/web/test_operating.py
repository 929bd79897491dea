"""A command that gives out records of pupils is a reading too, in the name of the account that runs it."""

from __future__ import annotations

import getpass
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from domain.events import RecordRead
from tests.conftest import SMALL, TODAY
from tests.web.test_cli import web
from web import founding
from web.bootstrap import open_services
from web.demo.plan import plan

PLACEMENT = next(step for step in plan(TODAY, SMALL) if step.verb == "suspend_placement")


def readings(folder: Path) -> list[RecordRead]:
    services = open_services(
        folder, None, founding.passphrase(folder, founding.read(folder), {}), lambda: datetime.now(UTC)
    )
    try:
        return [fact for _, fact in services.source(0, services.log.size()) if isinstance(fact, RecordRead)]
    finally:
        services.close()


@pytest.mark.parametrize(
    ("command", "page"),
    [
        (("export-bundle", "--placement", PLACEMENT.id, "placement.zip"), "placement_evidence"),
        (("print-sheet", "sheet.html"), "register_sheet"),
        (("digest",), "digest"),
    ],
)
def test_what_a_command_gives_out_of_pupils_is_recorded(
    demo_copy: Path, tmp_path: Path, command: Sequence[object], page: str
) -> None:
    where = [tmp_path / part if str(part).endswith((".zip", ".html")) else part for part in command]
    done = web(*where, "--data", demo_copy)
    assert done.returncode == 0, done.stderr
    (reading,) = readings(demo_copy)
    assert (reading.page, reading.form) == (page, "file")
    assert reading.actor_name == getpass.getuser()
    assert reading.pupils


def test_nothing_is_given_out_of_a_placement_that_is_not_there(demo_copy: Path, tmp_path: Path) -> None:
    done = web(
        "export-bundle", "--placement", "00000000-0000-4000-8000-000000000000", tmp_path / "no.zip", "--data", demo_copy
    )
    assert done.returncode == 1
    assert not (tmp_path / "no.zip").exists()
    assert not readings(demo_copy)
