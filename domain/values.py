"""Values the facts are made of: checked when made, frozen, and free of clocks and databases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, TypeVar, Union
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from domain.errors import Impossible
from domain.vocabulary import BasisKind, Role, Source

LONDON = ZoneInfo("Europe/London")
"""The schools' wall clock: days and sessions are read off it."""


class Erased(msgspec.Struct, frozen=True):
    """What is left of a personal field whose key was destroyed: that it existed, never what it said."""

    erased: Literal[True] = True


T = TypeVar("T")
Personal = Union[T, Erased]  # noqa: UP007 - a generic alias that runs on Python 3.11
"""A field sealed under its subject's key: its value, or `Erased` once that key is destroyed."""


class Basis(msgspec.Struct, frozen=True):
    """The authority claimed for an act; `ref` names the appointment or delegation it rests on."""

    kind: BasisKind
    ref: UUID | None = None


class Actor(msgspec.Struct, frozen=True):
    """The part of who acted that stays clear for ever: pseudonym, role, organisation and basis."""

    id: UUID | None
    role: Role
    organisation: UUID | None
    basis: Basis


@dataclass(frozen=True)
class Officer:
    """A person acting in a role: the clear `actor`, and the name and job title that are sealed (H-20)."""

    actor: Actor
    name: str
    title: str

    def __post_init__(self) -> None:
        """Refuse an officer without a name or a title.

        Raises:
            Impossible: where either is blank.
        """
        for field, value in (("name", self.name), ("title", self.title)):
            if not value.strip():
                raise Impossible(field, "Who records a fact is named with their job title. Give both.", rule="H-20")


@dataclass(frozen=True)
class Submission:
    """One act of one person, as received: who, when by the server's clock, and what makes a second sending harmless.

    `command` is the ledger's idempotency record and `files` the bytes of the evidence named in it, both handed through
    unread; `expected_version` is the version of the record the person had in front of them (HTTP `If-Match`), or None
    where they saw none; `source` is how it came in.
    """

    officer: Officer
    at: datetime
    command: object | None = None
    expected_version: int | None = None
    source: Source = Source.UI
    files: tuple[object, ...] = ()

    @property
    def today(self) -> date:
        """The day it is at the schools when this is received."""
        return self.at.astimezone(LONDON).date()
