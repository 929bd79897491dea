"""The demo is fictional, the same for the same seed and day, and holds every state and storyline it promises."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum.gb import upn as unique_pupil_number

from domain.events import AttendanceAmended, Fact
from domain.rules.attendance_codes import CODES
from domain.values import LONDON, Submission
from domain.vocabulary import PlacementStatus, Session
from ledger.audit import audit
from projections.flagged import flagged
from projections.marks import marks as marks_between
from projections.placements import placement_list
from tests.conftest import SMALL, TODAY
from web import founding
from web.bootstrap import Services, open_services
from web.commands.founding import make_demo
from web.demo.calendar import lay
from web.demo.cast import Cast
from web.demo.naming import Ids
from web.demo.plan import SEED, Size, plan
from web.demo.script import Step


@pytest.fixture(scope="module")
def services(written_demo: Path) -> Iterator[Services]:
    """The small demo, opened for reading."""
    opened = open_demo(written_demo)
    yield opened
    opened.close()


def open_demo(folder: Path) -> Services:
    passphrase = founding.passphrase(folder, founding.read(folder), {})
    return open_services(folder, None, passphrase, lambda: datetime.now(UTC))


def facts(services: Services) -> list[Fact]:
    return [fact for _, fact in services.source(1, 100_000) if isinstance(fact, Fact)]


def marks(steps: list[Step]) -> list[Any]:
    return [mark for step in steps if step.verb == "take_register" for mark in step.fields["marks"]]


def test_the_whole_demo_has_the_size_it_promises() -> None:
    steps = plan(date(2026, 11, 24))
    verbs = Counter(step.verb for step in steps)
    assert verbs["record_school"] == 2
    assert verbs["enrol_pupil"] == 40
    assert len({step.fields["name"] for step in steps if step.verb == "enrol_pupil"}) == 40
    assert verbs["record_provider"] == 2 + 6
    assert len(marks(steps)) == 40 * 2 * 70 - 2  # yesterday two sessions were left unmarked
    assert len({mark.code for mark in marks(steps)}) >= 12
    providers = [step.fields for step in steps if step.verb == "record_provider"]
    assert sum(provider["school_id"] is None for provider in providers) == 6
    assert len({step.fields["regime"] for step in steps if step.verb == "verify_provider_registration"}) == 4


@given(today=st.dates(date(2025, 9, 1), date(2031, 12, 31)), days=st.integers(6, 80))
@settings(max_examples=40, deadline=None)
def test_on_whatever_day_it_is_made_today_is_in_term_and_untaken(today: date, days: int) -> None:
    calendar = lay(today, days)
    term = calendar.terms[0]
    assert term.start <= today <= term.end
    assert len(calendar.taken) == days
    assert calendar.taken[-1] < today
    assert not [day for day in calendar.taken if day.weekday() > 4 or day in calendar.inset_days]
    assert not [day for day in calendar.taken if term.half_term_from <= day <= term.half_term_to]
    steps = plan(today, Size(20, days))
    assert max(step.at for step in steps).astimezone(LONDON).date() < today
    assert {mark.day for mark in marks(steps)} == set(calendar.taken)


def test_the_same_seed_and_day_make_the_same_record(services: Services, tmp_path: Path) -> None:
    make_demo(tmp_path / "again", TODAY, size=SMALL)
    again = open_demo(tmp_path / "again")
    try:
        assert [msgspec.to_builtins(fact) for fact in facts(again)] == [
            msgspec.to_builtins(fact) for fact in facts(services)
        ]
        assert again.about.origin != services.about.origin
    finally:
        again.close()


def test_another_seed_makes_other_people() -> None:
    first, second = (plan(TODAY, Size(8, 6), seed) for seed in (1, 2))
    names = [{step.fields["name"] for step in steps if step.verb == "enrol_pupil"} for steps in (first, second)]
    assert names[0] != names[1]
    assert not {step.id for step in first} & {step.id for step in second}


def test_the_name_of_every_demo_says_that_it_is_one(services: Services) -> None:
    assert services.about.demo
    assert services.keys.origin.startswith(founding.DEMO)


def test_what_was_recorded_passes_the_audit_and_is_under_a_checkpoint(services: Services) -> None:
    report = audit(services.log, services.subjects, services.checkpointer.locked())
    assert report.finding is None
    assert report.entries == services.log.size()
    locked = services.checkpointer.locked()
    assert locked is not None
    assert locked.size == report.entries


def test_recording_times_follow_the_days_that_are_told(services: Services) -> None:
    recorded = [fact.recorded_at for fact in facts(services)]
    assert recorded == sorted(recorded)
    assert recorded[-1].astimezone(LONDON).date() < TODAY
    half = recorded[len(recorded) // 2]
    assert 1 < services.application.recorder.position_at(half) < len(recorded)


def test_placements_stand_in_every_state(services: Services) -> None:
    position = services.catch_up()
    with services.read.reading() as connection:
        found = Counter(placement.status for placement in placement_list(connection, TODAY, position))
    assert set(found) == set(PlacementStatus)


def test_a_refused_attempt_leaves_nothing(services: Services) -> None:
    steps = plan(TODAY, SMALL)
    attempts = [step for step in steps if step.refused_by]
    assert {step.refused_by for step in attempts} == {"H-01", "H-04", "H-05"}
    (home,) = (step for step in attempts if step.refused_by == "H-01")
    assert not list(services.log.entries_of([home.id]))
    assert not [
        fact
        for fact in facts(services)
        if getattr(fact, "site_id", None) == home.fields["site_id"] and fact.subject == home.fields["pupil_id"]
    ]


def test_unique_pupil_numbers_have_their_check_letter_and_no_real_authority() -> None:
    numbers = [step.fields["upn"] for step in plan(TODAY) if step.verb == "enrol_pupil" and step.fields["upn"]]
    assert len(numbers) == len(set(numbers)) > 30
    assert {number[1:4] for number in numbers} == {"999"}
    assert not [number for number in numbers if unique_pupil_number.calc_check_digit(number[1:]) != number[0]]


def test_some_absences_without_a_reason_get_one_on_the_fourth_school_day() -> None:
    steps = plan(date(2026, 11, 24))
    calendar = lay(date(2026, 11, 24), 70)
    resolved = [step for step in steps if step.verb == "amend_attendance" and step.fields["original_code"] == "N"]
    assert "I" in {step.fields["amended_code"] for step in resolved}
    for step in resolved:
        assert step.at.astimezone(LONDON).date() == calendar.after(step.fields["day"], 4)
        assert step.fields["reason"]
        assert step.officer.name
        assert step.officer.title


def test_an_amendment_keeps_its_five_elements(services: Services) -> None:
    amended = [fact for fact in facts(services) if isinstance(fact, AttendanceAmended)]
    assert amended
    for fact in amended:
        assert fact.originator_version == 2
        assert all(
            (fact.original_code, fact.amended_code, fact.reason, fact.amended_on, fact.actor_name, fact.actor_title)
        )


def test_every_code_existed_on_its_day_and_says_what_was_attended_where_it_must() -> None:
    for mark in marks(plan(date(2026, 11, 24))):
        code = CODES[mark.code]
        assert code.valid_from <= mark.day <= code.valid_to
        assert code.only in {None, mark.session}
        assert bool(mark.nature) == code.needs_nature


def test_what_a_rule_would_have_refused_but_happened_is_flagged(services: Services) -> None:
    position = services.catch_up()
    with services.read.reading() as connection:
        marked = marks_between(connection, position, first=date.min, last=date.max)
        raised = flagged(connection, marked, position)
    said = {(flag.rule, flag.sentence) for flags in raised.values() for flag in flags}
    assert ("H-01", "In a children's home on a day the pupil did not live there.") in said
    assert ("H-05", "Attended with a placing authority's consent withdrawn.") in said
    assert ("H-05", "Attended with a placing authority's consent not covering this day and site.") in said
    assert {rule for rule, _ in said} == {"H-01", "H-05", "H-15"}
    assert len(raised) < len(marked) / 10


def test_the_placement_that_waits_can_be_approved_today_by_its_head(demo_copy: Path) -> None:
    services = open_demo(demo_copy)
    position = services.catch_up()
    waiting = next(
        step for step in plan(TODAY, SMALL) if step.verb == "propose_placement" and step.id in still(services)
    )
    head = Cast(Ids(SEED)).officer("rowan-head")
    with closing(services):
        services.application.approve_placement(
            waiting.id, approved_on=TODAY, start_from=waiting.fields["proposed_start"],
            start_by=waiting.fields["proposed_start"] + timedelta(days=7), decision_reason="It is right now.",
            submission=Submission(head, datetime.combine(TODAY, time(23), LONDON)),
        )  # fmt: skip
        assert services.catch_up() == position + 1


def still(services: Services) -> set[UUID]:
    """The placements that have a plan and no decision, at the school where every sign-in link leads."""
    topics: dict[UUID, set[str]] = {}
    for fact in facts(services):
        topics.setdefault(fact.originator_id, set()).add(fact.TOPIC)
    return {
        placement
        for placement, said in topics.items()
        if "placement.plan-prepared" in said and not said & {"placement.approved", "placement.refused"}
    }


def test_an_interrupted_demo_leaves_nothing_that_passes_for_one() -> None:
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "demo"
        (data / ".making" / "keys").mkdir(parents=True)
        (data / ".making" / "ledger.json").write_text("{}", encoding="ascii")
        with pytest.raises(founding.NoLedger):
            founding.read(data)
        make_demo(data, TODAY, size=Size(2, 2))
        assert founding.read(data).demo
        assert not (data / ".making").exists()


def test_sessions_are_taken_as_whole_registers() -> None:
    registers = [step for step in plan(date(2026, 11, 24)) if step.verb == "take_register"]
    assert len(registers) == 70 * 2 * 2
    assert {mark.session for step in registers for mark in step.fields["marks"]} == set(Session)
    assert len({(step.id, step.at) for step in registers}) == len(registers)
