"""H-07 and H-08: registration where accredited education is delivered; risk and safeguarding policy in any case."""

from __future__ import annotations

from typing import Any

import pytest

from domain.errors import AlreadyRecorded, NotFound
from domain.events import ProviderSiteRecorded
from domain.vocabulary import Accredited, Delivery, Regime, RegisterStatus, RiskOutcome, Role, SiteKind
from tests.domain.builders import a_school, an_approvable_placement, an_approved_placement, an_ended_placement
from tests.domain.people import AP_LEAD, HEAD, SET_UP, day, named, officer

UKRLP = "UK Register of Learning Providers"


def test_accredited_education_needs_a_registration_check() -> None:
    school = an_approvable_placement(without=["verify_provider_registration"])
    (breach,) = school.refuses("approve_placement", "H-07")
    assert (breach.clause, breach.word) == ("S29", "will")


@pytest.mark.parametrize(
    ("check", "why"),
    [
        ({"regime": Regime.NOT_REGISTERED_NOT_REQUIRED}, "no register"),
        ({"regime": Regime.UNKNOWN}, "no register"),
        ({"status": RegisterStatus.CLOSED}, "closed"),
        ({"checked_on": day("08-10")}, "more than 30 days"),
        ({"regime": Regime.FE_UKPRN, "source": UKRLP}, "alone"),
        ({"regime": Regime.FE_UKPRN, "source": "the UKRLP."}, "alone"),
        ({"regime": Regime.FE_UKPRN, "source": "ukrlp.co.uk and UK Register of Learning Providers (UKRLP)"}, "alone"),
    ],
)
def test_a_check_that_confirms_nothing_is_refused(check: dict[str, Any], why: str) -> None:
    (breach,) = an_approvable_placement(verify_provider_registration=check).refuses("approve_placement", "H-07")
    assert why in breach.sentence


@pytest.mark.parametrize(
    "check",
    [
        {"checked_on": day("08-11")},
        {"status": RegisterStatus.OPEN_PROPOSED_TO_CLOSE},
        {"regime": Regime.FE_UKPRN, "source": f"{UKRLP} and the DfE's list of further education colleges"},
    ],
)
def test_a_check_that_confirms_it_satisfies(check: dict[str, Any]) -> None:
    assert an_approvable_placement(verify_provider_registration=check).enter("approve_placement")


def test_the_newest_check_counts() -> None:
    school = an_approvable_placement()
    school.enter("verify_provider_registration", on=day("09-09"), checked_on=day("09-09"), status=RegisterStatus.CLOSED)
    school.refuses("approve_placement", "H-07")


def test_a_lapse_after_the_check_is_refused_until_it_is_looked_up_again() -> None:
    school = an_approvable_placement()
    school.enter("record_provider_registration_lapse")
    (breach,) = school.refuses("approve_placement", "H-07")
    assert "lapsed" in breach.sentence
    school.enter("verify_provider_registration", on=day("09-10"), checked_on=day("09-10"))
    assert school.enter("approve_placement")


def test_a_lapse_announced_for_later_is_refused_too() -> None:
    school = an_approved_placement()
    school.enter("record_provider_registration_lapse", effective_on=day("10-01"))
    school.refuses("start_placement", "H-07")


def test_not_knowing_whether_education_is_accredited_blocks_outside_delivery_and_names_the_question() -> None:
    school = an_approvable_placement(propose_placement={"accredited": Accredited.NOT_KNOWN})
    (breach,) = school.refuses("approve_placement", "H-07")
    assert "not known whether" in breach.sentence
    own = {"accredited": Accredited.NOT_KNOWN, "delivery": Delivery.IN_HOUSE}
    assert an_approvable_placement(propose_placement=own).enter("approve_placement")


def test_registration_is_not_asked_of_who_delivers_nothing_accredited() -> None:
    changes = {"accredited": Accredited.NO, "accredited_reason": "No qualification is taught."}
    school = an_approvable_placement(without=["verify_provider_registration"], propose_placement=changes)
    assert school.enter("approve_placement")


@pytest.mark.parametrize("verb", ["assess_risk", "assess_setting_risk"])
@pytest.mark.parametrize(
    ("assessment", "why"),
    [({"outcome": RiskOutcome.NOT_SAFE}, "not safe"), ({"valid_to": day("09-13")}, "runs out on 13 September 2026")],
)
def test_a_risk_assessment_unsafe_or_run_out_is_refused(verb: str, assessment: dict[str, Any], why: str) -> None:
    (breach,) = an_approvable_placement(**{verb: assessment}).refuses("approve_placement", "H-08")
    assert breach.clause == "S30"
    assert why in breach.sentence


def test_a_site_never_assessed_is_refused() -> None:
    an_approvable_placement(without=["assess_setting_risk"]).refuses("approve_placement", "H-08")


def test_the_newest_assessment_counts() -> None:
    school = an_approvable_placement()
    school.enter("assess_risk", assessed_on=day("09-09"), outcome=RiskOutcome.NOT_SAFE)
    school.refuses("approve_placement", "H-08")
    school.enter("assess_risk", assessed_on=day("09-09"))
    assert school.enter("approve_placement")


def test_outside_providers_need_a_safeguarding_policy_found_satisfactory() -> None:
    an_approvable_placement(without=["verify_provider_safeguarding_policy"]).refuses("approve_placement", "H-08")
    unfit = {"satisfactory": False}
    an_approvable_placement(verify_provider_safeguarding_policy=unfit).refuses("approve_placement", "H-08")
    own = {"delivery": Delivery.IN_HOUSE}
    school = an_approvable_placement(without=["verify_provider_safeguarding_policy"], propose_placement=own)
    assert school.enter("approve_placement")


@pytest.mark.parametrize("by", [HEAD, AP_LEAD, SET_UP, officer(Role.DSL, HEAD.actor.basis)])
def test_only_the_safeguarding_lead_verifies_a_policy(by: Any) -> None:
    a_school().refuses("verify_provider_safeguarding_policy", "H-08", by=by)


def test_a_safeguarding_lead_who_has_left_verifies_nothing() -> None:
    school = a_school()
    school.enter("cease_office_holder", id=named("dsl appointment"), last_day=day("09-08"))
    school.refuses("verify_provider_safeguarding_policy", "H-08", on=day("09-09"))


def test_what_is_found_out_is_recorded_whatever_became_of_the_placement() -> None:
    school = an_ended_placement()
    assert school.enter("assess_risk", outcome=RiskOutcome.NOT_SAFE)
    assert school.enter("record_provider_registration_lapse")
    assert school.enter("verify_provider_registration", status=RegisterStatus.CLOSED)


def test_a_pupils_home_is_no_site_of_a_provider() -> None:
    """Sealed under the provider's key, it would stay readable after the pupil's erasure."""
    assert "pupil_home" not in set(SiteKind)


def test_a_site_is_recorded_once_and_must_be_the_providers() -> None:
    school = a_school()
    school.rejects(AlreadyRecorded, "record_provider_site")
    school.rejects(NotFound, "assess_setting_risk", site_id=named("nowhere"))
    school.rejects(NotFound, "propose_placement", site_id=named("nowhere"))


def test_an_interim_assessment_that_finds_it_unsafe_outweighs_an_earlier_full_one() -> None:
    school = an_approvable_placement()
    school.enter("assess_risk", interim=True, outcome=RiskOutcome.NOT_SAFE)
    school.refuses("approve_placement", "H-08")


def test_a_site_s_address_is_put_right_by_a_later_fact_and_only_where_it_changes() -> None:
    school = a_school()
    (amended,) = school.enter("amend_provider_site")
    assert isinstance(amended, ProviderSiteRecorded)
    assert (amended.name, amended.kind, amended.address) == (
        "The Workshop", SiteKind.PROVIDER_PREMISES, "Unit 7, Fieldgate Yard",
    )  # fmt: skip
    school.rejects(AlreadyRecorded, "amend_provider_site")
    assert school.enter("amend_provider_site", telephone="01632 960108")
    school.rejects(NotFound, "amend_provider_site", site_id=named("nowhere"))
