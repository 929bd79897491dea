"""What adding a placement that is on paper asks: little that must be said, and room for what else the paper says."""

from __future__ import annotations

from domain import paper
from domain import vocabulary as v
from web.schemas.answers import Answers, Part, day, many, pick, text, unseen, word, yes_no
from web.schemas.asking import begin, fold, follow, maybe
from web.schemas.evidence import files

_RECEIVED = "Leave empty if it is the same day"
_MORE_CONSENT = "More about this consent"
_NOT_AGREED = "They did not agree, or agreement was not relevant"
_MORE = "More of what the paper says"


class Consent(Part):
    """A placing authority's consent on paper."""

    STRUCT = paper.PaperConsent
    authority_name = text("Authority")
    officer_name = text("Name of the authority's officer")
    officer_title = text("Job title of the authority's officer")
    given_on = day("When it was given")
    medium = word(v.Medium, "How it came")
    capacity = word(v.Capacity, "In what capacity it placed the pupil")
    authority_code = fold(_MORE_CONSENT, text("The authority's three-digit code", optional=True))
    received_on = fold(_MORE_CONSENT, day("When it reached us", _RECEIVED, optional=True))
    covers_until = fold(_MORE_CONSENT, day("It covers the placement until", "Leave empty for its end", optional=True))
    conditions = fold(_MORE_CONSENT, text("Conditions", long=True, optional=True))


class PaperParents(Part):
    """Where the parents stood on paper."""

    STRUCT = paper.PaperParents
    holder_name = text("Name of the parent", optional=True)
    ground = text(
        "On what ground they hold parental responsibility",
        "For example, mother. Leave empty if the pupil's record names this parent already",
        optional=True,
    )
    said_on = day("When they said so, or it was decided")
    position = word(v.ParentsOnPaper, "What the paper says")
    medium = word(v.Medium, "How it came", "Needed where a parent agreed", optional=True)
    received_on = fold(_NOT_AGREED, day("When it reached us", _RECEIVED, optional=True))
    reason = fold(_NOT_AGREED, text("Why, or how it was tried to reach them", long=True, optional=True))
    review_on = fold(_NOT_AGREED, day("When it was to be tried again", optional=True))
    not_relevant = fold(_NOT_AGREED, word(v.NotRelevantReason, "Why agreement was not relevant", optional=True))


class PaperRisk(Part):
    """The newest assessment of the risk on paper."""

    STRUCT = paper.PaperRisk
    outcome = word(v.RiskOutcome, "Outcome")
    assessed_on = day("When the risk was assessed")
    valid_to = day("Valid until")
    assessor = text("Who assessed it", "Name and job title")


class PaperReview(Part):
    """The last review on paper."""

    STRUCT = paper.PaperReview
    held_on = day("When it was held")
    kind = word(v.ReviewKind, "What kind of review")
    outcome = word(v.ReviewOutcome, "Outcome")
    chair = text("Who chaired it", "Name and job title")
    still_safe = yes_no("Was the placement found safe", optional=True)
    next_review_on = day("When the next one is due", optional=True)


class AddExistingPlacement(Answers):
    """add_existing_placement."""

    school_id = unseen("own_school")
    pupil_id = pick("pupils", "Pupil")
    site_id = pick("sites", "Provider and address", "Where the pupil is taught")
    provider_id = follow("site_id", pick("providers", "Provider"))
    delivery = follow("site_id", word(v.Delivery, "Who teaches"))
    started_on = day("First day")
    proposed_end = day(
        "Last day planned",
        "Leave it empty only where the placement has ended. If the paper names none, give the end of the school year",
        optional=True,
    )
    ended_on = fold("It has ended already", day("Last day", optional=True))
    legal_gateway = word(v.LegalGateway, "What it is arranged under", optional=True)
    arranged_by = word(v.ArrangedBy, "Who arranges it")
    transcribed_from = begin("The pupil's paper file", text("What you are copying from"))
    attendance_mode = fold(_MORE, word(v.AttendanceMode, "How much of the week", optional=True))
    need_basis = fold(_MORE, word(v.NeedBasis, "Why the pupil cannot learn alongside peers", optional=True))
    separate_from_peers = fold(_MORE, text("How the pupil is taught apart from peers", long=True, optional=True))
    rationale = fold(_MORE, text("Why this placement is right for this pupil", long=True, optional=True))
    accredited = fold(_MORE, begin(v.Accredited.NOT_KNOWN, word(v.Accredited, "Does it deliver accredited education")))
    accredited_reason = fold(_MORE, text("Why it does not, or what is still to find out", optional=True, long=True))
    another = fold(
        _MORE,
        yes_no(
            "Is it another one than a placement already here",
            "Only where this pupil is here with this provider in that time, and the paper tells of a second placement",
            absent=False,
        ),
    )
    approved_on = day("When the paper says it was approved", "Leave these empty if no approval is there", optional=True)
    approved_by = text("Who approved it then", optional=True)
    approver_title = text("Their job title then", optional=True)
    consents = many(Consent, "Placing authorities' consents", least=0, most=6)
    parents = maybe(PaperParents, "Parents")
    risk = fold("The newest risk assessment", maybe(PaperRisk, "The newest risk assessment"))
    review = fold("The last review", maybe(PaperReview, "The last review"))
    evidence = files(
        "Copies of the paper", "The consents, the approval, the agreement. Leave empty if you keep no copies"
    )
