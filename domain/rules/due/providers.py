"""The provider: its registration ageing, closed or lapsed, its safeguarding policy unread or unfit (C-08, C-09)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from domain.rules.breach import plain
from domain.rules.due.item import HEAD, Due, Light
from domain.rules.flags import Tier
from domain.vocabulary import RegisterStatus, Role

AGEING, OLD = 30, 90
"""How many days old a look at the register may be; the policy names none (ours)."""

_LOOKS = ("verify_provider_registration",)
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Looked:
    """One look at the register, and what it said; `order` is its place among what was entered."""

    on: date
    order: int
    status: RegisterStatus


@dataclass(frozen=True)
class Lapsed:
    """News that the registration ended."""

    on: date
    received_on: date
    order: int


def registration(
    name: str, looks: Sequence[Looked], lapses: Sequence[Lapsed], needed_since: date, today: date, *, running: bool
) -> Iterator[Due]:
    """C-08, C-09: accredited education only where the provider was lately seen on the register, and has not left it."""
    newest = max(looks, key=lambda one: (one.on, one.order), default=None)
    standing = [one for one in lapses if newest is None or not _answers(newest, one)]
    grave = Light.RED if running else Light.AMBER
    if standing:
        lapse = max(standing, key=lambda one: one.on)
        yield Due(
            "C-09", Tier.AUTHORITY, grave,
            f"The registration of {name} ended on {plain(lapse.on)}, known here since {plain(lapse.received_on)}.",
            (*HEAD, Role.AP_LEAD), _LOOKS, max(lapse.received_on, needed_since), lapse.received_on + _DAY,
        )  # fmt: skip
    elif newest is None:
        yield _look(f"Nobody has looked {name} up in the register.", grave, needed_since, None)
    elif newest.status == RegisterStatus.CLOSED:
        yield Due(
            "C-08", Tier.AUTHORITY, grave, f"The register said on {plain(newest.on)} that {name} is closed.",
            (*HEAD, Role.AP_LEAD), _LOOKS, max(newest.on, needed_since),
        )  # fmt: skip
    else:
        yield from _ageing(name, newest, today)


def _answers(look: Looked, lapse: Lapsed) -> bool:
    """A look answers a lapse only where it was made knowing of it and for a later day (as H-07)."""
    return look.order > lapse.order and look.on >= lapse.received_on and look.on > lapse.on


def _ageing(name: str, newest: Looked, today: date) -> Iterator[Due]:
    sentence = f"{name} was last looked up in the register on {plain(newest.on)}."
    due = newest.on + timedelta(days=AGEING)
    if (today - newest.on).days > OLD:
        yield _look(sentence, Light.RED, newest.on + timedelta(days=OLD + 1), due)
    elif (today - newest.on).days > AGEING:
        yield _look(sentence, Light.AMBER, due + _DAY, due)


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
