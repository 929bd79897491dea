"""Two machines serve one ledger on PostgreSQL: what is entered at one is on the next page of the other."""

from __future__ import annotations

import json
import shutil
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
from werkzeug.datastructures import MultiDict
from werkzeug.test import encode_multipart

from ledger.server_copy import copy_to_server
from ledger.subjects import SubjectKeys
from tests import postgres
from tests.domain.people import named
from tests.domain.wording import WORDING
from tests.web.browsing import as_form, filled_in
from tests.web.conftest import Place
from tests.web.test_killed import Service
from web.cli import main

PLACE = f"/placements/{named('placement')}"


@pytest.fixture
def options(place_on_server: Place) -> Iterator[tuple[str, ...]]:
    """Where the entries and, apart from them, the subjects' keys lie for every machine."""
    file = place_on_server.folder / "subjects.sqlite"
    with postgres.fresh_database() as keys:
        SubjectKeys(keys, bytes(32)).close()
        copy_to_server(file, keys, lambda _: None)
        file.unlink()
        yield "--database", str(place_on_server.database), "--subjects", keys


@pytest.fixture
def machines(place_on_server: Place, options: tuple[str, ...], tmp_path: Path) -> Iterator[list[Service]]:
    """Two, each with its own copy of the folder."""
    with ExitStack() as stack:
        running = []
        for number in range(2):
            folder = shutil.copytree(place_on_server.folder, tmp_path / f"machine-{number}")
            running.append(Service(Path(folder), *options))
            stack.callback(running[-1].stop, signal.SIGTERM)
        yield running


def enter(machine: Service, verb: str) -> None:
    """Send a form as it is usually filled in, anew where somebody else entered something about it meanwhile."""
    address = f"{PLACE}/{verb.replace('_', '-')}"
    typed = {**filled_in(machine.ask("GET", address)[2]), **as_form(WORDING[verb].fields)}
    typed.pop("evidence", None)
    boundary, body = encode_multipart(MultiDict(typed))
    status, _, text = machine.ask("POST", address, body, kind=f"multipart/form-data; boundary={boundary}")
    if status == 409:
        enter(machine, verb)
    else:
        assert status == 303, text


def entries(machine: Service) -> int:
    """How many entries of the placement a machine shows."""
    status, _, text = machine.ask("GET", f"{PLACE}/chronology.json")
    assert status == 200
    return len(json.loads(text))


def test_what_is_entered_at_one_machine_is_on_the_next_page_of_the_other(
    machines: list[Service], place_on_server: Place, options: tuple[str, ...]
) -> None:
    before = entries(machines[0])
    assert entries(machines[1]) == before
    for number in range(4):
        writer, reader = machines[number % 2], machines[1 - number % 2]
        enter(writer, "assess_needs" if number % 2 else "record_baseline")
        assert entries(reader) == before + number + 1
    with ThreadPoolExecutor(4) as people:
        list(people.map(lambda number: enter(machines[number % 2], "assess_needs"), range(6)))
    assert [entries(machine) for machine in machines] == [before + 10] * 2
    for machine in machines:
        machine.stop(signal.SIGTERM)
    assert main(["audit", "--data", str(place_on_server.folder), *options]) == 0
