"""How commands are carried out: nothing lost between two people, nothing recorded twice, nothing about the erased."""

from __future__ import annotations

import inspect
from typing import Any
from uuid import UUID

import msgspec
import pytest

from domain.application import AlternativeProvision
from domain.errors import AlreadyRecorded, DecisionRefused, Impossible, NotFound, Stale, SubjectErased
from domain.events import FACTS, Evidenced, Fact
from domain.placement import Placement
from domain.rules.impossible import OBSERVED
from domain.values import Erased, Officer
from domain.vocabulary import ResidenceStatus
from tests.domain.builders import (
    WAITING,
    School,
    a_school,
    a_started_placement,
    a_suspended_placement,
    an_approvable_placement,
    an_approved_placement,
    an_urgent_case,
)
from tests.domain.people import HEAD, day, named
from tests.domain.wording import WORDING

COMMANDS = {
    name: method
    for name, method in inspect.getmembers(AlternativeProvision, inspect.isfunction)
    if "submission" in inspect.signature(method).parameters and hasattr(method, "__wrapped__")
}


def test_every_command_has_an_ordinary_wording_with_exactly_its_fields() -> None:
    assert set(COMMANDS) == set(WORDING)
    for name, method in COMMANDS.items():
        _, _, *fields = inspect.signature(method).parameters
        assert {*fields} - {"submission", "evidence"} == set(WORDING[name].fields) - {"evidence"}, name


def test_every_fact_is_recorded_by_some_command() -> None:
    school = a_started_placement()
    for verb in WORDING:
        first = {"id": named("new"), "consent_id": named("new")}
        fresh = {"site_id": named("new")} if verb == "record_provider_site" else {}
        named_anew = {name: first[name] for name in ("consent_id",) if name in WORDING[verb].fields}
        try:
            school.enter(verb, **fresh, **(named_anew if verb.startswith("record") else {}))
        except (AlreadyRecorded, DecisionRefused):
            continue
    topics = {item.topic for item in school.application.recorder.select_notifications(start=1, limit=500)}
    other = an_approvable_placement()
    other.enter("refuse_placement")
    topics |= {item.topic for item in other.application.recorder.select_notifications(start=1, limit=500)}
    topics |= {fact.TOPIC for fact in a_suspended_placement().enter("resume_placement")}
    topics |= {fact.TOPIC for fact in an_urgent_case().enter("start_urgently", deferred=WAITING)}
    assert topics == {fact.TOPIC for fact in FACTS}


def test_every_command_whose_fact_a_document_may_support_takes_documents() -> None:
    taking = {name for name, method in COMMANDS.items() if "evidence" in inspect.signature(method).parameters}
    school = a_started_placement()
    stated = {}
    for verb in WORDING:
        fresh = {"consent_id": named("a consent of its own")} if verb == "record_authority_consent" else {}
        try:
            stated[verb] = school.enter(verb, **fresh)
        except (AlreadyRecorded, DecisionRefused, Impossible, NotFound):
            continue
    evidenced = {verb for verb, facts in stated.items() if any(isinstance(fact, Evidenced) for fact in facts)}
    assert evidenced
    assert evidenced <= taking


def test_who_saw_an_older_version_is_told_and_loses_nothing() -> None:
    school = an_approved_placement()
    version = school.application.look_up(Placement, named("placement")).version
    school.enter("record_baseline", expected_version=version)
    error = school.rejects(Stale, "start_placement", expected_version=version)
    assert (error.expected, error.current) == (version, version + 1)
    assert school.enter("start_placement", expected_version=version + 1)


@pytest.mark.parametrize("verb", ["assess_needs", "amend_attendance", "change_pupil_residence", "revoke_delegation"])
def test_a_record_that_does_not_exist_or_is_of_another_kind_is_not_found(verb: str) -> None:
    school = an_approvable_placement()
    school.rejects(NotFound, verb, id=named("nothing"))
    school.rejects(NotFound, verb, id=named("school"))


@pytest.mark.parametrize("unknown", ["pupil_id", "provider_id", "school_id", "site_id"])
def test_a_proposal_names_records_that_exist(unknown: str) -> None:
    a_school().rejects(NotFound, "propose_placement", **{unknown: named("nothing")})


@pytest.mark.parametrize(
    "verb", ["record_school", "appoint_office_holder", "record_provider", "enrol_pupil", "record_ehcp"]
)
def test_the_same_thing_is_not_entered_twice(verb: str) -> None:
    school = a_school()
    ids = {"appoint_office_holder": {"id": named("head_teacher appointment")}}
    if verb == "record_ehcp":
        school.enter(verb)
    school.rejects(AlreadyRecorded, verb, **ids.get(verb, {}))


def test_a_pupil_is_enrolled_at_a_second_school_and_removed_from_a_roll_once() -> None:
    school = a_school()
    school.enter("record_school", id=named("kestrel"))
    assert school.enter("enrol_pupil", school_id=named("kestrel"))
    assert school.enter("remove_pupil_from_roll")
    assert school.rejects(Impossible, "remove_pupil_from_roll").field == "school_id"
    assert school.enter("enrol_pupil", starts_on=day("12-19"))


def test_a_pupil_living_in_an_allied_home_lives_in_a_named_one() -> None:
    living = {"status": ResidenceStatus.RESIDENTIAL_IN_ALLIED_HOME, "home_site_id": None}
    assert a_school().rejects(Impossible, "change_pupil_residence", **living).field == "home_site_id"


SEEN = {
    verb: next(name for name in wording.fields if name in OBSERVED)
    for verb, wording in WORDING.items()
    if OBSERVED & set(wording.fields)
}


@pytest.mark.parametrize("verb", SEEN)
def test_what_was_seen_or_received_is_not_dated_ahead(verb: str) -> None:
    school = an_approved_placement() if verb == "start_placement" else a_started_placement()
    far = dict.fromkeys(("received_on", "valid_to", "review_on", "start_from", "start_by", SEEN[verb]), day("12-31"))
    changes = {name: value for name, value in far.items() if name in WORDING[verb].fields}
    changes |= {"consent_id": named("new")} if verb == "record_authority_consent" else {}
    changes |= {"id": named("new")} if verb == "enrol_pupil" else {}
    changes |= {"next_review_on": None} if verb == "hold_review" else {}
    error = school.rejects(Impossible, verb, **changes)
    assert (error.rule, error.field in changes) == ("H-20", True)


def test_a_correction_may_itself_be_put_right() -> None:
    school = a_school()
    school.enter("change_pupil_residence", status=ResidenceStatus.RESIDENTIAL_OTHER)
    assert school.enter("change_pupil_residence")
    school.rejects(AlreadyRecorded, "change_pupil_residence")


def test_who_records_is_named_with_a_title() -> None:
    for name, title in (("", "Head Teacher"), ("A. Head", " ")):
        with pytest.raises(Impossible) as error:
            Officer(HEAD.actor, name, title)
        assert error.value.rule == "H-20"


def streams(school: School) -> list[UUID]:
    notifications = school.application.recorder.select_notifications(start=1, limit=500)
    return list(dict.fromkeys(UUID(str(item.originator_id)) for item in notifications))


def erased(school: School, stream: str) -> School:
    """The same record, of one stream of which the personal fields were erased."""
    other = AlternativeProvision()
    for each in streams(school):
        facts = list(school.application.events.get(each))
        other.events.put([_erase(fact) if each == named(stream) else fact for fact in facts])
    return School(other)


def _erase(fact: Any) -> Fact:
    gone = {name: Erased() for names in fact.PERSONAL.values() for name in names}
    return msgspec.structs.replace(fact, **gone)


@pytest.mark.parametrize(
    ("stream", "verb"),
    [
        ("pupil", "change_pupil_residence"),
        ("pupil", "mark_attendance"),
        ("pupil", "start_placement"),
        ("placement", "start_placement"),
        ("placement", "record_baseline"),
    ],
)
def test_nothing_more_is_entered_about_somebody_erased(stream: str, verb: str) -> None:
    erased(an_approved_placement(), stream).rejects(SubjectErased, verb)


def test_an_erased_record_still_loads() -> None:
    school = erased(a_started_placement(), "placement")
    assert school.application.look_up(Placement, named("placement")).status == "active"


def test_the_process_environment_configures_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PERSISTENCE_MODULE", "no.such.module")
    assert a_school().positions
