"""Where the pupil is taught: a children's home, an address nobody knows, a pupil off roll (C-02, C-10, C-13)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from domain.rules.breach import plain
from domain.rules.due.item import HEAD, Due, Light, Placed
from domain.rules.flags import Tier
from domain.vocabulary import Role

_LEADS = (*HEAD, Role.DSL)


def home_in_use(placed: Placed, site: str, *, lives_there: bool, moved_on: date | None) -> Iterator[Due]:
    """C-02, H-01: a children's home as a place to learn is always looked at, and closed to who does not live there."""
    if not placed.running:
        return
    if lives_there:
        yield Due(
            "C-02", Tier.SAFETY, Light.AMBER,
            f"{site} is a children's home. It may be used only while the pupil lives there.", _LEADS, ("hold_review",),
            placed.starts_on,
        )  # fmt: skip
    else:
        yield Due(
            "H-01", Tier.SAFETY, Light.RED,
            f"{site} is a children's home and the pupil does not live there. No one can allow that.", _LEADS,
            ("end_placement", "suspend_placement"), max(placed.starts_on, moved_on or placed.starts_on), at_stake=True,
        )  # fmt: skip


@dataclass(frozen=True)
class FoundThere:
    """Sessions taught in a children's home on days on which the pupil did not live in it."""

    site: str
    sessions: int
    first: date
    last: date
    reviewed_on: date | None


def found_in_home(found: FoundThere) -> Iterator[Due]:
    """H-01: it happened, and until a review after the last such day nobody has said what was done about it."""
    if found.reviewed_on is not None and found.reviewed_on >= found.last:
        return
    times = "one session" if found.sessions == 1 else f"{found.sessions} sessions"
    yield Due(
        "H-01", Tier.SAFETY, Light.RED,
        f"Taught in {found.site}, a children's home, for {times} up to {plain(found.last)} while not living there;"
        " no review has looked at it.",
        _LEADS, ("hold_review",), found.first, at_stake=True,
    )  # fmt: skip


def address_unknown(placed: Placed, site: str | None, address: str | None) -> Iterator[Due]:
    """C-13: it must always be known where a pupil is."""
    if placed.running and not (address or "").strip():
        where = f"No address is on record for {site}." if site else "No address is on record where the pupil is taught."
        yield Due(
            "C-13", Tier.SAFETY, Light.RED, where, (Role.AP_LEAD, Role.DSL), ("amend_provider_site",),
            placed.starts_on, at_stake=True,
        )  # fmt: skip


def off_roll(placed: Placed, *, on_roll: bool, left_on: date | None) -> Iterator[Due]:
    """C-10: a placement runs for a pupil who is not on the school's roll."""
    if placed.running and not on_roll:
        when = f"left the school's roll on {plain(left_on)}" if left_on else "is not on the school's roll"
        yield Due(
            "C-10", Tier.AUTHORITY, Light.RED, f"The pupil {when} and the placement still runs.",
            (*HEAD, Role.ATTENDANCE_OFFICER), ("end_placement", "enrol_pupil"), max(left_on or placed.starts_on,
                placed.starts_on),
        )  # fmt: skip
