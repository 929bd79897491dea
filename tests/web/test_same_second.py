"""Two processes on one real ledger: an approval never slips past the revocation of the delegation it rests on."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from tests.conftest import ROOT
from tests.web.conftest import NOW, Place

_ACT = """
import sys, time
from pathlib import Path
from domain.errors import DecisionRefused
from tests.domain.builders import School
from tests.domain.people import DELEGATE
from tests.web.conftest import NOW, PASSPHRASE
from web.bootstrap import open_services

folder, database, verb, start = Path(sys.argv[1]), sys.argv[2] or None, sys.argv[3], float(sys.argv[4])
services = open_services(folder, database, PASSPHRASE, lambda: NOW)
school = School(services.application)
time.sleep(max(0, start - time.time()))
try:
    school.enter(verb, by=DELEGATE if verb == "approve_placement" else None)
    print("recorded")
except DecisionRefused as refused:
    print("refused", *(breach.rule for breach in refused.breaches))
services.close()
"""


def outcome(place: Place, start: float) -> tuple[str, str]:
    """What the approval and the revocation came to, both begun at that instant."""
    running = [
        subprocess.Popen(
            [sys.executable, "-P", "-c", _ACT, str(place.folder), place.database or "", verb, str(start)],
            cwd=ROOT, env={"PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, text=True,
        )
        for verb in ("approve_placement", "revoke_delegation")
    ]  # fmt: skip
    approval, revocation = (process.communicate(timeout=60)[0].strip() for process in running)
    return approval, revocation


@pytest.mark.parametrize("attempt", range(4))
def test_an_approval_and_the_revocation_of_its_delegation_in_the_same_second(place: Place, attempt: int) -> None:
    approval, revocation = outcome(place, time.time() + 2 + attempt / 1000)
    services = place.open(lambda: NOW)
    recorded = services.application.recorder.select_notifications(1, 1000)
    services.close()
    topics = [entry.topic for entry in recorded if entry.topic in {"placement.approved", "delegation.revoked"}]
    assert revocation == "recorded"
    if approval == "recorded":
        assert topics == ["placement.approved", "delegation.revoked"]
    else:
        assert (approval, topics) == ("refused H-04", ["delegation.revoked"])
