"""What decides: a record rebuilt from its own facts. Facts are taken on as they are; judging comes before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, Self, TypeVar
from uuid import UUID

from domain.events import Fact
from domain.rules.case import every
from domain.rules.impossible import refuse_impossible
from domain.values import Erased, Submission

F = TypeVar("F", bound=Fact)


class UnknownFact(TypeError):
    """A stream holds a fact that its kind of record cannot have: it was written by another version of this code."""


class Aggregate:
    """A record of one stream: its facts in order, what was stated but not yet recorded, and whether it was erased."""

    NAME: ClassVar[str]
    FACTS: ClassVar[tuple[type[Fact], ...]]

    def __init__(self, stream: UUID) -> None:
        """Begin a record with no facts, at version 0."""
        self.id, self.version, self.erased = stream, 0, False
        self.facts: tuple[Fact, ...] = ()
        self._pending: list[Fact] = []

    @classmethod
    def replay(cls, record: Self | None, facts: Iterable[Fact]) -> Self | None:
        """Rebuild a record from its facts (the library's projector function); None where the stream is another's."""
        for fact in facts:
            if record is None:
                if not isinstance(fact, cls.FACTS):
                    return None
                record = cls(fact.originator_id)
            record.apply(fact)
        return record

    def apply(self, fact: Fact) -> None:
        """Take a fact on; what it means for the next decision is for that decision to read."""
        if not isinstance(fact, self.FACTS):
            raise UnknownFact(f"{fact.TOPIC} cannot be a fact of a {self.NAME}.")
        self.facts += (fact,)
        self.version = fact.originator_version
        self.erased = self.erased or isinstance(fact.actor_name, Erased)

    def state(
        self,
        kind: type[F],
        submission: Submission,
        /,
        *,
        subject: UUID | None,
        relied_on: Mapping[UUID, int] | None = None,
        **facts: Any,
    ) -> F:
        """Word the next fact, without taking it on.

        Raises:
            Impossible: where it says what cannot be.
        """
        refuse_impossible(facts, submission.today)
        officer = submission.officer
        return kind(
            originator_id=self.id,
            originator_version=self.version + 1,
            recorded_at=submission.at,
            actor=officer.actor,
            actor_name=officer.name,
            actor_title=officer.title,
            subject=subject,
            relied_on=dict(relied_on or {}),
            entered_from=submission.source,
            **facts,
        )

    def happen(self, fact: Fact) -> None:
        """Take on a fact newly stated, and keep it to be recorded."""
        self.apply(fact)
        self._pending.append(fact)

    def trigger(
        self,
        kind: type[Fact],
        submission: Submission,
        /,
        *,
        subject: UUID | None,
        relied_on: Mapping[UUID, int] | None = None,
        **facts: Any,
    ) -> None:
        """State the next fact and take it on."""
        self.happen(self.state(kind, submission, subject=subject, relied_on=relied_on, **facts))

    def collect_events(self) -> Sequence[Fact]:
        """Hand over what was stated, once."""
        pending, self._pending = self._pending, []
        return pending

    def every(self, kind: type[F]) -> list[F]:
        """Return this record's facts of one kind, in their order."""
        return every(kind, self.facts)

    def last(self, kind: type[F]) -> F | None:
        """Return its newest fact of one kind, if it has any."""
        return next((fact for fact in reversed(self.facts) if isinstance(fact, kind)), None)
