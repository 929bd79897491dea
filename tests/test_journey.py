"""The whole way of a placement through HTTP, on both databases, and its evidence checked by who has only the file."""

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
from tests.web.conftest import Place, place, place_on_server, prepared_ledger, prepared_on_server
from tests.web.test_entries import verify
from tests.web.test_register import told
from web.application import create_app
from web.bootstrap import Services
from web.config import Config

__all__ = ["place", "place_on_server", "prepared_ledger", "prepared_on_server"]
PUPIL = named("pupil")


@pytest.fixture
def clock() -> Clock:
    """A clock that the journey moves on."""
    return Clock(datetime(2026, 9, 7, 15, tzinfo=UTC))


@pytest.fixture
def services(place: Place, clock: Clock) -> Iterator[Services]:
    """A ledger with a school, its people, a pupil and a provider, on one of both databases."""
    opened = place.open(clock)
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


class Journey:
    """People at their browsers, day by day; each day everyone signs in anew."""

    def __init__(self, app: Flask, services: Services, clock: Clock) -> None:
        self.app, self.services, self.clock = app, services, clock
        self.place = ""

    def on(self, day: date) -> None:
        """Go on to the afternoon of a day."""
        self.clock.now = datetime(day.year, day.month, day.day, 15, 30, tzinfo=LONDON).astimezone(UTC)

    def by(self, persona: str) -> Browser:
        """Sit down at somebody's browser."""
        return Browser(self.app, persona)

    def propose(self) -> None:
        """The lead proposes; the Head Teacher cannot approve before anything else is there."""
        self.on(date(2026, 9, 7))
        proposed = self.by("ap-lead").record("/placements/propose", said("propose_placement"))
        stream = self.services.log.leaf(int(proposed.headers["Location"].split("/")[2])).stream
        assert stream != named("placement")
        self.place = f"/placements/{stream}"
        approval = said("approve_placement", approved_on=date(2026, 9, 7))
        refused = self.by("head-teacher").send(f"{self.place}/approve", approval)
        assert refused.status_code == 422
        assert all(f"Rule {rule}" in told(refused.text) for rule in ("H-05", "H-06", "H-08", "H-15"))

    def prepare(self) -> None:
        """Needs, risk, starting point, plan, consents and the provider's signature."""
        self.on(date(2026, 9, 9))
        self.by("senco").record(f"{self.place}/assess-needs", said("assess_needs"))
        lead = self.by("ap-lead")
        for verb in ("assess_risk record_baseline record_authority_consent record_parental_agreement").split():
            lead.record(f"{self.place}/{verb.replace('_', '-')}", said(verb))
        self.by("head-teacher").record(f"{self.place}/prepare-plan", said("prepare_plan"))
        lead.record(f"{self.place}/sign-placement-agreement", said("sign_placement_agreement"))
        assert "Nothing stands in the way" in self.by("head-teacher").read(self.place)

    def run(self) -> None:
        """Approval, start, a week of registers with one amendment, a review, the end."""
        self.on(date(2026, 9, 10))
        self.by("head-teacher").record(f"{self.place}/approve", said("approve_placement"))
        self.on(date(2026, 9, 14))
        self.by("ap-lead").record(f"{self.place}/start", said("start_placement"))
        for offset in range(5):
            self.on(date(2026, 9, 14) + timedelta(days=offset))
            code = f"code-{self.place.rpartition('/')[2]}"
            marks = {f"{code}-AM": "B", f"{code}-PM": "B" if offset else "M"}
            self.by("attendance-officer").record("/register", marks)
        amendment = {"amended_code": "I", "reason_code": "late_information", "reason": "The parent rang."}
        self.by("attendance-officer").record(f"/pupils/{PUPIL}/attendance/2026-09-15/AM/amend", amendment)
        self.on(date(2026, 10, 14))
        rated = {"objectives-0-rag": "green", "objectives-1-rag": "amber"}  # of the plan's two
        self.by("head-teacher").record(f"{self.place}/hold-review", said("hold_review") | rated)
        self.on(date(2026, 12, 18))
        self.by("head-teacher").record(f"{self.place}/end", said("end_placement"))


def test_a_placement_from_proposal_to_end_and_its_evidence_checked_elsewhere(
    app: Flask, services: Services, clock: Clock, tmp_path: Path
) -> None:
    journey = Journey(app, services, clock)
    journey.propose()
    journey.prepare()
    journey.run()

    inspector = journey.by("inspector")
    page = told(inspector.read(journey.place) + inspector.read(f"{journey.place}/chronology"))
    for words in (
        "It ended on 18 December 2026", "Placement approved", "Review held", "amended", "Own office, held from",
    ):  # fmt: skip
        assert words in page
    then = told(inspector.read(f"{journey.place}?as-at=2026-09-16&known-at=2026-09-16"))
    assert "It ended" not in then
    assert "The parent rang" not in then

    policy = app.test_client().get("/policy").data
    evidence = inspector.client.get(f"{journey.place}/evidence.zip").data
    services.close()
    checked = verify(tmp_path / "empty", evidence, policy)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "VERIFIED" in checked.stdout
    assert "nothing about another pupil" in checked.stdout
