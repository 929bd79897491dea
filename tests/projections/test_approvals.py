"""Who approved what, in what role, on what authority, knowing what; and what nobody has approved."""

from __future__ import annotations

import msgspec
import pytest

from domain import events
from domain.events import Fact
from domain.vocabulary import BasisKind, Office, Role
from projections.approvals import Approval, Decision, who_approved
from projections.catch_up import catch_up
from projections.consents import consents
from projections.database import ReadDatabase
from projections.parents import parental_positions
from projections.placements import placement
from projections.requirements import Required
from projections.standing import ConsentStatus, ParentalStatus
from tests.projections.facts import fact
from tests.projections.ids import (
    AUTHORITY,
    BY_DELEGATION,
    DELEGATION,
    HEAD_OFFICE,
    PLACEMENT,
    PUPIL,
    SCHOOL,
    day,
    named,
)
from tests.projections.logs import Log, a_started_placement


def matrix(read: ReadDatabase, log: Log, on: str = "09-20", known_at: int | None = None) -> tuple[Approval, ...]:
    known = catch_up(read, log) if known_at is None else known_at
    with read.reading() as connection:
        return who_approved(connection, day(on), known, placement_id=PLACEMENT)


def decisions(found: tuple[Approval, ...]) -> list[tuple[Required, Decision]]:
    return [(row.required, row.decision) for row in found]


def test_an_approval_shows_name_title_role_and_office_as_then_held(read: ReadDatabase) -> None:
    log = a_started_placement()
    log.add(fact(events.OfficeHolderCeased, last_day=day("10-31")))

    approval = matrix(read, log)[0]

    assert (approval.actor_name, approval.actor_title, approval.actor_role) == (
        "Ada Quill",
        "Head Teacher",
        Role.HEAD_TEACHER,
    )
    assert approval.basis is not None
    assert approval.basis.kind is BasisKind.OWN_OFFICE
    assert approval.basis.appointment is not None
    assert approval.basis.appointment.office is Office.HEAD_TEACHER
    assert approval.basis.appointment.ends_on == day("10-31")
    assert (approval.decided_on, approval.position) == (day("09-10"), 13)


def test_an_approval_by_a_delegate_names_the_delegation_its_delegator_span_and_limits(read: ReadDatabase) -> None:
    log = a_started_placement()
    log.facts[12:] = []
    log.add(fact(events.DelegationGranted))
    at = log.add(
        fact(events.PlacementApproved, actor=BY_DELEGATION, actor_name="Bo Lark", actor_title="Deputy Head"),
    )
    log.add(fact(events.DelegationRevoked))

    approval = matrix(read, log)[0]

    assert (approval.position, approval.actor_name, approval.actor_title) == (at, "Bo Lark", "Deputy Head")
    assert approval.basis is not None
    granted = approval.basis.delegation
    assert granted is not None
    assert (granted.delegation_id, granted.starts_on, granted.ends_on) == (DELEGATION, day("09-01"), day("12-18"))
    assert (granted.max_weeks, granted.live, granted.revoked_on) == (6, True, None)
    assert granted.delegator is not None
    assert granted.delegator.name == "Ada Quill"


def test_an_approval_leads_to_the_entries_it_rested_on(read: ReadDatabase) -> None:
    log = a_started_placement()
    log.facts[12:] = []
    log.add(fact(events.PlacementApproved, relied_on={PUPIL: 2, HEAD_OFFICE: 1, named("unknown"): 9}))

    rested = {row.stream: (row.position, row.topic) for row in matrix(read, log)[0].relied_on}

    assert rested == {
        PUPIL: (4, "pupil.placing-authority-recorded"),
        HEAD_OFFICE: (2, "office-holder.appointed"),
        named("unknown"): (None, None),
    }


def test_everything_required_is_there_once_the_placement_may_start(read: ReadDatabase) -> None:
    assert decisions(matrix(read, a_started_placement())) == [
        (Required.PLACEMENT_APPROVAL, Decision.GIVEN),
        (Required.AUTHORITY_CONSENT, Decision.GIVEN),
        (Required.PARENTAL_POSITION, Decision.GIVEN),
        (Required.SAFEGUARDING_POLICY, Decision.GIVEN),
    ]


def test_a_consent_by_telephone_is_one_row_that_does_not_count_and_never_given(read: ReadDatabase) -> None:
    log = a_started_placement()
    called = {events.PlacingAuthorityConsentGiven, events.ParentalAgreementGiven}
    log.facts = [msgspec.structs.replace(one, medium="telephone") if type(one) in called else one for one in log.facts]

    found = [
        row for row in matrix(read, log) if row.required in {Required.AUTHORITY_CONSENT, Required.PARENTAL_POSITION}
    ]
    assert [(row.required, row.decision, row.unmet) for row in found] == [
        (Required.AUTHORITY_CONSENT, Decision.UNCONFIRMED, True),
        (Required.PARENTAL_POSITION, Decision.UNCONFIRMED, True),
    ]
    with read.reading() as connection:
        (consent,) = consents(connection, [PLACEMENT], day("09-20"), len(log.facts))
        (parent,) = parental_positions(connection, [PLACEMENT], day("09-20"), len(log.facts))
    assert (consent.status, parent.status) == (ConsentStatus.UNCONFIRMED, ParentalStatus.UNCONFIRMED)


def test_a_call_takes_the_place_of_nothing_a_parent_said_and_goes_once_they_confirm_it(read: ReadDatabase) -> None:
    log = a_started_placement()
    later = {"given_on": day("09-16"), "received_on": day("09-16")}
    called = log.add(
        fact(events.ParentalAgreementWithdrawn, effective_on=day("09-15")),
        fact(events.ParentalAgreementGiven, medium="telephone", **later),
    )
    confirmed = log.add(fact(events.ParentalAgreementGiven, **later))
    catch_up(read, log)

    def stand(known_at: int) -> list[ParentalStatus]:
        with read.reading() as connection:
            return [one.status for one in parental_positions(connection, [PLACEMENT], day("09-20"), known_at)]

    assert stand(called) == [ParentalStatus.WITHDRAWN, ParentalStatus.UNCONFIRMED]
    assert stand(confirmed) == [ParentalStatus.GIVEN]


def test_what_nobody_has_approved_is_a_row_too(read: ReadDatabase) -> None:
    log = a_started_placement()
    log.facts[10:] = []
    log.facts[6:7] = []

    found = matrix(read, log)

    assert decisions(found) == [(required, Decision.MISSING) for required in Required]
    assert [(row.authority_id, row.authority) for row in found if row.required is Required.AUTHORITY_CONSENT] == [
        (AUTHORITY, "Northmere Council (demo)")
    ]


def test_a_consent_withdrawn_is_shown_and_missing_from_its_day_on(read: ReadDatabase) -> None:
    log = a_started_placement()
    before = len(log.facts)
    log.add(fact(events.PlacingAuthorityConsentWithdrawn, effective_on=day("10-05")))
    catch_up(read, log)
    consent = Required.AUTHORITY_CONSENT

    def of_consent(on: str, known_at: int) -> list[Decision]:
        return [said for what, said in decisions(matrix(read, log, on, known_at)) if what is consent]

    assert of_consent("10-06", before) == [Decision.GIVEN]
    assert of_consent("10-06", before + 1) == [Decision.GIVEN, Decision.WITHDRAWN, Decision.MISSING]
    assert of_consent("10-04", before + 1) == [Decision.GIVEN]


def test_each_authority_that_placed_the_pupil_must_consent(read: ReadDatabase) -> None:
    log = a_started_placement()
    log.add(fact(events.PlacingAuthorityRecorded, authority_id=named("other"), authority_name="Westholt (demo)"))

    missing = [row.authority for row in matrix(read, log) if row.decision is Decision.MISSING]

    assert missing == ["Westholt (demo)"]


def test_a_telephone_call_is_shown_and_satisfies_nothing(read: ReadDatabase) -> None:
    log = a_started_placement()
    log.facts[10:] = []
    log.add(fact(events.PlacingAuthorityConsentGiven, medium="telephone"))
    log.add(fact(events.ParentalAgreementGiven, medium="telephone"))
    known = catch_up(read, log)

    assert (Required.AUTHORITY_CONSENT, Decision.UNCONFIRMED) in decisions(matrix(read, log))
    assert (Required.PARENTAL_POSITION, Decision.UNCONFIRMED) in decisions(matrix(read, log))
    with read.reading() as connection:
        found = placement(connection, PLACEMENT, day("09-20"), known)
    assert found is not None
    assert not found.consented


def test_a_refusal_after_a_consent_counts_against_it(read: ReadDatabase) -> None:
    log = a_started_placement()
    log.add(fact(events.PlacingAuthorityConsentRefused, refused_on=day("09-15"), received_on=day("09-15")))

    assert (Required.AUTHORITY_CONSENT, Decision.MISSING) in decisions(matrix(read, log))
    assert (Required.AUTHORITY_CONSENT, Decision.MISSING) not in decisions(matrix(read, log, "09-14", len(log.facts)))


def test_a_refusal_in_another_capacity_does_not_count_against_a_consent(read: ReadDatabase) -> None:
    log = a_started_placement()
    log.add(fact(events.PlacingAuthorityConsentRefused, refused_on=day("09-15"), capacity="social_care"))

    assert (Required.AUTHORITY_CONSENT, Decision.MISSING) not in decisions(matrix(read, log))


def test_a_later_refusal_in_another_capacity_does_not_undo_the_first(read: ReadDatabase) -> None:
    log = a_started_placement()
    for capacity in ("education_sen", "social_care"):
        log.add(fact(events.PlacingAuthorityConsentRefused, refused_on=day("09-15"), capacity=capacity))

    assert (Required.AUTHORITY_CONSENT, Decision.MISSING) in decisions(matrix(read, log))


def test_parents_unreachable_holds_until_the_day_it_is_looked_at_again(read: ReadDatabase) -> None:
    log = a_started_placement()
    log.facts[11:] = []
    known = log.add(fact(events.ParentUnreachableRecorded, concluded_on=day("09-09"), review_on=day("09-23")))
    catch_up(read, log)
    missing = (Required.PARENTAL_POSITION, Decision.MISSING)

    assert missing not in decisions(matrix(read, log, "09-23", known))
    assert missing in decisions(matrix(read, log, "09-24", known))


def parents_missing(read: ReadDatabase, *said: Fact) -> bool:
    log = a_started_placement()
    del log.facts[11]
    log.add(*said)
    return (Required.PARENTAL_POSITION, Decision.MISSING) in decisions(matrix(read, log))


def test_the_agreement_of_who_has_no_parental_responsibility_on_record_satisfies_nothing(read: ReadDatabase) -> None:
    log = a_started_placement()
    log.facts[11] = fact(events.ParentalAgreementGiven, holder_id=named("a stranger"))

    assert (Required.PARENTAL_POSITION, Decision.MISSING) in decisions(matrix(read, log))


UNREACHABLE = fact(events.ParentUnreachableRecorded, review_on=day("09-30"))
NOT_RELEVANT = fact(events.ParentalAgreementNotRelevantRecorded)
DECLINED = fact(events.ParentalAgreementDeclined)
DECIDED = fact(events.ParentalAgreementDecided)


@pytest.mark.parametrize(
    ("said", "missing"),
    [
        ((UNREACHABLE,), False),
        ((DECLINED,), True),
        ((DECLINED, UNREACHABLE), True),
        ((DECLINED, NOT_RELEVANT), True),
        ((DECLINED, DECIDED), False),
        ((DECLINED, DECIDED, UNREACHABLE), False),
        ((DECLINED, fact(events.ParentalAgreementGiven, given_on=day("09-10"))), False),
        ((DECIDED, fact(events.ParentalAgreementWithdrawn, effective_on=day("09-08"))), True),
        ((fact(events.ParentUnreachableRecorded, review_on=day("09-30"), attempts=()),), True),
    ],
)
def test_a_parents_no_stands_until_the_head_decides_or_that_parent_agrees(
    read: ReadDatabase, said: tuple[Fact, ...], missing: bool
) -> None:
    assert parents_missing(read, *said) is missing


def test_a_placement_in_the_school_needs_no_consent_from_outside(read: ReadDatabase) -> None:
    log = a_started_placement()
    log.facts[10:] = []
    log.facts[7:8] = []
    log.add(fact(events.PlacementProposed, delivery="in_house"))

    assert decisions(matrix(read, log)) == [(Required.PLACEMENT_APPROVAL, Decision.MISSING)]


def test_a_schools_matrix_holds_all_its_placements_and_no_others(read: ReadDatabase) -> None:
    log = a_started_placement()
    log.add(fact(events.PlacementProposed, originator_id=named("second"), pupil_id=named("second pupil")))
    log.add(fact(events.PlacementProposed, originator_id=named("third"), school_id=named("elsewhere")))
    known = catch_up(read, log)

    with read.reading() as connection:
        found = who_approved(connection, day("09-20"), known, school_id=SCHOOL)
    assert {row.placement_id for row in found} == {PLACEMENT, named("second")}
