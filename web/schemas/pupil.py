"""What the commands about a pupil ask."""

from __future__ import annotations

from domain import vocabulary as v
from web.schemas.answers import Answers, day, pick, text, unseen, word
from web.schemas.evidence import files


class EnrolPupil(Answers):
    """enrol_pupil."""

    school_id = pick("own_school", "School")
    starts_on = day("On roll from", today=True)
    roll_kind = word(v.RollKind, "How the pupil is registered")
    name = text("Name of the pupil")
    born_on = day("Date of birth")
    upn = text("Unique pupil number", "Leave empty if there is none yet", optional=True)
    local_ref = text("The school's own reference")


class RemovePupilFromRoll(Answers):
    """remove_pupil_from_roll."""

    school_id = pick("own_school", "School")
    removed_on = day("Off roll from", today=True)
    ground = text("On what ground", "A ground of regulation 9 of the 2024 Regulations")
    received_on = day("When that reached us", today=True, optional=True)
    evidence = files()


class ChangePupilResidence(Answers):
    """change_pupil_residence."""

    effective_on = day("From when", today=True)
    status = word(v.ResidenceStatus, "Where the pupil lives")
    home_site_id = pick("homes", "Which children's home", "Leave empty unless the pupil lives in one", optional=True)
    received_on = day("When that reached us", today=True, optional=True)
    evidence = files()


class RecordEhcp(Answers):
    """record_ehcp."""

    effective_on = day("From when", today=True)
    reference = text("Reference of the plan")
    maintaining_authority = text("Authority that maintains it")
    annual_review_due = day("Next annual review due", "Leave empty if not set", optional=True)
    received_on = day("When that reached us", today=True, optional=True)
    evidence = files()


class CeaseEhcp(Answers):
    """cease_ehcp."""

    effective_on = day("Ceased on", today=True)
    received_on = day("When that reached us", today=True, optional=True)


class RecordPlacingAuthority(Answers):
    """record_placing_authority."""

    authority_id = unseen("new")
    effective_on = day("From when", today=True)
    authority_code = text("The authority's three-digit code")
    authority_name = text("The authority's name")
    capacity = word(v.Capacity, "In what capacity it placed the pupil")
    received_on = day("When that reached us", today=True, optional=True)
    evidence = files()


class RecordNoPlacingAuthority(Answers):
    """record_no_placing_authority."""

    effective_on = day("From when", today=True)
    reason = text("Why no authority placed the pupil", long=True)
    received_on = day("When that reached us", today=True, optional=True)


class RecordParentalResponsibility(Answers):
    """record_parental_responsibility."""

    holder_id = unseen("new")
    effective_on = day("From when", today=True)
    name = text("Name of the person")
    ground = text("On what ground they hold it", "For example, mother, or an order of a court")
    restrictions = text("Restrictions", "Leave empty if there are none", long=True, optional=True)
    evidence_seen = text("What evidence was seen")
    received_on = day("When that reached us", today=True, optional=True)
    evidence = files()
