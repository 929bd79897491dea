"""What the commands about consents and parents' agreement ask."""

from __future__ import annotations

from domain import vocabulary as v
from web.schemas import parts
from web.schemas.answers import Answers, day, inherited, many, number, one, pick, text, unseen, word
from web.schemas.asking import fold
from web.schemas.evidence import files

_REQUEST = "answers_request"
_NAME = "the parent's name is taken from the choice above"


class RequestAuthorityConsent(Answers):
    """request_authority_consent."""

    authority_id = pick("authorities", "Which authority is asked", "Those recorded as having placed the pupil")
    scope = one(parts.ConsentScope, "What it is asked to consent to")
    requested_on = day("When it was asked", today=True)
    capacity = word(v.Capacity, "In what capacity the authority placed the pupil")
    sent_to = text("Who is asked", "Name, office and e-mail address")
    message = text("What else the request says", "It goes into the text for the e-mail", long=True, optional=True)


class RecordAuthorityConsent(Answers):
    """record_authority_consent."""

    consent_id = unseen("new")
    answers_request = number(
        "Which request it answers",
        "Leave empty if it answers none",
        least=1,
        most=9999,
        optional=True,
        choices="requests",
    )
    authority_id = inherited(
        pick("authorities", "Which authority consents", "Those recorded as having placed the pupil"), _REQUEST
    )
    scope = inherited(one(parts.ConsentScope, "What the consent covers"), _REQUEST)
    given_on = day("When it was given")
    received_on = day("When it reached us", today=True)
    capacity = inherited(word(v.Capacity, "In what capacity the authority placed the pupil"), _REQUEST)
    officer_name = text("Name of the authority's officer")
    officer_title = text("Job title of the authority's officer")
    medium = word(v.Medium, "How the consent came")
    conditions = fold("There are conditions", text("Conditions", long=True, optional=True))
    evidence = files()


class RecordAuthorityRefusal(Answers):
    """record_authority_refusal."""

    answers_request = number(
        "Which request it answers",
        "Leave empty if it answers none",
        least=1,
        most=9999,
        optional=True,
        choices="requests",
    )
    authority_id = pick("authorities", "Which authority refuses")
    refused_on = day("When it refused")
    received_on = day("When that reached us", today=True)
    capacity = word(v.Capacity, "In what capacity the authority refuses")
    officer_name = text("Name of the authority's officer")
    officer_title = text("Job title of the authority's officer")
    reason = text("The authority's reason", long=True)
    evidence = files()


class WithdrawAuthorityConsent(Answers):
    """withdraw_authority_consent."""

    consent_id = pick("consents", "Which consent")
    effective_on = day("Withdrawn from")
    received_on = day("When that reached us", today=True)
    notified_by = text("Who told us", "Name and job title")
    reason = text("The authority's reason", long=True)
    evidence = files()


class RecordParentalAgreement(Answers):
    """record_parental_agreement."""

    holder_id = pick("holders", "Who agrees")
    holder_name = text("Name of the parent", _NAME, fill="holder_id")
    given_on = day("When they agreed")
    received_on = day("When it reached us", today=True)
    medium = word(v.Medium, "How the agreement came")
    evidence = files()


class RecordParentalRefusal(Answers):
    """record_parental_refusal."""

    holder_id = pick("holders", "Who declines")
    holder_name = text("Name of the parent", _NAME, fill="holder_id")
    declined_on = day("When they declined")
    received_on = day("When it reached us", today=True)
    reason = text("Their reason", long=True)
    evidence = files()


class DecideWithoutParentalAgreement(Answers):
    """decide_without_parental_agreement."""

    decided_on = day("When it was decided", today=True)
    reason = text("Why the placement goes on although a parent declined", long=True)


class WithdrawParentalAgreement(Answers):
    """withdraw_parental_agreement."""

    holder_id = pick("holders", "Who withdraws their agreement")
    holder_name = text("Name of the parent", _NAME, fill="holder_id")
    effective_on = day("Withdrawn from")
    received_on = day("When that reached us", today=True)
    reason = text("Their reason", long=True)
    evidence = files()


class RecordParentUnreachable(Answers):
    """record_parent_unreachable."""

    concluded_on = day("When it was concluded that nobody can be reached", today=True)
    review_on = day("When we will try again")
    attempts = many(parts.Attempt, "Attempts to reach them", rows=3)
    evidence = files()


class RecordParentalAgreementNotRelevant(Answers):
    """record_parental_agreement_not_relevant."""

    decided_on = day("When it was decided", today=True)
    reason = word(v.NotRelevantReason, "Why parents' agreement is not relevant")
    explanation = text("Explain it in your own words", long=True)
    evidence = files()
