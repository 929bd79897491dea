"""The provider: its registration ageing, closed or lapsed, its safeguarding policy unread or unfit (C-08, C-09)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from domain.rules.breach import plain
from domain.rules.due.item import HEAD, Due, Light, Placed
from domain.rules.flags import Tier
from domain.rules.registration import CHECKED_WITHIN, FOUND, Fault, Lapsed, Looked, fault, newest, unanswered
from domain.vocabulary import Role

OLD = 90
"""How many days old a look at the register is when it is overdue (ours)."""

_LOOKS = ("verify_provider_registration",)
_DAY = timedelta(days=1)


def registration(
    name: str, looks: Sequence[Looked], lapses: Sequence[Lapsed], needed_since: date, today: date, *, running: bool
) -> Iterator[Due]:
    """C-08, C-09: accredited education only where the provider was lately seen on the register, and has not left it."""
    wrong, look = fault(looks, lapses, today), newest(looks)
    standing = unanswered(lapses, look)
    grave = Light.RED if running else Light.AMBER
    if standing:
        lapse = max(standing, key=lambda one: one.on)
        yield Due(
            "C-09", Tier.AUTHORITY, grave,
            f"The registration of {name} ended on {plain(lapse.on)}, known here since {plain(lapse.received_on)}.",
            (*HEAD, Role.AP_LEAD), _LOOKS, max(lapse.received_on, needed_since), lapse.received_on + _DAY,
        )  # fmt: skip
    elif look is None:
        yield _look(f"Nobody has looked {name} up in the register.", grave, needed_since, None)
    elif wrong is Fault.OLD:
        yield _old(name, look, today)
    elif wrong is not None:
        yield Due(
            "C-08", Tier.AUTHORITY, grave, f"{name} {FOUND[wrong].format(day=plain(look.on))}.",
            (*HEAD, Role.AP_LEAD), _LOOKS, max(look.on, needed_since),
        )  # fmt: skip


def unknown_accreditation(placed: Placed, today: date) -> Due:
    """H-07: outside, while nobody knows whether it delivers accredited education, no registration can be asked for."""
    return Due(
        "H-07", Tier.AUTHORITY, placed.light(today),
        "It is not known whether this provider delivers accredited education.", placed.asked_of(Role.AP_LEAD),
        ("state_accreditation",), placed.wanted_since(), placed.wanted_by(),
    )  # fmt: skip


def _old(name: str, look: Looked, today: date) -> Due:
    sentence = f"{name} was last looked up in the register on {plain(look.on)}."
    due = look.on + timedelta(days=CHECKED_WITHIN)
    if (today - look.on).days > OLD:
        return _look(sentence, Light.RED, look.on + timedelta(days=OLD + 1), due)
    return _look(sentence, Light.AMBER, due + _DAY, due)


def _look(sentence: str, light: Light, since: date, due_on: date | None) -> Due:
    return Due("C-08", Tier.AUTHORITY, light, sentence, (Role.AP_LEAD, *HEAD), _LOOKS, since, due_on)


def policy(name: str, read_on: date | None, *, fit: bool, running: bool, needed_since: date) -> Iterator[Due]:
    """H-08: a safeguarding lead has read an outside provider's safeguarding policy and found it fit (S30)."""
    if read_on is not None and fit:
        return
    found = f"was found on {plain(read_on)} not to be fit" if read_on else "has been read by no safeguarding lead"
    yield Due(
        "H-08", Tier.SAFETY, Light.RED if running else Light.AMBER, f"The safeguarding policy of {name} {found}.",
        (Role.DSL, *HEAD), ("verify_provider_safeguarding_policy",), max(read_on or needed_since, needed_since),
    )  # fmt: skip
