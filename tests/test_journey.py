"""The whole way of a placement through HTTP, from proposal to end, and its evidence checked by somebody who has only the file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from domain.values import LONDON
from tests.domain.people import named
from tests.domain.wording import WORDING
from tests.web.browsing import RUN_KEY, Browser, Clock
from tests.web.conftest import PASSPHRASE, prepared_ledger
from tests.web.test_entries import verify
from tests.web.test_register import told
from web.application import create_app
from web.bootstrap import Services, open_services
from web.config import Config

__all__ = ["prepared_ledger"]


@pytest.fixture
def clock() -> Clock:
    """A clock that the journey moves on."""
    return Clock(datetime(2026, 9, 7, 15, tzinfo=UTC))


@pytest.fixture
def services(prepared_ledger: Path, tmp_path: Path, clock: Clock) -> Iterator[Services]:
    """A ledger with a school, its people, a pupil and a provider."""
    import shutil

    folder = Path(shutil.copytree(prepared_ledger, tmp_path / "ledger"))
    opened = open_services(folder, None, PASSPHRASE, clock)
    yield opened
    opened.close()


@pytest.fixture
def app(services: Services) -> Flask:
    """The service."""
    return create_app(services, Config(RUN_KEY))


def said(verb: str, **changes: object) -> dict[str, object]:
    """What is usually typed into a form."""
    known = {name: value for name, value in WORDING[verb].fields.items() if name not in {"consent_id", "holder_name"}}
    return known | changes


def test_a_placement_from_proposal_to_end_and_its_evidence_checked_elsewhere(
    app: Flask, services: Services, clock: Clock, tmp_path: Path
) -> None:
    lead, head = Browser(app, "ap-lead"), Browser(app, "head-teacher")
    officer, senco = Browser(app, "attendance-officer"), Browser(app, "senco")

    def on(day: date) -> None:
        clock.now = datetime(day.year, day.month, day.day, 15, 30, tzinfo=LONDON).astimezone(UTC)

    proposed = lead.record("/placements/propose", said("propose_placement"))
    entry = int(proposed.headers["Location"].split("/")[2])
    place = f"/placements/{services.log.leaf(entry).stream}"
    assert place != f"/placements/{named('placement')}"

    refused = head.send(f"{place}/approve", said("approve_placement", approved_on=date(2026, 9, 7)))
    assert refused.status_code == 422
    assert {"H-15", "H-05", "H-06"} <= {rule for rule in ("H-05", "H-06", "H-08", "H-15") if rule in told(refused.text)}

    on(date(2026, 9, 9))
    lead, head = Browser(app, "ap-lead"), Browser(app, "head-teacher")
    officer, senco = Browser(app, "attendance-officer"), Browser(app, "senco")
    senco.record(f"{place}/assess-needs", said("assess_needs"))
    lead.record(f"{place}/assess-risk", said("assess_risk"))
    lead.record(f"{place}/record-baseline", said("record_baseline"))
    lead.record(f"{place}/prepare-plan", said("prepare_plan"))
    lead.record(f"{place}/record-authority-consent", said("record_authority_consent"))
    lead.record(f"{place}/record-parental-agreement", said("record_parental_agreement"))
    lead.record(f"{place}/sign-placement-agreement", said("sign_placement_agreement"))
    assert "Nothing stands in the way" in head.read(place)

    on(date(2026, 9, 10))
    head = Browser(app, "head-teacher")
    head.record(f"{place}/approve", said("approve_placement"))
    on(date(2026, 9, 14))
    lead, head = Browser(app, "ap-lead"), Browser(app, "head-teacher")
    lead.record(f"{place}/start", said("start_placement"))

    pupil = named("pupil")
    for offset in range(5):
        on(date(2026, 9, 14) + timedelta(days=offset))
        officer = Browser(app, "attendance-officer")
        marks = {
            f"code-{pupil}-AM": "B",
            f"code-{pupil}-PM": "B" if offset else "M",
            f"nature-{pupil}": "Motor mechanics",
        }
        officer.record("/register", marks)
    on(date(2026, 9, 18))
    officer = Browser(app, "attendance-officer")
    officer.record(
        f"/pupils/{pupil}/attendance/2026-09-15/AM/amend",
        {"amended_code": "I", "reason_code": "late_information", "reason": "The parent rang.", "minutes_late": None},
    )

    on(date(2026, 10, 14))
    head = Browser(app, "head-teacher")
    head.record(f"{place}/hold-review", said("hold_review"))
    on(date(2026, 12, 18))
    head = Browser(app, "head-teacher")
    head.record(f"{place}/end", said("end_placement"))

    inspector = Browser(app, "inspector")
    page = told(inspector.read(place))
    for words in (
        "It ended on 18 December 2026",
        "Placement approved",
        "Review held",
        "amended",
        "Own office, held from",
    ):
        assert words in page
    then = told(inspector.read(f"{place}?as-at=2026-09-16&known-at=2026-09-16"))
    assert "It ended" not in then
    assert "The parent rang" not in then

    services.checkpointer.publish()
    policy = app.test_client().get("/policy").data
    evidence = inspector.client.get(f"{place}/evidence.zip").data
    services.close()
    checked = verify(tmp_path / "empty", evidence, policy)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "VERIFIED" in checked.stdout
    assert "nothing about another pupil" in checked.stdout
