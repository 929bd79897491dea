"""Where the parents stand (H-06): one parent's written yes, or the school's own word while no parent's no is open."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from domain.events import (
    Fact,
    ParentalAgreementDecided,
    ParentalAgreementDeclined,
    ParentalAgreementGiven,
    ParentalAgreementNotRelevantRecorded,
    ParentalAgreementWithdrawn,
    ParentalResponsibilityRecorded,
    ParentUnreachableRecorded,
)
from domain.rules.breach import Breach, Word, plain
from domain.rules.case import Case, every
from domain.rules.standing import ParentalStatus
from domain.values import Erased
from domain.vocabulary import Medium

_NOES = frozenset({ParentalStatus.DECLINED, ParentalStatus.WITHDRAWN})


@dataclass(frozen=True)
class Position:
    """What one parent, or the school (no `holder`), said; `medium` and `responsible` are of a parent's yes.

    `attempted` and `try_again_on` are of a parent who was not reached: whether an attempt is on record, and until when
    it holds.

    `order` is its place among what was entered: what is entered later was decided knowing of what was entered before,
    and of nothing else, whatever day it bears.
    """

    holder: UUID | None
    status: ParentalStatus
    since: date
    order: int
    medium: Medium | None = None
    responsible: bool = True
    attempted: bool = True
    try_again_on: date | None = None


def agreeing(said: Collection[Position]) -> list[Position]:
    """Return the yes of each parent with parental responsibility on record who gave it in writing and stands by it."""
    given = (one for one in said if _written_yes(one) and one.responsible)
    return [yes for yes in given if not any(no.holder == yes.holder and no.order > yes.order for no in _noes(said))]


def open_no(said: Collection[Position]) -> Position | None:
    """Return the newest no that nobody answered: only that parent's later yes or the Head Teacher's decision does."""
    unanswered = [no for no in _noes(said) if not any(_answers(one, no) for one in said)]
    return max(unanswered, key=lambda one: one.order, default=None)


def schools_word(said: Collection[Position]) -> Position | None:
    """Return what the school said last of the parents."""
    return max((one for one in said if one.holder is None), key=lambda one: one.order, default=None)


def settled(said: Collection[Position], day: date) -> bool:
    """Return whether the parents' position is settled on a day."""
    return bool(agreeing(said)) or (open_no(said) is None and _holds(schools_word(said), day))


def parents_position(case: Case) -> Iterator[Breach]:
    """H-06: outside delivery only where a parent agreed, the Head decided, or it is recorded why nobody could."""
    said = list(_said(case))
    if not case.outside or settled(said, case.on):
        return
    no = open_no(said)
    yield Breach(
        "H-06", "S43", Word.ONLY, None, _problem(no, schools_word(said), case.on),
        "Record the written agreement of a parent whose parental responsibility is on the pupil's record, or the"
        " Head Teacher's reasoned decision; while no parent said no, also the dated attempts to reach one with a"
        " day to try again, or why agreement is not relevant.",
        "decide_without_parental_agreement" if no else "record_parental_agreement",
    )  # fmt: skip


def _noes(said: Collection[Position]) -> list[Position]:
    return [one for one in said if one.status in _NOES]


def _written_yes(one: Position) -> bool:
    return one.status == ParentalStatus.GIVEN and one.medium != Medium.TELEPHONE


def _answers(one: Position, no: Position) -> bool:
    own = _written_yes(one) and one.holder == no.holder
    return (own or one.status == ParentalStatus.DECIDED) and one.order > no.order


def _holds(last: Position | None, day: date) -> bool:
    return last is not None and last.attempted and (last.try_again_on is None or day <= last.try_again_on)


def _problem(no: Position | None, last: Position | None, day: date) -> str:
    if no is not None:
        did = "declined" if no.status == ParentalStatus.DECLINED else "withdrew the agreement"
        return f"A parent {did}, and the Head Teacher has not decided whether to go on."
    if last is not None and last.try_again_on is not None:
        return f"Nobody could be reached, and it was to be tried again by {plain(last.try_again_on)}."
    return (
        f"Nothing recorded by {plain(day)} says where the parents stand; a telephone call alone does not, nor the word"
        " of somebody whose parental responsibility is not on record."
    )


def _said(case: Case) -> Iterator[Position]:
    """What was said by the day of the case; a parent's no counts at once, from whatever day it takes effect."""
    responsible = {
        holder.holder_id
        for holder in every(ParentalResponsibilityRecorded, case.known.pupil)
        if holder.effective_on <= case.on
    }
    for fact in case.placement:
        position = _of_parent(fact) or _of_school(fact)
        if position is not None and (position.status in _NOES or position.since <= case.on):
            yield replace(position, responsible=position.holder in responsible)


def _of_parent(fact: Fact) -> Position | None:
    order = fact.originator_version
    match fact:
        case ParentalAgreementGiven():
            day = max(fact.given_on, fact.received_on)
            return Position(fact.holder_id, ParentalStatus.GIVEN, day, order, medium=_known(fact.medium))
        case ParentalAgreementDeclined():
            return Position(fact.holder_id, ParentalStatus.DECLINED, fact.declined_on, order)
        case ParentalAgreementWithdrawn():
            return Position(fact.holder_id, ParentalStatus.WITHDRAWN, fact.effective_on, order)
    return None


def _of_school(fact: Fact) -> Position | None:
    order = fact.originator_version
    match fact:
        case ParentalAgreementDecided():
            return Position(None, ParentalStatus.DECIDED, fact.decided_on, order)
        case ParentalAgreementNotRelevantRecorded():
            return Position(None, ParentalStatus.NOT_RELEVANT, fact.decided_on, order)
        case ParentUnreachableRecorded():
            tried, day = bool(fact.attempts), fact.concluded_on
            return Position(None, ParentalStatus.UNREACHABLE, day, order, attempted=tried, try_again_on=fact.review_on)
    return None


def _known(medium: Medium | Erased) -> Medium | None:
    return None if isinstance(medium, Erased) else medium
