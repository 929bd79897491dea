"""What a placement is prepared with: needs, starting point, plan, agreement, and the decision itself (C-03, C-23)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from domain.rules.breach import plain
from domain.rules.due.item import HEAD, Due, Light, Placed
from domain.rules.due.school_time import SchoolTime
from domain.rules.flags import Tier
from domain.vocabulary import PlacementStatus, Role

AGREE_WITHIN, AGREE_AT_LAST = 5, 10
"""So many school days a provider has to sign a version of the plan before it is amber, then red (ours)."""


@dataclass(frozen=True)
class Prepared:
    """What has been prepared so far: the plan's version and day, the version the provider signed, and so on."""

    needs: bool
    baseline: bool
    plan_version: int | None
    planned_on: date | None
    signed_version: int | None


def preparation(placed: Placed, done: Prepared, time: SchoolTime) -> Iterator[Due]:
    """C-03, H-09, H-10, C-23: what the placement still needs on paper, in the order in which it is made."""
    light, since, by = placed.light(time.today), placed.wanted_since(), placed.wanted_by()
    if not done.needs:
        sentence = "The pupil's needs and barriers are not assessed."
        yield Due("C-03", Tier.PAPERWORK, light, sentence, (Role.SENCO,), ("assess_needs",), since, by)
    if not done.baseline:
        sentence = "The pupil's starting point is not recorded."
        yield Due("H-10", Tier.PAPERWORK, light, sentence, (Role.AP_LEAD,), ("record_baseline",), since, by)
    if done.plan_version is None or done.planned_on is None:
        yield Due(
            "H-09", Tier.PAPERWORK, light, "There is no plan.", (*HEAD, Role.AP_LEAD), ("prepare_plan",), since, by
        )
    elif placed.outside and done.signed_version != done.plan_version:
        yield from _unsigned(placed, done.planned_on, done.signed_version, time)


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
