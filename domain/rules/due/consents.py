"""Placing authorities' consents and parents' agreement: running out, gone, disputed or never given (C-05, C-06)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from domain.rules.breach import plain
from domain.rules.due.item import HEAD, Due, Light, Placed
from domain.rules.due.school_time import SchoolTime
from domain.rules.flags import Tier
from domain.vocabulary import Role

EXPIRING = 20
"""So many school days before a consent runs out somebody asks for the next (ours)."""

DECIDE_WITHIN = 2
"""So many school days the Head Teacher has after a parent's no (ours)."""


class Word(StrEnum):
    """What an authority or a parent has said, as it stands on the day asked about."""

    GIVEN = "given"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"
    DECLINED = "declined"
    DECIDED = "decided"
    UNREACHABLE = "unreachable"
    NOT_RELEVANT = "not_relevant"


@dataclass(frozen=True)
class Answer:
    """A placing authority's word in one capacity; `fits` says that it is in writing and for this provider and site."""

    word: Word
    since: date
    covers_from: date
    covers_to: date | None
    fits: bool


_GONE = {
    Word.EXPIRED: "The consent of {whose} ran out on {day}.",
    Word.WITHDRAWN: "{whose} withdrew its consent on {day}.",
    Word.REFUSED: "{whose} refused its consent on {day}.",
}


def consent(placed: Placed, whose: str, answers: Sequence[Answer], time: SchoolTime) -> Iterator[Due]:
    """C-05, H-05: outside delivery with a consent of each placing authority that stands, and goes on standing."""
    day = max(time.today, placed.starts_on)
    until = [one.covers_to or date.max for one in answers if _stands(one, day)]
    if until:
        yield from _expiring(placed, whose, max(until), time)
        return
    gone = max((one for one in answers if one.word in _GONE), key=lambda one: one.since, default=None)
    if gone is not None:
        yield _gone(placed, whose, gone, time.today)
        return
    said = "is only by telephone, or does not cover this provider, address and time" if answers else "is missing"
    yield Due(
        "H-05", Tier.AUTHORITY, placed.light(time.today), f"The written consent of {whose} {said}.",
        (Role.AP_LEAD, *HEAD), ("record_authority_consent",), placed.wanted_since(), placed.wanted_by(),
    )  # fmt: skip


def nobody_placed(placed: Placed, today: date) -> Due:
    """H-05: while nobody has said who placed the pupil, it is not known whose consent is needed."""
    return Due(
        "H-05", Tier.AUTHORITY, placed.light(today),
        "It is not recorded which authority placed the pupil, or that none did.", (Role.AP_LEAD, Role.SENCO),
        ("record_placing_authority", "record_no_placing_authority"), placed.wanted_since(), placed.wanted_by(),
    )  # fmt: skip


def _stands(one: Answer, day: date) -> bool:
    covers = one.covers_from <= day <= (one.covers_to or date.max)
    return one.word == Word.GIVEN and one.fits and covers


def _expiring(placed: Placed, whose: str, until: date, time: SchoolTime) -> Iterator[Due]:
    if until < placed.ends_on and time.left(until) <= EXPIRING:
        yield Due(
            "C-05", Tier.AUTHORITY, Light.AMBER,
            f"The consent of {whose} runs out on {plain(until)}, before the placement ends on {plain(placed.ends_on)}.",
            (Role.AP_LEAD, *HEAD), ("record_authority_consent",), time.later(until, -EXPIRING), until,
        )  # fmt: skip


def _gone(placed: Placed, whose: str, gone: Answer, today: date) -> Due:
    """What was withdrawn or refused is for the Head Teacher to act on; what ran out can be asked for again."""
    last = gone.since - timedelta(days=1) if gone.word == Word.EXPIRED else gone.since
    sentence = _GONE[gone.word].format(whose=whose, day=plain(last))
    begins = sentence[0].upper() + sentence[1:]
    if gone.word == Word.EXPIRED:
        owners: tuple[Role, ...] = (Role.AP_LEAD, *HEAD)
        clears: tuple[str, ...] = ("record_authority_consent",)
    else:
        owners = (*HEAD, Role.AP_LEAD)
        clears = ("suspend_placement", "end_placement", "refuse_placement", "record_authority_consent")
    return Due(
        "C-05", Tier.AUTHORITY, placed.light(today), begins, owners, clears,
        max(gone.since, placed.wanted_since()), placed.wanted_by(),
    )  # fmt: skip


@dataclass(frozen=True)
class Position:
    """What one parent, or the school (no `holder`), has said; `written` and `responsible` are of a parent's yes."""

    holder: UUID | None
    word: Word
    since: date
    order: int
    written: bool = True
    responsible: bool = True
    try_again_on: date | None = None

    @property
    def when(self) -> tuple[date, int]:
        """Its day, and its place among what was entered, for two on one day."""
        return self.since, self.order


def parents(placed: Placed, said: Collection[Position], time: SchoolTime) -> Iterator[Due]:
    """C-06, H-06: one parent's written yes; while another says no, or none says yes, the Head Teacher decides."""
    yes = [one for one in said if one.word == Word.GIVEN and one.written and one.responsible]
    noes = [one for one in said if one.word in {Word.WITHDRAWN, Word.DECLINED}]
    decided = max((one.when for one in said if one.word == Word.DECIDED), default=(date.min, 0))
    open_no = max((one for one in noes if one.when > decided), key=lambda one: one.when, default=None)
    if open_no is not None:
        yield _undecided(placed, open_no, disputed=bool(yes), time=time)
    elif not yes:
        yield from _unanswered(placed, [one for one in said if one.holder is None], time.today)


def _undecided(placed: Placed, no: Position, *, disputed: bool, time: SchoolTime) -> Due:
    did = "withdrew the agreement" if no.word == Word.WITHDRAWN else "declined"
    late = placed.running and not disputed and time.gone(no.since) > DECIDE_WITHIN
    sentence = f"A parent {did} on {plain(no.since)}, and the Head Teacher has not decided whether to go on."
    if disputed:
        sentence = f"A parent {did} on {plain(no.since)} while another agrees; the Head Teacher has not decided."
    return Due(
        "C-06", Tier.AUTHORITY, Light.RED if late else Light.AMBER, sentence, (*HEAD, Role.AP_LEAD),
        ("decide_without_parental_agreement", "record_parental_agreement"), no.since,
        time.later(no.since, DECIDE_WITHIN),
    )  # fmt: skip


def _unanswered(placed: Placed, school: Sequence[Position], today: date) -> Iterator[Due]:
    last = max(school, key=lambda one: one.when, default=None)
    if last is None:
        yield Due(
            "H-06", Tier.AUTHORITY, placed.light(today),
            "Nothing in writing says where the parents stand.", (Role.AP_LEAD, *HEAD),
            ("record_parental_agreement", "record_parent_unreachable", "record_parental_agreement_not_relevant"),
            placed.wanted_since(), placed.wanted_by(),
        )  # fmt: skip
    elif last.try_again_on is not None and last.try_again_on < today:
        yield Due(
            "C-06", Tier.AUTHORITY, placed.light(today),
            f"The parents could not be reached, and were to be tried again by {plain(last.try_again_on)}.",
            (Role.AP_LEAD, *HEAD), ("record_parental_agreement", "record_parent_unreachable"),
            last.try_again_on + timedelta(days=1), last.try_again_on,
        )  # fmt: skip
