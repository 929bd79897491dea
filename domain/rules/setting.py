"""Whether the place is fit: the children's home (H-01), registration (H-07), risk and safeguarding policy (H-08)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Protocol
from uuid import UUID

from domain.events import (
    Fact,
    ProviderRegistrationLapsed,
    ProviderRegistrationVerified,
    ProviderSafeguardingPolicyVerified,
    PupilResidenceChanged,
    RiskAssessmentCompleted,
    SettingRiskAssessed,
)
from domain.rules.breach import Breach, Word, plain
from domain.rules.case import Case, every
from domain.rules.registration import FOUND, Fault, Lapsed, Looked, fault, newest
from domain.values import Personal
from domain.vocabulary import Accredited, ResidenceStatus, RiskOutcome, SiteKind


def lives_there(status: Personal[ResidenceStatus | None], home_site_id: Personal[UUID | None], site_id: UUID) -> bool:
    """Return whether a residence is that very home; where nothing is recorded it is not."""
    return status == ResidenceStatus.RESIDENTIAL_IN_ALLIED_HOME and home_site_id == site_id


def childrens_home(case: Case) -> Iterator[Breach]:
    """H-01: a children's home is closed to pupils who do not live in it on every day; no role overrides this."""
    if case.site.kind != SiteKind.CHILDRENS_HOME:
        return
    for day, residence in _residences(case.known.pupil, case.starts_on, case.ends_on):
        status, home = (None, None) if residence is None else (residence.status, residence.home_site_id)
        if not lives_there(status, home, case.site.site_id):
            yield Breach(
                "H-01", "S60", Word.CANNOT, "site_id",
                f"{case.site.name} is a children's home and this pupil does not live in it on {plain(day)}."
                " The home cannot be used for pupils who do not live there, whoever decides.",
                "Choose another site, or days on which the pupil's residence in this home is on record.",
                "change_pupil_residence",
            )  # fmt: skip
            return


def _residences(pupil: Sequence[Fact], first: date, last: date) -> Iterator[tuple[date, PupilResidenceChanged | None]]:
    """Where the pupil lives on the first day, then each change; of two for one day the later recorded counts."""
    changes = sorted(every(PupilResidenceChanged, pupil), key=lambda change: change.effective_on)
    before = [change for change in changes if change.effective_on <= first]
    yield first, before[-1] if before else None
    within = {change.effective_on: change for change in changes if first < change.effective_on <= last}
    yield from within.items()


def registration(case: Case) -> Iterator[Breach]:
    """H-07: accredited education only where the provider's registration was looked up lately and not lapsed since."""
    if case.accredited == Accredited.NOT_KNOWN and case.outside:
        yield _unregistered(
            "It is not known whether this provider delivers accredited education.",
            "Find out whether the pupil is taught for a qualification there, and record the answer.",
            "state_accreditation",
        )
    if case.accredited == Accredited.YES and (problem := _registration_problem(case)):
        yield _unregistered(
            problem,
            "Look the provider up in the Department for Education's register and record what it says.",
            "verify_provider_registration",
        )


def _registration_problem(case: Case) -> str | None:
    looks, within = list(_looks(case)), case.known.limits.registration_check_days
    lapses = [
        Lapsed(fact.effective_on, fact.received_on, fact.originator_version)
        for fact in every(ProviderRegistrationLapsed, case.known.provider)
    ]
    wrong, look = fault(looks, lapses, case.on, within), newest(looks)
    if wrong is None:
        return None
    if look is None:
        return f"Nobody had looked up the provider's registration with the DfE by {plain(case.on)}."
    if wrong is Fault.OLD:
        return f"The provider was looked up on {plain(look.on)}, more than {within} days before {plain(case.on)}."
    return f"The provider {FOUND[wrong].format(day=plain(look.on))}."


def _looks(case: Case) -> Iterator[Looked]:
    for fact in every(ProviderRegistrationVerified, case.known.provider):
        if fact.checked_on <= case.on:
            yield Looked(fact.checked_on, fact.originator_version, fact.regime, fact.source, fact.status)


def _unregistered(sentence: str, remedy: str, command: str) -> Breach:
    return Breach("H-07", "S29", Word.WILL, None, sentence, remedy, command)


def risk(case: Case) -> Iterator[Breach]:
    """H-08: risk assessed for this pupil and this site, neither unsafe; outside, the safeguarding policy verified."""
    at_site = [fact for fact in every(RiskAssessmentCompleted, case.placement) if fact.site_id == case.site.site_id]
    pupil = [fact for fact in at_site if counts(fact, interim_will_do=case.interim)]
    if at_site and not pupil:
        yield Breach(
            "H-08", "S30", Word.WILL, None,
            "The risk assessment for this pupil at this site is an interim one, which serves an urgent start only.",
            "Record a full risk assessment for this pupil at this site.", "assess_risk",
        )  # fmt: skip
    else:
        yield from _assessed(case, "for this pupil at this site", pupil, "assess_risk")
    setting = [fact for fact in every(SettingRiskAssessed, case.known.provider) if fact.site_id == case.site.site_id]
    yield from _assessed(case, "for the site itself", setting, "assess_setting_risk")
    policies = [
        fact for fact in every(ProviderSafeguardingPolicyVerified, case.known.provider) if fact.verified_on <= case.on
    ]
    last = max(policies, key=lambda fact: (fact.verified_on, fact.originator_version), default=None)
    if case.outside and not (last and last.satisfactory):
        yield Breach(
            "H-08", "S30", Word.WILL, None,
            f"No safeguarding lead had read the provider's safeguarding policy by {plain(case.on)}."
            if last is None
            else f"The safeguarding lead found on {plain(last.verified_on)} that the provider's safeguarding policy is"
            " not satisfactory.",
            "Ask the designated safeguarding lead to read the policy and record the finding.",
            "verify_provider_safeguarding_policy",
        )  # fmt: skip


class Assessment(Protocol):
    """As much of an assessment of the risk for a pupil as says whether it counts."""

    @property
    def interim(self) -> bool:
        """Whether it is for an urgent start only."""

    @property
    def outcome(self) -> Personal[RiskOutcome | None]:
        """What it found."""


def counts(assessment: Assessment, *, interim_will_do: bool) -> bool:
    """Return whether an assessment counts: an interim one serves an urgent start, and where it found it not safe."""
    return interim_will_do or not assessment.interim or assessment.outcome == RiskOutcome.NOT_SAFE


def _assessed(
    case: Case, of_what: str, assessments: Iterable[RiskAssessmentCompleted | SettingRiskAssessed], command: str
) -> Iterator[Breach]:
    known = [fact for fact in assessments if fact.assessed_on <= case.on]
    last = max(known, key=lambda fact: (fact.assessed_on, fact.originator_version), default=None)
    if last is None:
        sentence = f"There was no risk assessment {of_what} by {plain(case.on)}."
    elif last.outcome == RiskOutcome.NOT_SAFE:
        sentence = f"The risk assessment {of_what} found on {plain(last.assessed_on)} that it is not safe."
    elif last.valid_to < case.starts_on:
        sentence = f"The risk assessment {of_what} runs out on {plain(last.valid_to)}, before {plain(case.starts_on)}."
    else:
        return
    remedy = f"Record a risk assessment {of_what} that is valid on {plain(case.starts_on)} and does not find it unsafe."
    yield Breach("H-08", "S30", Word.WILL, None, sentence, remedy, command)
