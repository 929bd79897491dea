"""Decide, then apply: history loads under any rules, and replayed state is the state that was decided on."""

from __future__ import annotations

from typing import Any

import pytest
from eventsourcing.persistence import IntegrityError
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from hypothesis.strategies import sampled_from

from domain.aggregate import Aggregate, UnknownFact
from domain.application import AlternativeProvision
from domain.attendance import Attendance
from domain.errors import DecisionRefused, DomainError
from domain.events import FACTS, BaselineRecorded
from domain.export import Export
from domain.office import Appointment, Delegation
from domain.placement import Placement
from domain.provider import Provider
from domain.provider_return import ProviderReturn
from domain.pupil import Pupil
from domain.reading import Reading
from domain.rules.case import Limits
from domain.school import School as SchoolRecord
from domain.vocabulary import PlacementStatus
from tests.domain.builders import School, a_school, a_started_placement, an_approvable_placement
from tests.domain.people import day, named
from tests.domain.wording import WORDING

RECORDS: tuple[type[Aggregate], ...] = (
    SchoolRecord, Appointment, Delegation, Pupil, Provider, Placement, Attendance, ProviderReturn, Reading, Export,
)  # fmt: skip
FOLLOWS = {
    PlacementStatus.PROPOSED: {PlacementStatus.ASSESSED, PlacementStatus.REFUSED},
    PlacementStatus.ASSESSED: {PlacementStatus.APPROVED, PlacementStatus.REFUSED},
    PlacementStatus.APPROVED: {PlacementStatus.ACTIVE, PlacementStatus.REFUSED},
    PlacementStatus.ACTIVE: {PlacementStatus.SUSPENDED, PlacementStatus.ENDED},
    PlacementStatus.SUSPENDED: {PlacementStatus.ACTIVE, PlacementStatus.ENDED},
    PlacementStatus.REFUSED: set(),
    PlacementStatus.ENDED: set(),
}


def stricter(school: School) -> School:
    """The same history under rules that ask for a registration check of the very day."""
    application = AlternativeProvision(limits=Limits(registration_check_days=0))
    for notification in school.application.recorder.select_notifications(start=1, limit=500):
        application.events.put([school.application.mapper.to_domain_event(notification)])
    return School(application)


def test_tightening_a_rule_never_stops_lawful_history_from_loading() -> None:
    school = stricter(a_started_placement())
    assert school.application.look_up(Placement, named("placement")).status == "active"
    assert school.enter("hold_review")


def test_the_tightened_rule_binds_what_is_decided_next() -> None:
    assert an_approvable_placement().enter("approve_placement")
    stricter(an_approvable_placement()).refuses("approve_placement", "H-07")


def test_every_fact_belongs_to_exactly_one_kind_of_record() -> None:
    kept = [fact for record in RECORDS for fact in record.FACTS]
    assert len(kept) == len(set(kept))
    assert set(kept) == set(FACTS)


def test_a_fact_of_another_kind_of_record_is_an_error() -> None:
    school = an_approvable_placement()
    baseline = school.application.look_up(Placement, named("placement")).last(BaselineRecorded)
    assert baseline
    with pytest.raises(UnknownFact, match=r"placement\.baseline-recorded"):
        school.application.look_up(Pupil, named("pupil")).apply(baseline)


def test_a_refused_command_leaves_nothing_pending() -> None:
    school = an_approvable_placement(without=["record_authority_consent"])
    for _ in range(2):
        with pytest.raises(DecisionRefused):
            school.enter("approve_placement")
    assert school.application.look_up(Placement, named("placement")).status == "assessed"


VERBS = [verb for verb, wording in WORDING.items() if wording.id == "placement"]
DAYS = [day("09-07"), day("09-10"), day("09-14"), day("10-05"), day("12-18")]


class AnyOrder(RuleBasedStateMachine):
    """Anybody sends anything in any order on any day."""

    def __init__(self) -> None:
        super().__init__()
        self.school = a_school()
        self.status: PlacementStatus | None = None

    @rule(verb=sampled_from(VERBS), on=sampled_from(DAYS))
    def send(self, verb: str, on: Any) -> None:
        """What is refused records nothing; what is recorded is one fact of the placement's next version."""
        before = self.school.positions
        changes = {"consent_id": named(f"consent {before}")} if verb == "record_authority_consent" else {}
        try:
            (fact,) = self.school.enter(verb, on=on, **changes)
        except (DomainError, IntegrityError):
            assert self.school.positions == before
        else:
            assert fact.originator_version == self.placement.version

    @rule()
    def prepare(self) -> None:
        """Bring it quickly where decisions pass."""
        for verb in ("propose_placement", "assess_needs", "assess_risk", "record_baseline", "prepare_plan"):
            self.send(verb, WORDING[verb].on)
        for verb in ("record_authority_consent", "record_parental_agreement", "sign_placement_agreement"):
            self.send(verb, WORDING[verb].on)
        self.send("approve_placement", day("09-10"))

    @property
    def placement(self) -> Placement:
        """The placement as replayed from the store."""
        return self.school.application.look_up(Placement, named("placement"))

    @invariant()
    def the_lifecycle_holds(self) -> None:
        """Between two looks the status stayed or went by steps that follow each other."""
        if not self.school.application.recorder.select_events(named("placement"), limit=1):
            return
        reached = self.placement.status
        assert self.status is None or reached in reachable(self.status)
        self.status = reached

    @invariant()
    def replay_is_what_was_decided(self) -> None:
        """Replaying the facts one by one gives every status there was, each allowed by the one before."""
        facts = list(self.school.application.events.get(named("placement")))
        record, last = None, None
        for fact in facts:
            record = Placement.replay(record, [fact])
            assert record
            assert last is None or record.status == last or record.status in FOLLOWS[last]
            last = record.status


def reachable(status: PlacementStatus) -> set[PlacementStatus]:
    """Every status that may follow, however many steps later, and the status itself."""
    found, waiting = {status}, [status]
    while waiting:
        new = FOLLOWS[waiting.pop()] - found
        found |= new
        waiting += new
    return found


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
