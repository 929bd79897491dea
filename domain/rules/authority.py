"""Who may take a decision: the Head Teacher or Head of Service in office, or a live delegate (H-04, H-22)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from uuid import UUID

from domain.events import PlacementProposed
from domain.parts import DelegationLimits
from domain.rules.breach import Breach, Word, plain
from domain.rules.case import Authority, Case, Tenure
from domain.values import Actor
from domain.vocabulary import BasisKind, DelegatedAct, Office, Role

RESPONSIBLE = frozenset({Office.HEAD_TEACHER, Office.HEAD_OF_SERVICE})
OUTSIDERS = frozenset({Role.PROVIDER_USER, Role.INSPECTOR, Role.LA_QA_OFFICER, Role.PARENT})

RESTS_WITH_HEAD: Mapping[str, DelegatedAct | None] = {
    "prepare_plan": DelegatedAct.PREPARE_PLAN,
    "approve_placement": DelegatedAct.APPROVE_PLACEMENT,
    "refuse_placement": DelegatedAct.APPROVE_PLACEMENT,
    "start_urgently": None,
    "suspend_placement": DelegatedAct.SUSPEND,
    "resume_placement": DelegatedAct.SUSPEND,
    "hold_review": DelegatedAct.HOLD_REVIEW,
    "end_placement": DelegatedAct.END,
    "decide_without_parental_agreement": None,
    "record_parental_agreement_not_relevant": None,
}
"""The commands that only the Head Teacher or Head of Service gives, and the act by which they delegate each (H-04)."""

RESTS_WITH_DSL = frozenset({"verify_provider_safeguarding_policy"})
"""The commands that only a designated safeguarding lead gives (H-08)."""

_ASK = "Ask the Head Teacher or Head of Service, or someone with a live delegation for it, to decide."


def outsider(authority: Authority) -> Iterator[Breach]:
    """H-22: provider users, inspectors, local authority visitors and parents take no decision."""
    if (role := authority.actor.role) in OUTSIDERS:
        yield Breach(
            "H-22",
            "S26",
            Word.RESTS_WITH,
            None,
            f"In the role {_words(role)} nobody takes a decision of the school.",
            _ASK,
        )


def may_decide(case: Case, act: DelegatedAct | None, days: Iterable[date]) -> Iterator[Breach]:
    """H-04: who decides on this placement holds the office, or a live delegation for the act, on each of the days.

    An `act` of None cannot be delegated.
    """
    if refused := list(outsider(case.known.authority)):
        yield from refused
        return
    problem = next(filter(None, (_problem(case, act, day) for day in sorted(set(days)))), None)
    if problem:
        clause = "S20" if act == DelegatedAct.PREPARE_PLAN else "S26"
        yield Breach("H-04", clause, Word.RESTS_WITH, None, problem, _ASK)


def acts_as_head(actor: Actor) -> bool:
    """Whether somebody acts in an office of their own that decides; whether it is in force is asked where they do."""
    return actor.basis.kind == BasisKind.OWN_OFFICE and str(actor.role) in set(map(str, RESPONSIBLE))


def may_delegate(authority: Authority, days: Iterable[date]) -> Iterator[Breach]:
    """H-04: only who holds the office delegates, and nobody passes a delegation on."""
    if refused := list(outsider(authority)):
        yield from refused
        return
    problem = None
    if authority.actor.basis.kind == BasisKind.DELEGATION:
        problem = "What was delegated to you cannot be delegated further."
    for day in sorted(set(days)):
        problem = problem or _own_office(authority, day)
    if problem:
        remedy = "Ask the Head Teacher or Head of Service in office to delegate it."
        yield Breach("H-04", "S20", Word.RESTS_WITH, None, problem, remedy)


def may_keep_offices(authority: Authority, school_id: UUID, day: date) -> Iterator[Breach]:
    """H-04: who sets the service up, or the Head Teacher or Head of Service of that very school, keeps its offices."""
    if refused := list(outsider(authority)):
        yield from refused
        return
    if authority.actor.role == Role.SYSTEM and authority.actor.basis.kind == BasisKind.SYSTEM:
        return
    problem = _own_office(authority, day)
    if authority.tenure is not None and authority.tenure.appointed.school_id != school_id:
        problem = problem or "The office you hold is at another school."
    if problem:
        remedy = "Ask the Head Teacher or Head of Service in office at that school to do it."
        yield Breach("H-04", "S26", Word.RESTS_WITH, None, problem, remedy)


def may_verify_policy(authority: Authority, days: Iterable[date]) -> Iterator[Breach]:
    """H-08: a designated safeguarding lead in office verifies a provider's policy, and nobody else does."""
    tenure = authority.tenure
    held = (
        authority.actor.role == Role.DSL
        and authority.actor.basis.kind == BasisKind.OWN_OFFICE
        and tenure is not None
        and tenure.appointed.office == Office.DSL
        and tenure.appointed.person_id == authority.actor.id
        and all(map(tenure.in_force, days))
    )
    if not held:
        sentence = "Only a designated safeguarding lead in office verifies a provider's safeguarding policy."
        yield Breach(
            "H-08", "S30", Word.WILL, None, sentence, "Ask the designated safeguarding lead to read and enter it."
        )


def _problem(case: Case, act: DelegatedAct | None, day: date) -> str | None:
    authority = case.known.authority
    if authority.actor.basis.kind == BasisKind.DELEGATION:
        return _no_such_act(act) or _delegation(authority, day) or _limits(case, act)
    return _own_office(authority, day) or _school(authority.tenure, case.proposal)


def _own_office(authority: Authority, day: date) -> str | None:
    actor, tenure = authority.actor, authority.tenure
    if actor.basis.kind != BasisKind.OWN_OFFICE or tenure is None:
        return f"You acted as {_words(actor.role)} without naming an office of the school or a delegation."
    office = tenure.appointed.office
    if tenure.appointed.person_id != actor.id:
        return "The appointment you acted under is another person's."
    if office not in RESPONSIBLE or str(office) != str(actor.role):
        return (
            "Only the Head Teacher or Head of Service, or someone they delegated it to, decides this; "
            f"you acted as {_words(actor.role)}."
        )
    if not tenure.in_force(day):
        return f"Your appointment as {_words(office)} was not in force on {plain(day)}."
    return None


def _school(tenure: Tenure | None, proposal: PlacementProposed) -> str | None:
    if tenure is not None and tenure.appointed.school_id != proposal.school_id:
        return "The office you hold is at another school than the pupil's."
    return None


def _no_such_act(act: DelegatedAct | None) -> str | None:
    return "This decision cannot be delegated; it is the Head Teacher's own." if act is None else None


def _delegation(authority: Authority, day: date) -> str | None:
    granted, tenure = authority.delegation, authority.tenure
    if granted is None or tenure is None:
        return "There is no such delegation."
    if granted.delegatee_id != authority.actor.id:
        return "The delegation you acted under was given to another person."
    if authority.revoked:
        return "The delegation you acted under has been revoked."
    if not granted.starts_on <= day <= granted.ends_on:
        span = f"from {plain(granted.starts_on)} to {plain(granted.ends_on)}"
        return f"The delegation you acted under runs {span}, which does not cover {plain(day)}."
    if not tenure.in_force(day):
        return f"Who gave the delegation was not in office on {plain(day)}, and with the office it ends."
    return None


def _limits(case: Case, act: DelegatedAct | None) -> str | None:
    granted, proposal = case.known.authority.delegation, case.proposal
    if granted is None:
        return None
    limits, weeks = granted.limits, -(-((case.ends_on - case.starts_on).days + 1) // 7)
    beyond = (
        (act not in granted.acts, f"is not for this: it covers {', '.join(map(_words, granted.acts))}"),
        (granted.school_id != proposal.school_id, "is for another school's pupils"),
        (limits.provider_id not in {None, proposal.provider_id}, "is for another provider only"),
        (limits.pupil_id not in {None, proposal.pupil_id}, "is for another pupil only"),
        (_too_long(limits, weeks), f"is for {limits.max_weeks} weeks at most; this placement takes {weeks}"),
    )
    return next((f"The delegation you acted under {reason}." for exceeded, reason in beyond if exceeded), None)


def _too_long(limits: DelegationLimits, weeks: int) -> bool:
    return limits.max_weeks is not None and weeks > limits.max_weeks


def _words(word: str) -> str:
    return word.replace("_", " ")
