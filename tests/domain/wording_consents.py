"""How commands on consents and on the parents' position are sent in the ordinary case."""

from __future__ import annotations

from domain.parts import Attempt, ConsentScope
from domain.vocabulary import Capacity, Medium, NotRelevantReason
from tests.domain.people import HEAD, day, named
from tests.domain.wording_around import preparing

_AUTHORITY_OFFICER = {"officer_name": "V. Ploughwright", "officer_title": "Commissioning Officer"}
_PARENT = {"holder_id": named("parent"), "holder_name": "P. Ashby"}

WORDING = {
    "request_authority_consent": preparing(
        {
            "authority_id": named("authority"),
            "scope": ConsentScope(named("provider"), None, day("09-14"), day("12-18")),
            "requested_on": day("09-07"),
            "capacity": Capacity.EDUCATION_SEN,
            "sent_to": "V. Ploughwright, v.ploughwright@easterby.example",
            "message": None,
        }
    ),
    "record_authority_consent": preparing(
        {
            "answers_request": None,
            "consent_id": named("consent"),
            "authority_id": named("authority"),
            "scope": ConsentScope(named("provider"), None, day("09-14"), None),
            "given_on": day("09-08"),
            "received_on": day("09-09"),
            "capacity": Capacity.EDUCATION_SEN,
            "medium": Medium.EMAIL,
            "conditions": None,
            **_AUTHORITY_OFFICER,
        }
    ),
    "record_authority_refusal": preparing(
        {
            "answers_request": None,
            "authority_id": named("authority"),
            "refused_on": day("09-09"),
            "received_on": day("09-09"),
            "capacity": Capacity.EDUCATION_SEN,
            "reason": "The named school is to teach the pupil.",
            **_AUTHORITY_OFFICER,
        }
    ),
    "withdraw_authority_consent": preparing(
        {
            "consent_id": named("consent"),
            "effective_on": day("09-10"),
            "received_on": day("09-09"),
            "notified_by": "V. Ploughwright",
            "reason": "The care plan changed.",
        }
    ),
    "record_parental_agreement": preparing(
        {"given_on": day("09-08"), "received_on": day("09-09"), "medium": Medium.SIGNED_FORM, **_PARENT}
    ),
    "record_parental_refusal": preparing(
        {"declined_on": day("09-08"), "received_on": day("09-09"), "reason": "Too far away.", **_PARENT}
    ),
    "decide_without_parental_agreement": preparing(
        {"decided_on": day("09-09"), "reason": "Full-time education must not wait."}, HEAD
    ),
    "withdraw_parental_agreement": preparing(
        {"effective_on": day("09-09"), "received_on": day("09-09"), "reason": "Changed my mind.", **_PARENT}
    ),
    "record_parent_unreachable": preparing(
        {
            "concluded_on": day("09-09"),
            "review_on": day("09-23"),
            "attempts": (Attempt(day("09-07"), "Telephone"), Attempt(day("09-08"), "Home visit")),
        }
    ),
    "record_parental_agreement_not_relevant": preparing(
        {"decided_on": day("09-09"), "reason": NotRelevantReason.COURT_ORDER, "explanation": "The order is on file."},
        HEAD,
    ),
}
