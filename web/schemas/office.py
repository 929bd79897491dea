"""What the commands about offices and delegations ask."""

from __future__ import annotations

from domain import vocabulary as v
from web.schemas import parts
from web.schemas.answers import Answers, day, one, pick, several, text, word, yes_no


class AppointOfficeHolder(Answers):
    """appoint_office_holder."""

    school_id = pick("own_school", "School")
    office = word(v.Office, "Which office")
    person_id = pick("appointees", "Who")
    name = text("Name", "Leave empty for somebody chosen above", fill="person_id", always=True)
    title = text("Job title", "As it is to stand beside what they record")
    starts_on = day("First day in office", today=True)
    acting = yes_no("Is it for the time being", "An acting Head Teacher decides as the Head Teacher does")


class CeaseOfficeHolder(Answers):
    """cease_office_holder."""

    last_day = day("Last day in office", "What they delegated ends with it")


class GrantDelegation(Answers):
    """grant_delegation."""

    delegatee_id = pick("colleagues", "To whom")
    delegatee_name = text("Name", fill="delegatee_id")
    delegatee_title = text("Job title", fill="delegatee_id")
    acts = several(v.DelegatedAct, "What they may do")
    starts_on = day("From", today=True)
    ends_on = day("Until")
    limits = one(parts.DelegationLimits, "Limits")


class RevokeDelegation(Answers):
    """revoke_delegation."""

    reason = text("Why it is taken back", long=True)
