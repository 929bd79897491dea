"""What the commands of a placement's own life ask: proposal, assessments, plan, decision, reviews and end."""

from __future__ import annotations

from domain import vocabulary as v
from web.schemas import parts
from web.schemas.answers import Answers, day, days, many, number, one, pick, text, week, word, yes_no
from web.schemas.asking import begin, fold
from web.schemas.evidence import files

_AS_SIGNED = "Write what the provider signed. "
_EXCHANGE = "Usually that both tell each other the same day what touches the pupil's safety, and how it goes each week"
_PROGRESS = "Usually against each objective of the plan, sent to the school before every review"
_PASTORAL = "Usually a named adult at the provider and one in school who keeps in touch"
_CHALLENGE = "Usually in writing, with a day for the answer, and who settles what stays open"


class ProposePlacement(Answers):
    """propose_placement."""

    pupil_id = pick("pupils", "Pupil")
    school_id = pick("own_school", "School")
    provider_id = pick("providers", "Provider")
    site_id = pick("sites", "Address", "Where the pupil will be taught; it must be one of the provider's")
    delivery = word(v.Delivery, "Who teaches")
    arranged_by = begin(v.ArrangedBy.SCHOOL, word(v.ArrangedBy, "Who arranges it"))
    accredited = word(v.Accredited, "Does it deliver accredited education")
    accredited_reason = fold(
        "Why it does not, or what is still to find out", text("In a few words", long=True, optional=True)
    )
    proposed_start = day("First day proposed")
    proposed_end = day("Last day proposed")
    need_basis = word(v.NeedBasis, "Why the pupil cannot learn alongside peers")
    separate_from_peers = text("How the pupil is taught apart from peers", long=True)
    legal_gateway = word(v.LegalGateway, "What it is arranged under")
    attendance_mode = word(v.AttendanceMode, "How much of the week")
    rationale = text("Why this placement is right for this pupil", long=True)


class AssessNeeds(Answers):
    """assess_needs."""

    assessed_on = day("When the needs were assessed", today=True)
    personal = text("Personal needs", long=True)
    social = text("Social needs", long=True)
    academic = text("Academic needs", long=True)
    barriers = many(parts.Barrier, "Barriers to learning with peers")
    assessors = text("Who assessed them", "Names and job titles")
    pupil_views = text("What the pupil says", long=True)
    parent_views = text("What the parents say", "Leave empty if they have not been heard yet", long=True, optional=True)
    evidence = files()


class AssessRisk(Answers):
    """assess_risk."""

    site_id = pick("own_sites", "Address")
    assessed_on = day("When the risk was assessed", today=True)
    valid_to = day("Valid until")
    outcome = word(v.RiskOutcome, "Outcome")
    hazards = many(parts.Hazard, "Hazards")
    assessor = text("Who assessed it", "Name and job title")
    received_on = day("When it reached us", "Leave empty if we assessed it ourselves", optional=True)
    interim = yes_no(
        "Is it an interim assessment",
        "One made for an urgent start; an ordinary approval needs a full one",
        absent=False,
    )
    evidence = files()


class StateAccreditation(Answers):
    """state_accreditation."""

    accredited = word(v.Accredited, "Does it deliver accredited education")
    reason = text("Why it does not, or what is still to find out", long=True, optional=True)
    stated_on = day("When that was found out", today=True)
    received_on = day("When it reached us", "Leave empty if we looked it up ourselves", optional=True)
    evidence = files()


class RecordBaseline(Answers):
    """record_baseline."""

    measured_on = day("When the starting point was put together", today=True)
    measures = many(parts.Measure, "Measures", "English and maths at least", rows=2)
    evidence = files()


class SetWeeklyTimetable(Answers):
    """set_weekly_timetable."""

    valid_from = day("From when", "The first day of this timetable")
    sessions = week(
        parts.TimetabledSession,
        "The week",
        "Say where each of the ten sessions is taught, over all the places the pupil is taught in",
    )


class PreparePlan(Answers):
    """prepare_plan."""

    prepared_on = day("When the plan was prepared", today=True)
    starts_on = day("The plan starts on")
    ends_on = day("The plan ends on")
    review_dates = days("Review dates", "No more than half a term apart", rows=3)
    objectives = many(parts.Objective, "Objectives", "At least one improvement and one attainment", rows=2)
    next_step = word(v.NextStep, "What is meant to follow")
    monitoring = many(parts.Monitoring, "Monitoring", rows=1)
    english = one(parts.Pathway, "English")
    maths = one(parts.Pathway, "Maths")
    links = text("How it fits the pupil's other plans", "Such as an education, health and care plan", long=True)
    evidence = files()


class SignPlacementAgreement(Answers):
    """sign_placement_agreement."""

    plan_version = number("Which version of the plan", least=1, most=1000, optional=True, choices="plans")
    signed_on = day("When the provider signed")
    received_on = day("When it reached us", today=True)
    signed_by = text("Who signed for the provider", "Name and job title")
    information_exchange = text("How information is exchanged", _AS_SIGNED + _EXCHANGE, long=True)
    progress_monitoring = text("How progress is monitored", _AS_SIGNED + _PROGRESS, long=True)
    pastoral_support = text("What pastoral support there is", _AS_SIGNED + _PASTORAL, long=True)
    challenge_mechanism = text("How either side can challenge the other", _AS_SIGNED + _CHALLENGE, long=True)
    evidence = files()


class ApprovePlacement(Answers):
    """approve_placement."""

    approved_on = day("When it was approved", today=True)
    start_from = day("It may start from", before_start=True)
    start_by = day("It must have started by", before_start=True)
    decision_reason = text("Why it is approved", long=True)
    overrides = parts.spite()


class RefusePlacement(Answers):
    """refuse_placement."""

    refused_on = day("When it was refused", today=True)
    reason = text("Why it is refused", long=True)
    provided_instead = text("What the pupil is provided instead", "Full-time education goes on being due", long=True)


class StartPlacement(Answers):
    """start_placement."""

    started_on = day("First day", today=True)
    reported_to = text("Who the pupil reported to", "Name and job title, at the provider")
    overrides = parts.spite()


class StartUrgently(Answers):
    """start_urgently."""

    decided_on = day("When you decided it", today=True)
    starts_on = day("First day", "The same day, or the next school day", today=True)
    reason = text("Why it cannot wait", long=True)
    reported_to = text("Who the pupil reports to", "Name and job title, at the provider")
    deferred = many(
        parts.Deferral,
        "What waits",
        "Only these may wait, each to a day within the ten school days. Leave the date empty for what is there.",
        least=0,
        most=3,
        only="due_on",
    )


class SuspendPlacement(Answers):
    """suspend_placement."""

    suspended_on = day("Suspended from", today=True)
    reason = text("Why", long=True)
    interim_education = text("How the pupil is taught meanwhile", long=True)


class ResumePlacement(Answers):
    """resume_placement."""

    resumed_on = day("Resumed from", today=True)
    reason = text("Why it can go on", long=True)


class HoldReview(Answers):
    """hold_review."""

    kind = word(v.ReviewKind, "What kind of review")
    held_on = day("When it was held", today=True)
    next_review_on = day("When the next one is due", "Leave empty if there is to be none", optional=True)
    outcome = word(v.ReviewOutcome, "Outcome")
    chair = text("Who chaired it", "Name and job title")
    attendees = text("Who else was there", "Names and job titles", long=True)
    attending_regularly = yes_no("Is the pupil attending regularly")
    still_safe = yes_no("Is the placement still safe")
    meets_needs = yes_no("Does it meet the pupil's needs")
    objectives = many(parts.ObjectiveRating, "Objectives", least=0, rows=2)
    pupil_voice = text("What the pupil says", long=True)
    parent_voice = text("What the parents say", "Leave empty if they were not heard", long=True, optional=True)
    next_stage_considered = text("What was considered for the next stage", long=True)
    evidence = files()


class EndPlacement(Answers):
    """end_placement."""

    ended_on = day("Last day", today=True)
    reason = word(v.EndReason, "Why it ended")
    destination = text("Where the pupil goes next", long=True)
    final_attendance = text("Attendance in the whole placement", "For example, 112 of 118 sessions")
    attainment_against_baseline = text("What was attained against the starting point", long=True)
    pupil_own_assessment = text("What the pupil says of it", long=True)
    evidence = files()
