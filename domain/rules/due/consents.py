"""Placing authorities' consents: running out, gone, or never given (C-05, H-05)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from domain.rules.breach import plain
from domain.rules.covering import Given, lasts
from domain.rules.due.item import HEAD, Due, Light, Placed
from domain.rules.due.school_time import SchoolTime
from domain.rules.flags import Tier
from domain.rules.standing import ConsentStatus
from domain.vocabulary import Role

EXPIRING = 20
"""So many school days before a consent runs out somebody asks for the next (ours)."""


ANSWERED, ANSWERED_AT_LAST = 5, 10
"""So many school days an authority has to answer before somebody asks again, and before that is overdue (ours)."""


@dataclass(frozen=True)
class Answer:
    """A placing authority's word in one capacity; `given` where it is a consent that fits the placement's address."""

    status: ConsentStatus
    since: date
    given: Given | None


_GONE = {
    ConsentStatus.EXPIRED: "The consent of {whose} ran out on {day}.",
    ConsentStatus.WITHDRAWN: "{whose} withdrew its consent on {day}.",
    ConsentStatus.REFUSED: "{whose} refused its consent on {day}.",
}


def consent(placed: Placed, whose: str, answers: Sequence[Answer], time: SchoolTime) -> Iterator[Due]:
    """C-05, H-05: outside delivery with a consent of each placing authority that stands, and goes on standing."""
    day = max(time.today, placed.starts_on)
    given = [one.given for one in answers if one.status == ConsentStatus.GIVEN and one.given is not None]
    until = [one.last_day or date.max for one in given if lasts(one, day, day)]
    if until:
        yield from _expiring(placed, whose, max(until), time)
        return
    gone = max((one for one in answers if one.status in _GONE), key=lambda one: one.since, default=None)
    if gone is not None:
        yield _gone(placed, whose, gone, time.today)
        return
    said = "is only by telephone, or does not cover this provider, address and time" if answers else "is missing"
    yield Due(
        "H-05", Tier.AUTHORITY, placed.light(time.today), f"The written consent of {whose} {said}.",
        placed.asked_of(Role.AP_LEAD), ("record_authority_consent",), placed.wanted_since(), placed.wanted_by(),
    )  # fmt: skip


def nobody_placed(placed: Placed, today: date) -> Due:
    """H-05: while nobody has said who placed the pupil, it is not known whose consent is needed."""
    return Due(
        "H-05", Tier.AUTHORITY, placed.light(today),
        "It is not recorded which authority placed the pupil, or that none did.", (Role.AP_LEAD, Role.SENCO),
        ("record_placing_authority", "record_no_placing_authority"), placed.wanted_since(), placed.wanted_by(),
    )  # fmt: skip


def _expiring(placed: Placed, whose: str, until: date, time: SchoolTime) -> Iterator[Due]:
    if until < placed.ends_on and time.left(until) <= EXPIRING:
        yield Due(
            "C-05", Tier.AUTHORITY, Light.AMBER,
            f"The consent of {whose} runs out on {plain(until)}, before the placement ends on {plain(placed.ends_on)}.",
            (Role.AP_LEAD, *HEAD), ("record_authority_consent",), time.later(until, -EXPIRING), until,
        )  # fmt: skip


def _gone(placed: Placed, whose: str, gone: Answer, today: date) -> Due:
    """What was withdrawn or refused is for the Head Teacher to act on; what ran out can be asked for again."""
    last = gone.since - timedelta(days=1) if gone.status == ConsentStatus.EXPIRED else gone.since
    sentence = _GONE[gone.status].format(whose=whose, day=plain(last))
    begins = sentence[0].upper() + sentence[1:]
    if gone.status == ConsentStatus.EXPIRED:
        owners: tuple[Role, ...] = (Role.AP_LEAD, *HEAD)
        clears: tuple[str, ...] = ("record_authority_consent",)
    else:
        owners = (*HEAD, Role.AP_LEAD)
        clears = ("suspend_placement", "end_placement", "refuse_placement", "record_authority_consent")
    return Due(
        "C-05", Tier.AUTHORITY, placed.light(today), begins, owners, clears,
        max(gone.since, placed.wanted_since()), placed.wanted_by(),
    )  # fmt: skip


def unanswered(whose: str, reference: str, asked_on: date, time: SchoolTime) -> Iterator[Due]:
    """H-05: an authority that was asked for its consent and does not answer is asked again."""
    gone = time.gone(asked_on)
    if gone > ANSWERED:
        yield Due(
            "H-05", Tier.AUTHORITY, Light.RED if gone > ANSWERED_AT_LAST else Light.AMBER,
            f"{whose} was asked for its consent on {plain(asked_on)} and has not answered (reference {reference}).",
            (Role.AP_LEAD,), ("record_authority_consent", "record_authority_refusal"),
            time.later(asked_on, ANSWERED + 1), time.later(asked_on, ANSWERED),
        )  # fmt: skip
