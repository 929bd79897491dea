"""What stands in the way of a placement's next step: the rules that will judge it, run over what is recorded now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from uuid import UUID

from domain.events import InterventionPlanPrepared, NeedsAssessmentCompleted
from domain.placement import Placement as PlacementRecord
from domain.rules.authority import may_decide
from domain.rules.breach import Breach
from domain.rules.case import Case, every
from domain.rules.decisions import from_status, prepared, requirements
from domain.rules.plan import planned
from domain.rules.roll import on_roll
from domain.values import Submission
from domain.vocabulary import DelegatedAct, PlacementStatus
from projections.placements import Placement
from web.actions import BY_NAME, CLEARS, Action
from web.desk import Desk


@dataclass(frozen=True)
class Way:
    """A form that may clear an obstacle."""

    title: str
    endpoint: str
    record_id: UUID | None


@dataclass(frozen=True)
class Obstacle:
    """One thing that stands in the way, what would satisfy the rule, and the commands that would, likeliest first."""

    rule: str
    clause: str | None
    sentence: str
    remedy: str
    before: str
    commands: tuple[str, ...]
    overridable: bool = False


def obstacles(desk: Desk, found: Placement) -> tuple[Obstacle, ...]:
    """Everything that would refuse the next step if it were taken today, and what no longer holds of one that runs."""
    application = desk.services.application
    record = application.look_up(PlacementRecord, found.placement_id)
    if record.erased:
        return ()
    known = application.about(record, Submission(desk.officer, desk.now))
    case = record.case(known, desk.today, max(found.proposed_start, desk.today))
    owed = bool(case.urgent) or (case.from_paper and not found.approved_on_paper)
    found_so = (_obstacle(breach, before, case) for breach, before in _breaches(case, desk, owed))
    return _each_cause_once(one for one in found_so if one is not None)


def _each_cause_once(found: Iterable[Obstacle]) -> tuple[Obstacle, ...]:
    """What the plan lacks is one thing to mend, however many rules say so."""
    causes: dict[tuple[str, ...], Obstacle] = {}
    for one in found:
        key = (one.rule, one.before) if one.rule == "H-09" else (one.rule, one.sentence)
        first = causes.get(key)
        causes[key] = one if first is None else _together(first, one)
    return tuple(causes.values())


def _together(first: Obstacle, other: Obstacle) -> Obstacle:
    clauses = dict.fromkeys(clause for one in (first, other) for clause in (one.clause or "").split(", ") if clause)
    remedies = dict.fromkeys((first.remedy, other.remedy))
    return replace(
        first,
        clause=", ".join(clauses),
        sentence=f"{first.sentence} {other.sentence}",
        remedy=" ".join(remedies),
    )


def _breaches(case: Case, desk: Desk, owed: bool) -> Iterable[tuple[Breach, str]]:
    """The breaches, each with the step it stands before; `owed` says that one that runs is still to be approved."""
    if case.status in {PlacementStatus.ENDED, PlacementStatus.REFUSED}:
        return
    if case.status in {PlacementStatus.ACTIVE, PlacementStatus.SUSPENDED}:
        running = replace(case, starts_on=desk.today)
        now = requirements(replace(running, interim=bool(case.urgent)))
        yield from ((breach, "now") for breach in now)
        if owed:
            approving = (*requirements(running), *planned(running), *prepared(running))
            yield from ((breach, "approving") for breach in approving if breach not in now)
        return
    needed = requirements(case)
    if case.status is PlacementStatus.APPROVED:
        yield from ((breach, "starting") for breach in (*needed, *on_roll(case), *prepared(case)))
        return
    yield from (
        (breach, "approving") for breach in (*from_status(case, PlacementStatus.ASSESSED), *needed, *planned(case))
    )
    yield from ((breach, "starting") for breach in (*on_roll(case), *prepared(case)))
    if desk.officer.actor.role in BY_NAME["placement.approve"].roles:
        mine = may_decide(case, DelegatedAct.APPROVE_PLACEMENT, (desk.today,))
        yield from ((breach, "you") for breach in mine)


def _obstacle(breach: Breach, before: str, case: Case) -> Obstacle | None:
    if breach.rule == "H-15" and case.status is PlacementStatus.PROPOSED:
        return _unassessed(breach, before, case)
    commands = tuple(dict.fromkeys((*filter(None, [breach.command]), *_clearing(breach))))
    remedy = breach.remedy
    if commands[:1] == ("sign_placement_agreement",) and not _planned(case):
        commands, remedy = ("prepare_plan",), f"Prepare the plan first: it is what the provider signs. {remedy}"
    return Obstacle(breach.rule, breach.clause, breach.sentence, remedy, before, commands, breach.overridable)


def _planned(case: Case) -> bool:
    """Whether there is something for the provider to sign: a plan here, or one on paper."""
    return case.from_paper or bool(every(InterventionPlanPrepared, case.placement))


def _unassessed(breach: Breach, before: str, case: Case) -> Obstacle | None:
    """The needs, where they are what is missing; that the risk is not assessed is said by its own rule."""
    if every(NeedsAssessmentCompleted, case.placement):
        return None
    sentence = "The pupil's needs are not assessed."
    return Obstacle(breach.rule, None, sentence, "Record the assessment of needs.", before, ("assess_needs",))


def _clearing(breach: Breach) -> Iterable[str]:
    names = CLEARS.get(f"{breach.rule} {breach.clause}") or CLEARS.get(breach.rule, ())
    return (BY_NAME[name].command for name in names) if breach.command is None or breach.rule == "H-06" else ()


def ways_out(desk: Desk, found: Placement, refused: Iterable[tuple[str | None, str | None]]) -> tuple[Way, ...]:
    """The forms, open to this person, that may clear what rules refused, by rule and clause."""
    role = desk.officer.actor.role
    names = dict.fromkeys(
        name for rule, clause in refused for name in CLEARS.get(f"{rule} {clause}") or CLEARS.get(rule or "", ())
    )
    return tuple(
        Way(action.title, action.name, _whose(action, found))
        for action in map(BY_NAME.__getitem__, names)
        if role in action.roles and action.fits(found.status, awaits_approval=found.awaits_approval)
    )


def _whose(action: Action, found: Placement) -> UUID | None:
    if action.new:
        return None
    return {"placement": found.placement_id, "pupil": found.pupil_id, "provider": found.provider_id}.get(action.noun)
