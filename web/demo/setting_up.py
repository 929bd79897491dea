"""What is entered before any pupil: schools, the year, people in office, what they delegate, and the providers."""

from __future__ import annotations

from datetime import date, timedelta

from domain.parts import DelegationLimits, Hazard
from domain.vocabulary import DelegatedAct, Regime, RegisterStatus, RiskOutcome
from web.demo.calendar import TIMES, Calendar
from web.demo.cast import HOLDER, HOLDERS, PROVIDERS, SCHOOLS, Cast, Holder, Provider
from web.demo.script import Diary

_IN_OFFICE = timedelta(days=500)
_FORTNIGHT = timedelta(days=14)
_MISKEYED = "whitethorn"


def change_of_heads(calendar: Calendar) -> date:
    """The first day of Kestrel Moor's acting head."""
    return calendar.share(0.45)


def enter(diary: Diary, cast: Cast, calendar: Calendar) -> None:
    """Enter schools, offices, delegations and providers with their checks."""
    _schools(diary, cast, calendar)
    for holder in HOLDERS:
        if not holder.acting:
            _appoint(diary, cast, holder, calendar.before_term(20), calendar.before_term(20) - _IN_OFFICE)
    _delegations(diary, cast, calendar)
    for provider in PROVIDERS:
        _provider(diary, cast, calendar, provider)
    _change_heads(diary, cast, calendar)


def _schools(diary: Diary, cast: Cast, calendar: Calendar) -> None:
    day = calendar.before_term(20)
    for school in SCHOOLS:
        diary.enter(day, cast.set_up(), "record_school", cast.school(school.key), name=school.name, urn=school.urn)
        diary.enter(
            day, cast.set_up(), "publish_school_calendar", cast.school(school.key), year=calendar.year,
            terms=calendar.terms, inset_days=calendar.inset_days, closures=(), session_times=TIMES,
        )  # fmt: skip


def _appoint(diary: Diary, cast: Cast, holder: Holder, day: date, starts_on: date) -> None:
    diary.enter(
        day, cast.set_up(), "appoint_office_holder", cast.appointment(holder.key), school_id=cast.school(holder.school),
        office=holder.office, person_id=cast.person(holder.key), starts_on=starts_on, acting=holder.acting,
        name=holder.name, title=holder.title,
    )  # fmt: skip


def _change_heads(diary: Diary, cast: Cast, calendar: Calendar) -> None:
    """The head of Kestrel Moor leaves; known a fortnight ahead, and an acting head takes over the day after."""
    first = change_of_heads(calendar)
    known = calendar.before_term(2)
    diary.enter(
        known,
        cast.set_up(),
        "cease_office_holder",
        cast.appointment("kestrel-head"),
        last_day=first - timedelta(days=1),
    )
    _appoint(diary, cast, HOLDER["kestrel-acting"], first, first)


def _delegations(diary: Diary, cast: Cast, calendar: Calendar) -> None:
    """One delegation lives, one was revoked, one ran out, one ends soon, and one ended with its giver's office."""
    year_end = calendar.terms[-1].end
    first = calendar.before_term(18)
    for key, head, to, last in (
        ("live", "rowan-head", "rowan-deputy", year_end),
        ("revoked", "rowan-head", "rowan-ap", year_end),
        ("ending", "rowan-head", "rowan-senco", calendar.after(calendar.taken[-1], 5)),
        ("orphaned", "kestrel-head", "kestrel-ap", year_end),
        ("expired", "kestrel-head", "kestrel-senco", first + _FORTNIGHT),
    ):
        diary.enter(
            first, cast.officer(head), "grant_delegation", cast.delegation(key), delegatee_id=cast.person(to),
            delegatee_name=HOLDER[to].name, delegatee_title=HOLDER[to].title,
            acts=(DelegatedAct.APPROVE_PLACEMENT, DelegatedAct.HOLD_REVIEW, DelegatedAct.SUSPEND),
            starts_on=first, ends_on=last, limits=DelegationLimits(),
        )  # fmt: skip
    diary.enter(
        calendar.terms[0].start, cast.officer("rowan-head"), "revoke_delegation", cast.delegation("revoked"),
        reason="Approvals go to the Deputy Head Teacher alone from today.",
    )  # fmt: skip


def _provider(diary: Diary, cast: Cast, calendar: Calendar, provider: Provider) -> None:
    day, school = calendar.before_term(19), provider.school or "rowan"
    lead, provider_id = cast.officer(f"{school}-ap"), cast.provider(provider.key)
    own = cast.school(provider.school) if provider.school else None
    diary.enter(day, lead, "record_provider", provider_id, name=provider.name, school_id=own)
    for number, site in enumerate(provider.sites):
        diary.enter(
            day, lead, "record_provider_site", provider_id, site_id=cast.site(site.key), kind=site.kind, name=site.name,
            address=site.address, telephone=f"01632 960{100 + 10 * PROVIDERS.index(provider) + number}",
             # Ofcom: for drama
        )  # fmt: skip
        diary.enter(
            calendar.before_term(17), lead, "assess_setting_risk", provider_id, site_id=cast.site(site.key),
            assessed_on=calendar.before_term(17), valid_to=calendar.terms[-1].end,
            outcome=RiskOutcome.SAFE_WITH_CONTROLS,
            hazards=(Hazard("Leaving the site unseen", 2, 4, "Signed in and out, doors supervised",
                provider.lead or lead.name),),
            assessor=lead.name,
        )  # fmt: skip
    _check(diary, cast, calendar, provider)


def _check(diary: Diary, cast: Cast, calendar: Calendar, provider: Provider) -> None:
    """The register is looked at before term and every few weeks; the DSL reads the safeguarding policy once.

    Of Whitethorn Studio School a wrong number is keyed first and put right the next day.
    """
    school = provider.school or "rowan"
    for day in _check_days(calendar, provider):
        if provider.regime is Regime.NOT_REGISTERED_NOT_REQUIRED or day > _last_look(provider, calendar):
            continue
        diary.enter(
            day, cast.officer(f"{school}-ap"), "verify_provider_registration", cast.provider(provider.key),
            regime=provider.regime, identifier=_keyed(provider, day, calendar), source=provider.source, checked_on=day,
            status=RegisterStatus.OPEN,
        )  # fmt: skip
    if not provider.school:
        day = calendar.before_term(15)
        diary.enter(
            day, cast.officer("rowan-dsl"), "verify_provider_safeguarding_policy", cast.provider(provider.key),
            verified_on=day, policy_dated=day - timedelta(days=120), satisfactory=True, provider_lead=provider.lead,
        )  # fmt: skip
    if provider.key == "fieldgate":
        day = calendar.share(0.94)
        diary.enter(
            day, cast.officer("rowan-dsl"), "verify_provider_safeguarding_policy", cast.provider(provider.key),
            verified_on=day, policy_dated=day - timedelta(days=3), satisfactory=False, provider_lead=provider.lead,
        )  # fmt: skip
    if provider.key == "larkspur":
        diary.enter(
            lapse(calendar), cast.officer("rowan-ap"), "record_provider_registration_lapse", cast.provider("larkspur"),
            effective_on=lapse(calendar) - timedelta(days=3), received_on=lapse(calendar),
            how_known="The provider wrote that its accreditation ended and was not renewed.",
        )  # fmt: skip


def _last_look(provider: Provider, calendar: Calendar) -> date:
    """Larkspur is not looked up after its lapse, Whitethorn not since the middle of the term."""
    ends = {"larkspur": lapse(calendar), "whitethorn": calendar.share(0.55)}
    return ends.get(provider.key, date.max)


def lapse(calendar: Calendar) -> date:
    """The day the schools learn that Larkspur Online is no longer accredited."""
    return calendar.share(0.8)


def _check_days(calendar: Calendar, provider: Provider) -> list[date]:
    put_right = [calendar.before_term(13)] if provider.key == _MISKEYED else []
    return [calendar.before_term(14), *put_right, *calendar.taken[::12]]


def _keyed(provider: Provider, day: date, calendar: Calendar) -> str:
    """The number that is typed that day: the first time, two digits of one provider's change places."""
    mistaken = provider.key == _MISKEYED and day == calendar.before_term(14)
    return "999012" if mistaken else provider.identifier
