"""Who holds which office at each school, so that whoever must act is asked by name."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from uuid import UUID

from domain.vocabulary import Role
from projections import offices
from web import words
from web.desk import Desk
from web.naming import ERASED


class InOffice:
    """The offices as held on the day asked about; looked up when the first name is wanted."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @cached_property
    def _names(self) -> dict[tuple[UUID, Role], str]:
        held = offices.officers(self._desk.connection, self._desk.as_at, self._desk.known_at)
        return {(one.school_id, Role(one.office.value)): one.name or ERASED for one in reversed(held)}

    def answering(self, school_id: UUID, owners: Sequence[Role]) -> Role:
        """Which of these roles answers: the first that somebody holds, or the first where nobody holds any."""
        return next((role for role in owners if (school_id, role) in self._names), owners[0])

    def called(self, school_id: UUID, role: Role) -> str:
        """An office as people say it, with who holds it."""
        return f"{words.within(role)} ({self._names.get((school_id, role), 'nobody holds the office')})"
