"""How a command is carried out: load, decide, record; and decide again where what it relied on has moved."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast
from uuid import UUID

from eventsourcing.application import AggregateNotFoundError, Application
from eventsourcing.persistence import IntegrityError, Mapper, Recording
from eventsourcing.utils import Environment, EnvType

from domain.aggregate import Aggregate
from domain.encoding import PlainMapper
from domain.errors import AlreadyRecorded, NotFound, Stale, SubjectErased
from domain.events import FACTS
from domain.office import Appointment, Delegation
from domain.rules.case import LIMITS, Authority, Limits
from domain.values import Submission
from domain.vocabulary import BasisKind

A = TypeVar("A", bound=Aggregate)
P = ParamSpec("P")

_ATTEMPTS = 5


class Records(Application[UUID]):
    """Loads records, and saves what was decided on them, under the rules' limits."""

    def __init__(self, env: EnvType | None = None, limits: Limits = LIMITS) -> None:
        """Open the store that `env` names, or one in memory; nothing is read from the process's environment."""
        self.limits = limits
        super().__init__(env)

    def construct_env(self, name: str, env: EnvType | None = None) -> Environment:
        """Use the settings given and no others."""
        return Environment(name, dict(env or {}))

    def construct_mapper(self) -> Mapper[UUID]:
        """Let the store map our facts as it keeps them; one in memory keeps them plain."""
        topics = {fact.TOPIC: fact for fact in FACTS}
        sealing: Callable[[Mapping[str, type[Any]]], Mapper[UUID]] | None
        sealing = getattr(self.factory, "sealing_mapper", None)
        return PlainMapper(topics) if sealing is None else sealing(topics)

    def look_up(self, kind: type[A], stream: UUID) -> A:
        """Rebuild a record that a command refers to.

        Raises:
            NotFound: where there is none of its kind.
        """
        try:
            return self.repository.get(stream, projector_func=kind.replay)
        except AggregateNotFoundError:
            raise NotFound(kind.NAME, stream) from None

    def open(self, kind: type[A], stream: UUID, submission: Submission) -> A:
        """Rebuild the record a command is about.

        Raises:
            NotFound: where there is none of its kind.
            SubjectErased: where its person's record was erased.
            Stale: where it changed since the person saw it.
        """
        record = self.look_up(kind, stream)
        if record.erased:
            raise SubjectErased
        if submission.expected_version not in {None, record.version}:
            raise Stale(submission.expected_version, record.version)
        return record

    def begin(self, kind: type[A], stream: UUID) -> A:
        """Begin a record under an id nobody used.

        Raises:
            AlreadyRecorded: where it is used.
        """
        if self.recorder.select_events(stream, limit=1):
            raise AlreadyRecorded(f"{kind.NAME}_id", f"There is already a record with the reference {stream}.")
        return kind(stream)

    def authority(self, submission: Submission) -> tuple[Authority, dict[UUID, int]]:
        """Look up what an officer's basis names, and the versions of it."""
        actor = submission.officer.actor
        if actor.basis.ref is None or actor.basis.kind not in {BasisKind.OWN_OFFICE, BasisKind.DELEGATION}:
            return Authority(actor), {}
        try:
            if actor.basis.kind == BasisKind.OWN_OFFICE:
                appointment = self.look_up(Appointment, actor.basis.ref)
                return Authority(actor, appointment.tenure), {appointment.id: appointment.version}
            delegation = self.look_up(Delegation, actor.basis.ref)
        except NotFound:
            return Authority(actor), {}
        appointment = self.look_up(Appointment, delegation.granted.delegator_appointment_id)
        relied_on = {delegation.id: delegation.version, appointment.id: appointment.version}
        return Authority(actor, appointment.tenure, delegation.granted, delegation.revoked), relied_on

    def carry_out(
        self, decide: Callable[[], Aggregate | Sequence[Aggregate]], submission: Submission
    ) -> list[Recording[UUID]]:
        """Record what is decided, deciding anew where another act came between."""
        once: dict[str, object] = {} if submission.command is None else {"command": submission.command}
        if submission.files:
            once["files"] = submission.files
        for _ in range(_ATTEMPTS - 1):
            try:
                return self.save(*_each(decide()), **once)
            except IntegrityError:
                continue
        return self.save(*_each(decide()), **once)


def command(decide: Callable[P, Aggregate | Sequence[Aggregate]]) -> Callable[P, list[Recording[UUID]]]:
    """Make a decision on loaded records into a command that records it, and says at which positions."""

    @wraps(decide)
    def carried_out(*args: P.args, **kwargs: P.kwargs) -> list[Recording[UUID]]:
        application, submission = cast("Records", args[0]), cast("Submission", kwargs["submission"])
        return application.carry_out(lambda: decide(*args, **kwargs), submission)

    return carried_out


def _each(decided: Aggregate | Sequence[Aggregate]) -> Sequence[Aggregate]:
    return [decided] if isinstance(decided, Aggregate) else decided
