"""The values that commands take whole: hazards, objectives, scopes and their like."""

from __future__ import annotations

from domain import parts
from domain.vocabulary import Deferrable, Measured, Rag, Returned, Session, TaughtAt
from web.schemas.answers import IdField, Part, Rows, day, many, moment, number, one_of, pick, text, word

_line = text  # where a field is itself called `text`


class Barrier(Part):
    """What keeps the pupil from learning with peers, and the answer to it."""

    STRUCT = parts.Barrier
    barrier = text("What keeps the pupil from learning with peers")
    provision = text("What is provided for it")


class Measure(Part):
    """One reading of where the pupil stands."""

    STRUCT = parts.Measure
    area = word(Measured, "What was measured")
    tool = text("How it was measured", "For example, a reading test")
    value = text("Result")
    unit = text("Unit", "For example, standardised score")
    measured_on = day("When it was measured")


class Objective(Part):
    """What the placement is to achieve."""

    STRUCT = parts.Objective
    id = text("Short name", "For example, O1: reviews refer to it")
    kind = one_of(
        "What kind of objective",
        "A plan needs at least one of each",
        improvement="Improvement",
        attainment="Attainment",
    )
    text = _line("What the pupil is to achieve")
    target = _line("How we will know")
    target_date = day("By when")


class ObjectiveRating(Part):
    """How an objective stood."""

    STRUCT = parts.ObjectiveRating
    id = text("Objective", "Its short name in the plan")
    rag = word(Rag, "How it stands")


class Monitoring(Part):
    """Who watches what."""

    STRUCT = parts.Monitoring
    what = text("What is watched")
    who = text("By whom")
    frequency = text("How often")


class Pathway(Part):
    """Weekly teaching against the pupil's pathway in school."""

    STRUCT = parts.Pathway
    minutes_a_week = number("Minutes a week in the placement", most=3000)
    pathway_minutes_a_week = number("Minutes a week on the school's pathway", most=3000)
    level = text("Level")


class Hazard(Part):
    """One hazard and its control."""

    STRUCT = parts.Hazard
    hazard = text("Hazard")
    likelihood = number("Likelihood, from 1 (low) to 5 (high)", least=1, most=5)
    severity = number("Severity, from 1 (low) to 5 (high)", least=1, most=5)
    control = text("What controls it")
    owner = text("Who sees to it")


class ConsentScope(Part):
    """What a consent covers."""

    STRUCT = parts.ConsentScope
    provider_id = pick("own_provider", "Provider it covers")
    site_id = pick(
        "own_sites", "Address it covers", "Leave empty if it covers every address of the provider", optional=True
    )
    starts_on = day("From")
    ends_on = day("Until", "Leave empty if it lasts until the placement ends", optional=True)


class Attempt(Part):
    """A dated attempt to reach a parent."""

    STRUCT = parts.Attempt
    attempted_on = day("When")
    how = text("How")


class Override(Part):
    """A rule that says should, and why the Head Teacher goes on all the same."""

    STRUCT = parts.Override
    rule = text("Rule")
    clause = text("Clause", optional=True)
    reason = text("Go on all the same, because", long=True)


class Deferral(Part):
    """What waits, and until when."""

    STRUCT = parts.Deferral
    what = word(Deferrable, "What waits")
    due_on = day("It is there by")


class DelegationLimits(Part):
    """How far a delegation goes."""

    STRUCT = parts.DelegationLimits
    provider_id = pick(
        "providers", "Only for placements with this provider", "Leave empty for no such limit", optional=True
    )
    pupil_id = pick("pupils", "Only for this pupil", "Leave empty for no such limit", optional=True)
    max_weeks = number(
        "Only for placements up to this many weeks", "Leave empty for no such limit", least=1, most=60, optional=True
    )


class TimetabledSession(Part):
    """One session of the week."""

    STRUCT = parts.TimetabledSession
    weekday = number("Weekday, from 1 (Monday) to 5 (Friday)", least=1, most=5)
    session = word(Session, "Session")
    at = word(TaughtAt, "Where it is taught")
    subject = text("What is taught", optional=True)


class ReturnedSession(Part):
    """One line of a provider's return."""

    STRUCT = parts.ReturnedSession
    pupil_id = pick("pupils", "Pupil")
    placement_id = IdField(
        required=True, error_messages={"required": "Name the placement.", "invalid": "The placement must be a UUID."}
    )
    session = word(Session, "Session")
    attendance = word(Returned, "What the provider says")
    arrived = text("Arrived at", optional=True)
    left = text("Left at", optional=True)
    note = text("Note", optional=True)


class Mark(Part):
    """One line of a register."""

    STRUCT = parts.Mark
    pupil_id = pick("pupils", "Pupil")
    placement_id = IdField(load_default=None, allow_none=True)
    site_id = IdField(load_default=None, allow_none=True)
    day = day("Day")
    session = word(Session, "Session")
    taken_at = moment("When it was taken")
    code = text("Code")
    minutes_late = number("Minutes late", most=400, optional=True)
    nature = text("What the pupil did", optional=True)
    note = text("Note", optional=True)
    taken_by = text("Taken by")


def spite() -> Rows:
    """The rules that are set aside; a form asks of them only where a decision was refused by rules that say should."""
    return many(Override, "Rules that you go on in spite of", least=0, only="reason")
