"""A provider's registration: looked up lately on a register of the Department for Education, and not lapsed since."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.vocabulary import Regime, RegisterStatus

CHECKED_WITHIN = 30
"""How many days old a look at the register may be; the policy names none (ours)."""

_ON_A_DFE_REGISTER = frozenset(
    {
        Regime.GIAS_SCHOOL_URN,
        Regime.FE_UKPRN,
        Regime.REGISTERED_INDEPENDENT_URN,
        Regime.ONLINE_PROVIDER_ACCREDITED,
    }
)
_OPEN = frozenset({RegisterStatus.OPEN, RegisterStatus.OPEN_PROPOSED_TO_CLOSE})
_UKRLP = re.compile(r"(the )?(ukrlp\S*|uk register of learning providers)( \(ukrlp\))?")
_AND = re.compile(r"\s*(?:[,;/+&]|\band\b)\s*")


class Fault(StrEnum):
    """What is wrong with a provider's registration, the first of several."""

    NEVER_LOOKED_UP = "never_looked_up"
    ON_NO_REGISTER = "on_no_register"
    UKRLP_ALONE = "ukrlp_alone"
    CLOSED = "closed"
    LAPSED = "lapsed"
    OLD = "old"


FOUND = {
    Fault.ON_NO_REGISTER: "was looked up on {day}, and is on no register of the DfE",
    Fault.UKRLP_ALONE: "was looked up on {day} in the UK Register of Learning Providers alone, which is no DfE"
    " registration",
    Fault.CLOSED: "was looked up on {day}, and the register said closed",
    Fault.LAPSED: "was looked up on {day}, and its registration is known to have lapsed since",
}
"""What a look at the register on a day found, or missed, of a provider."""


@dataclass(frozen=True)
class Looked:
    """One look at a register, and what it said; `order` is its place among what was entered."""

    on: date
    order: int
    regime: Regime
    source: str
    status: RegisterStatus


@dataclass(frozen=True)
class Lapsed:
    """News that the registration ended."""

    on: date
    received_on: date
    order: int


def newest(looks: Collection[Looked]) -> Looked | None:
    """Return the look that counts: the last, of two on one day the later entered."""
    return max(looks, key=lambda one: (one.on, one.order), default=None)


def unanswered(lapses: Collection[Lapsed], look: Looked | None) -> list[Lapsed]:
    """Return the lapses that a look does not answer: it does where it was made knowing of it and for a later day."""
    return [lapse for lapse in lapses if look is None or not _answers(look, lapse)]


def fault(
    looks: Collection[Looked], lapses: Collection[Lapsed], day: date, within: int = CHECKED_WITHIN
) -> Fault | None:
    """Return what keeps a provider from delivering accredited education on a day (H-07), or None."""
    look = newest(looks)
    if look is None:
        return Fault.NEVER_LOOKED_UP
    faults = (
        (look.regime not in _ON_A_DFE_REGISTER, Fault.ON_NO_REGISTER),
        (_is_ukrlp_alone(look.source), Fault.UKRLP_ALONE),
        (look.status not in _OPEN, Fault.CLOSED),
        (bool(unanswered(lapses, look)), Fault.LAPSED),
        ((day - look.on).days > within, Fault.OLD),
    )
    return next((what for wrong, what in faults if wrong), None)


def _answers(look: Looked, lapse: Lapsed) -> bool:
    return look.order > lapse.order and look.on >= lapse.received_on and look.on > lapse.on


def _is_ukrlp_alone(source: str) -> bool:
    parts = [part.strip(" .") for part in _AND.split(source.casefold())]
    return all(_UKRLP.fullmatch(part) for part in parts if part)
