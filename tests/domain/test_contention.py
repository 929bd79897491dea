"""Two people at once: a decision on what has moved meanwhile is taken again, on what is known then."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec
import pytest
from eventsourcing.persistence import IntegrityError, StoredEvent
from eventsourcing.popo import POPOApplicationRecorder

from domain.application import AlternativeProvision
from domain.errors import AlreadyRecorded, DecisionRefused
from domain.events import PupilResidenceChanged
from domain.placement import Placement
from domain.values import Submission
from tests.domain.builders import School, an_approvable_placement, an_approved_placement
from tests.domain.people import AP_LEAD, DELEGATE, day, named


class GuardedRecorder(POPOApplicationRecorder):
    """A store in memory that, as the ledger does, refuses what relies on a stream that has moved.

    Before each writing it lets the next of `between` act, if there is one: somebody who was quicker.
    """

    def __init__(self) -> None:
        super().__init__()
        self.between: Iterator[Callable[[], object]] = iter(())
        self.commands: list[object] = []

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
        """Write, unless something relied on is not at its version."""
        quicker = next(self.between, None)
        if quicker:
            quicker()
        for event in stored_events:
            for stream, version in msgspec.json.decode(event.state)["relied_on"].items():
                if len(self.select_events(stream)) != version:
                    raise IntegrityError(f"{stream} has moved on from version {version}.")
        self.commands.append(kwargs.get("command"))
        return super().insert_events(stored_events, **kwargs)


class Guarded(AlternativeProvision):
    """The application on such a store."""

    def construct_recorder(self) -> GuardedRecorder:
        """Use the guarded store."""
        return GuardedRecorder()


def guarded(school: School) -> tuple[School, GuardedRecorder]:
    """The same history in a guarded store."""
    application = Guarded()
    for notification in school.application.recorder.select_notifications(start=1, limit=500):
        application.events.put([school.application.mapper.to_domain_event(notification)])
    recorder = application.recorder
    assert isinstance(recorder, GuardedRecorder)
    recorder.commands.clear()
    return School(application), recorder


def test_an_approval_taken_while_its_delegation_is_revoked_is_refused() -> None:
    school = an_approvable_placement()
    school.enter("grant_delegation")
    school, recorder = guarded(school)
    recorder.between = iter([lambda: School(school.application).enter("revoke_delegation")])
    with pytest.raises(DecisionRefused, match="has been revoked"):
        school.enter("approve_placement", by=DELEGATE)
    assert school.application.look_up(Placement, named("placement")).status == "assessed"


def test_a_consent_withdrawn_in_the_same_moment_stops_the_approval() -> None:
    school, recorder = guarded(an_approvable_placement())
    recorder.between = iter([lambda: School(school.application).enter("withdraw_authority_consent")])
    with pytest.raises(DecisionRefused, match="no written consent"):
        school.enter("approve_placement")


def test_an_act_that_changes_nothing_for_the_decision_only_delays_it() -> None:
    school, recorder = guarded(an_approvable_placement())
    recorder.between = iter([lambda: School(school.application).enter("record_ehcp")])
    (approved,) = school.enter("approve_placement")
    assert approved.relied_on[named("pupil")] == 5


def test_of_two_marks_of_one_session_the_later_is_refused() -> None:
    school, recorder = guarded(an_approved_placement())
    recorder.between = iter([lambda: School(school.application).enter("mark_attendance")])
    with pytest.raises(AlreadyRecorded):
        school.enter("mark_attendance", code="I", nature=None)


def test_a_record_that_never_rests_ends_the_tries() -> None:
    school, recorder = guarded(an_approvable_placement())

    def move() -> None:
        pupil_moves = len(school.application.recorder.select_events(named("pupil")))
        other = School(school.application)
        other.enter("change_pupil_residence", effective_on=day("09-02").replace(year=2000 + pupil_moves))

    def always() -> Iterator[Callable[[], object]]:
        while True:
            yield move
            yield lambda: None  # the mover's own writing

    recorder.between = always()
    with pytest.raises(IntegrityError):
        school.enter("approve_placement")
    moved = school.application.recorder.select_notifications(start=1, limit=500, topics=[PupilResidenceChanged.TOPIC])
    assert 3 <= len(moved) - 1 <= 10


def test_the_idempotency_record_reaches_the_store_only_where_there_is_one() -> None:
    school, recorder = guarded(an_approved_placement())
    school.enter("record_baseline")
    submission, once = school.submission(AP_LEAD, day("09-14")), object()
    school.application.start_placement(
        named("placement"),
        started_on=day("09-14"),
        reported_to="B. Coppershaw",
        submission=Submission(submission.officer, submission.at, once),
    )
    assert recorder.commands == [None, once]
