"""The columns of a file of placements on paper: what each is called, and which answer of the form it is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from domain import vocabulary as v
from web import words


@dataclass(frozen=True)
class Column:
    """One column: its plain name, the form's answer it gives, what kind of value it holds, and what to write.

    `kind` is `text`, `day` or a vocabulary. An answer that begins with `pupil.`, `provider.` or `place.` is not of the
    placement itself.
    """

    name: str
    answer: str
    kind: str | type[StrEnum] = "text"
    holds: str = ""
    needed: bool = False

    @property
    def offered(self) -> list[str]:
        """The answers there are, where there is a list of them."""
        return [] if isinstance(self.kind, str) else [said for _, said in words.choices(self.kind)]


def _authority(number: int) -> tuple[Column, ...]:
    of, answers = f"authority {number}", f"consents-{number - 1}"
    return (
        Column(of, f"{answers}-authority_name", holds="who placed the pupil and consented"),
        Column(f"{of} code", f"{answers}-authority_code", holds="its three-digit code, if known"),
        Column(f"{of} placed for", f"{answers}-capacity", v.Capacity, "needed with an authority"),
        Column(f"{of} officer", f"{answers}-officer_name", holds="who gave the consent"),
        Column(f"{of} officer job title", f"{answers}-officer_title"),
        Column(f"{of} consented on", f"{answers}-given_on", "day"),
        Column(f"{of} consent received on", f"{answers}-received_on", "day", "the same day if left empty"),
        Column(f"{of} consent came by", f"{answers}-medium", v.Medium, "needed with an authority"),
    )


COLUMNS: tuple[Column, ...] = (
    Column("pupil reference", "pupil.local_ref", holds="the school's own reference", needed=True),
    Column("unique pupil number", "pupil.upn"),
    Column("pupil name", "pupil.name", holds="needed for a pupil not on roll here; checked for the others"),
    Column("date of birth", "pupil.born_on", "day", "needed for a pupil not on roll here; checked for the others"),
    Column(
        "on roll from", "pupil.starts_on", "day", "needed for a pupil not on roll here, registered at this school only"
    ),
    Column("provider", "provider.name", holds="as recorded here", needed=True),
    Column("place", "place.name", holds="the name of the provider's address; may be empty where it has one only"),
    Column("place address", "place.address", holds="records the place, and the provider, where they are not here yet"),
    Column("place kind", "place.kind", v.SiteKind, "needed with a place address"),
    Column("place telephone", "place.telephone", holds="needed with a place address"),
    Column("first day", "started_on", "day", needed=True),
    Column("planned last day", "proposed_end", "day", "needed unless it has ended"),
    Column("last day", "ended_on", "day", "only if it has ended"),
    Column("arranged under", "legal_gateway", v.LegalGateway),
    Column("arranged by", "arranged_by", v.ArrangedBy, needed=True),
    Column("how much of the week", "attendance_mode", v.AttendanceMode),
    Column("copied from", "transcribed_from", holds="such as the pupil's paper file", needed=True),
    Column(
        "another placement",
        "another",
        holds="yes if the pupil is here with this provider in that time, and this is a second placement",
    ),
    Column("approved on", "approved_on", "day", "what the paper says of an approval"),
    Column("approved by", "approved_by"),
    Column("approver job title", "approver_title"),
    *_authority(1),
    *_authority(2),
    Column("parent", "parents-holder_name"),
    Column(
        "parent is", "parents-ground", holds="on what ground, such as mother; adds the parent to the pupil's record"
    ),
    Column("parent said", "parents-position", v.ParentsOnPaper, "needed with a parent"),
    Column("parent said on", "parents-said_on", "day"),
    Column("parent said by", "parents-medium", v.Medium, "needed where a parent agreed"),
    Column("parent reason", "parents-reason", holds="why they declined, or how it was tried to reach them"),
    Column("parent not relevant because", "parents-not_relevant", v.NotRelevantReason),
    Column("parent tried again on", "parents-review_on", "day", "when it was to be tried again to reach them"),
    Column("risk", "risk-outcome", v.RiskOutcome),
    Column("risk assessed on", "risk-assessed_on", "day"),
    Column("risk valid until", "risk-valid_to", "day"),
    Column("risk assessed by", "risk-assessor"),
    Column("last review on", "review-held_on", "day"),
    Column("last review kind", "review-kind", v.ReviewKind, "needed with a review"),
    Column("last review outcome", "review-outcome", v.ReviewOutcome),
    Column("last review chaired by", "review-chair"),
    Column("next review on", "review-next_review_on", "day"),
)

BY_NAME = {column.name: column for column in COLUMNS}
BY_ANSWER = {column.answer: column for column in COLUMNS}
