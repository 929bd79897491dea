"""What a placement is prepared with: needs, starting point, plan, agreement, and the decision itself (C-03, C-23)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from domain.rules.breach import plain
from domain.rules.due.item import HEAD, Due, Light, Placed
from domain.rules.due.school_time import SchoolTime
from domain.rules.flags import Tier
from domain.vocabulary import Deferrable, PlacementStatus, Role

AGREE_WITHIN, AGREE_AT_LAST = 5, 10
"""So many school days a provider has to sign a version of the plan before it is amber, then red (ours)."""


@dataclass(frozen=True)
class Prepared:
    """What has been prepared so far: the plan's version and day, the version the provider signed (0: on paper only).

    `put_off` is what an urgent start put off and is not made good, and to which day; `overridden` what the Head Teacher
    went on without.
    """

    needs: bool
    baseline: bool
    plan_version: int | None
    planned_on: date | None
    signed_version: int | None
    put_off: Mapping[Deferrable, date] = field(default_factory=dict)
    overridden: frozenset[Deferrable] = frozenset()


def preparation(placed: Placed, done: Prepared, time: SchoolTime) -> Iterator[Due]:
    """C-03, H-09, H-10, C-23: what the placement still needs on paper, in the order in which it is made."""
    if not done.needs:
        yield Due(
            "C-03", Tier.PAPERWORK, placed.light(time.today), "The pupil's needs and barriers are not assessed.",
            (Role.SENCO,), ("assess_needs",), placed.wanted_since(), placed.wanted_by(),
        )  # fmt: skip
    if not done.baseline:
        yield _missing(placed, done, Deferrable.BASELINE, time)
    if done.plan_version is None or done.planned_on is None:
        yield _missing(placed, done, Deferrable.PLAN, time)
        return
    if Deferrable.PLAN in done.put_off:
        yield _missing(placed, done, Deferrable.PLAN, time, "The plan does not have all that it should.")
    if placed.outside and done.signed_version is None and Deferrable.PROVIDER_AGREEMENT in done.put_off:
        yield _missing(placed, done, Deferrable.PROVIDER_AGREEMENT, time)
    elif placed.outside and done.signed_version != done.plan_version:
        yield from _unsigned(placed, done.planned_on, done.signed_version, time)


_MISSING: dict[Deferrable, tuple[str, str, tuple[Role, ...], str]] = {
    Deferrable.BASELINE: ("H-10", "The pupil's starting point is not recorded.", (Role.AP_LEAD,), "record_baseline"),
    Deferrable.PLAN: ("H-09", "There is no plan.", (*HEAD, Role.AP_LEAD), "prepare_plan"),
    Deferrable.PROVIDER_AGREEMENT: (
        "H-10", "The provider has not signed the agreement.", (Role.AP_LEAD,), "sign_placement_agreement",
    ),
}  # fmt: skip


def _missing(placed: Placed, done: Prepared, what: Deferrable, time: SchoolTime, instead: str | None = None) -> Due:
    """What is not there; what was put off has until its day, what was overridden longer."""
    rule, usual, owners, clears = _MISSING[what]
    sentence = instead or usual
    light, by = placed.light(time.today), placed.wanted_by()
    if what in done.put_off:
        by = done.put_off[what]
        light = Light.RED if by < time.today else Light.AMBER
        sentence = f"{sentence} The urgent start put it off to {plain(by)}."
    elif what in done.overridden:
        light, sentence = Light.AMBER, f"{sentence} The Head Teacher decided to go on without it."
    return Due(rule, Tier.PAPERWORK, light, sentence, owners, (clears,), placed.wanted_since(), by)


def _unsigned(placed: Placed, planned_on: date, signed: int | None, time: SchoolTime) -> Iterator[Due]:
    """C-23: it starts only signed (H-10); a later version is to be signed within days."""
    days = time.gone(planned_on)
    sentence = f"The provider has not signed the plan of {plain(planned_on)}."
    if signed is not None and placed.running and days < AGREE_WITHIN:
        return
    overdue = days >= AGREE_AT_LAST or (signed is None and placed.running)
    yield Due(
        "C-23", Tier.PAPERWORK, Light.RED if overdue else Light.AMBER, sentence, (Role.AP_LEAD,),
        ("sign_placement_agreement",), planned_on, placed.wanted_by() or time.later(planned_on, AGREE_WITHIN),
    )  # fmt: skip


def decision(placed: Placed, *, ready: bool, ready_since: date, today: date) -> Iterator[Due]:
    """H-04: what is ready to be decided on waits for the Head Teacher; what runs was approved by somebody here."""
    if placed.status == PlacementStatus.ASSESSED and ready:
        yield Due(
            "H-04", Tier.AUTHORITY, Light.RED if placed.starts_on <= today else Light.AMBER,
            f"The placement waits for the Head Teacher's decision; it is proposed from {plain(placed.starts_on)}.",
            HEAD, ("approve_placement", "refuse_placement"), ready_since, placed.starts_on,
        )  # fmt: skip


def urgent_start(placed: Placed, ends_on: date, time: SchoolTime, *, again: bool = False) -> Iterator[Due]:
    """H-04: an urgent start is approved in the ordinary way within its ten school days, or it ends."""
    if not placed.running or placed.approved_on is not None:
        return
    late = ends_on < time.today
    when = "was to be approved or to end" if late else "is to be approved or to end"
    how = "urgently, as one of this pupil did before," if again else "urgently"
    yield Due(
        "H-04", Tier.AUTHORITY, Light.RED if late else Light.AMBER,
        f"The placement started {how} and {when} by {plain(ends_on)}.", HEAD, ("approve_placement", "end_placement"),
        placed.starts_on, ends_on,
    )  # fmt: skip


def without_approval(placed: Placed, *, on_paper: bool) -> Iterator[Due]:
    """H-04: an approval on paper is none given here; one that runs without either is red."""
    if not placed.running:
        return
    sentence = "The placement runs, and neither this record nor its paper tells of an approval."
    if on_paper:
        sentence = "The placement runs on an approval that is on paper; nobody has approved it in this record."
    yield Due(
        "H-04", Tier.AUTHORITY, Light.AMBER if on_paper else Light.RED, sentence, HEAD,
        ("approve_placement", "end_placement"), placed.starts_on,
    )  # fmt: skip


def still_overridden(decided_on: date, remedy: str) -> Due:
    """H-09: what the plan should have and the Head Teacher went on without stays in sight until it is there."""
    return Due(
        "H-09", Tier.PAPERWORK, Light.AMBER,
        f"The Head Teacher went on without it on {plain(decided_on)}, and it is still open: {remedy}",
        (Role.AP_LEAD, *HEAD), ("prepare_plan",), decided_on,
    )  # fmt: skip


def unallocated(placed: Placed, sessions: int, since: date, today: date) -> Iterator[Due]:
    """C-19: a session of the week that is allocated to no place is one in which nobody knows where the pupil is."""
    if sessions:
        which = "One session of the week is" if sessions == 1 else f"{sessions} sessions of the week are"
        yield Due(
            "C-19", Tier.SAFETY, placed.light(today), f"{which} taught nowhere.", (Role.AP_LEAD, *HEAD),
            ("set_weekly_timetable",), max(since, placed.wanted_since()),
        )  # fmt: skip
