"""Schools, pupils and placements in named states, made by the application's own commands on one fixed calendar.

Everything is invented. A test names the state it starts from and what differs from the ordinary case:

    school = an_approvable_placement(record_authority_consent={"medium": Medium.TELEPHONE})
    school.refuses("approve_placement", "H-05")
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from domain.application import AlternativeProvision
from domain.errors import DecisionRefused
from domain.events import Fact
from domain.parts import ConsentScope, Deferral
from domain.rules.breach import Breach
from domain.values import LONDON, Officer, Submission
from domain.vocabulary import Deferrable, Role
from tests.domain.people import day, named
from tests.domain.wording import WORDING

OFFICES = (Role.HEAD_TEACHER, Role.DSL, Role.DEPUTY_HEAD, Role.AP_LEAD)
KNOWN = (
    "enrol_pupil change_pupil_residence record_placing_authority record_parental_responsibility record_provider"
    " record_provider_site verify_provider_registration verify_provider_safeguarding_policy assess_setting_risk"
).split()
LATER = frozenset({"record_baseline", "prepare_plan", "sign_placement_agreement"})
WAITING = tuple(Deferral(what, day("09-18")) for what in Deferrable)
AT_ONCE = ConsentScope(named("provider"), None, day("09-10"), None)
PREPARED = (
    "propose_placement assess_needs assess_risk record_authority_consent record_parental_agreement record_baseline"
    " prepare_plan sign_placement_agreement"
).split()


class School:
    """One school's record of alternative provision, and the commands of a test in short."""

    def __init__(self, application: AlternativeProvision | None = None) -> None:
        self.application = application or AlternativeProvision()

    def enter(self, verb: str, *, by: Officer | None = None, on: date | None = None, **changes: Any) -> list[Fact]:
        """Carry a command out as the wording has it, but for the changes; what it recorded comes back."""
        known = WORDING[verb]
        submission = self.submission(by or known.by, on or known.on, changes.pop("expected_version", None))
        stream = changes.pop("id", None) or named(known.id)
        recordings = getattr(self.application, verb)(stream, **known.fields | changes, submission=submission)
        return [recording.domain_event for recording in recordings]

    def submission(self, by: Officer, on: date, expected_version: int | None = None) -> Submission:
        """What goes with a command sent on a day at four in the afternoon."""
        instant = datetime.combine(on, time(16), LONDON).astimezone(UTC)
        return Submission(by, instant, expected_version=expected_version)

    def refuses(self, verb: str, *rules: str, **changes: Any) -> tuple[Breach, ...]:
        """Require that a decision is refused by exactly these rules and that nothing at all is recorded."""
        before = self.positions
        with pytest.raises(DecisionRefused) as refused:
            self.enter(verb, **changes)
        breaches = refused.value.breaches
        assert {breach.rule for breach in breaches} == set(rules), breaches
        assert all(breach.sentence and breach.remedy for breach in breaches)
        assert self.positions == before
        return breaches

    def rejects(self, error: type[Exception], verb: str, **changes: Any) -> Any:
        """Require that something impossible, double or unknown is turned away and that nothing at all is recorded."""
        before = self.positions
        with pytest.raises(error) as rejected:
            self.enter(verb, **changes)
        assert self.positions == before
        return rejected.value

    @property
    def positions(self) -> int:
        """How many facts are recorded."""
        return self.application.recorder.max_notification_id() or 0


def a_school(*, without: Collection[str] = (), **changes: dict[str, Any]) -> School:
    """A school with its calendar and officers, one pupil placed by one authority, and one checked provider."""
    school = School()
    entered(school, ["record_school", "publish_school_calendar"], without, changes)
    for role in OFFICES:
        held = {"office": role.value, "person_id": named(role.value), "name": f"A. {role.value.title()}"}
        school.enter("appoint_office_holder", **{"id": named(f"{role.value} appointment"), **held})
    return entered(school, KNOWN, without, changes)


def entered(
    school: School, verbs: Iterable[str], without: Collection[str], changes: dict[str, dict[str, Any]]
) -> School:
    """The same school after these commands, but for those left out."""
    for verb in verbs:
        if verb not in without:
            school.enter(verb, **changes.get(verb, {}))
    return school


def an_approvable_placement(*, without: Collection[str] = (), **changes: dict[str, Any]) -> School:
    """A placement with everything an approval and a start need, but for what the test leaves out or changes."""
    return entered(a_school(without=without, **changes), PREPARED, without, changes)


def an_approved_placement(*, without: Collection[str] = (), **changes: dict[str, Any]) -> School:
    """A placement that the Head Teacher approved."""
    return entered(an_approvable_placement(without=without, **changes), ["approve_placement"], without, changes)


def a_started_placement(*, without: Collection[str] = (), **changes: dict[str, Any]) -> School:
    """A placement that is running."""
    return entered(an_approved_placement(without=without, **changes), ["start_placement"], without, changes)


def a_suspended_placement(**changes: dict[str, Any]) -> School:
    """A placement that is suspended."""
    return entered(a_started_placement(**changes), ["suspend_placement"], (), changes)


def an_ended_placement(**changes: dict[str, Any]) -> School:
    """A placement that ended."""
    return entered(a_started_placement(**changes), ["end_placement"], (), changes)


def an_urgent_case(*, without: Collection[str] = (), **changes: dict[str, Any]) -> School:
    """Assessed in haste, consented, and with nothing of the three things that may wait."""
    in_haste = {
        "assess_risk": {"interim": True, "valid_to": day("09-30")},
        "record_authority_consent": {"scope": AT_ONCE},
    }
    return an_approvable_placement(without=LATER | {*without}, **in_haste | changes)


def an_urgent_start(**changes: dict[str, Any]) -> School:
    """A placement that the Head Teacher started at once, with all three things put off."""
    school = an_urgent_case(**changes)
    school.enter("start_urgently", deferred=WAITING)
    return school
