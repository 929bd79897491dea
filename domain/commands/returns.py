"""Commands on what providers say of attendance."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from domain.commands.attendance import AttendanceCommands
from domain.commands.recording import command
from domain.errors import AlreadyRecorded, Impossible, NotFound
from domain.events import provider_return_id
from domain.parts import ReturnedSession
from domain.provider_return import ProviderReturn
from domain.school import School
from domain.values import Submission


class ReturnCommands(AttendanceCommands):
    """Providers' returns, many sessions at once."""

    @command
    def record_provider_return(
        self,
        school_id: UUID,
        *,
        provider_id: UUID,
        day: date,
        received_on: date,
        given_by: str,
        rows: tuple[ReturnedSession, ...],
        submission: Submission,
    ) -> list[ProviderReturn]:
        """Record one provider's return for one day: all its lines, or none and the first that cannot be is named.

        A line that is here word for word is not recorded again; where all are, AlreadyRecorded says so.
        """
        if not rows:
            raise Impossible("rows", "The return says nothing yet. Fill in at least one session.")
        school, received, fresh = self.look_up(School, school_id), set[UUID](), list[ProviderReturn]()
        for number, row in enumerate(rows):
            try:
                self._refuse_elsewhere(row, school_id, provider_id)
                one = self._return(row, day)
                if one.id in received:
                    raise AlreadyRecorded("session", "This return speaks of one pupil's session twice.")
                if one.receive(school, submission, row, day=day, received_on=received_on, given_by=given_by):
                    fresh.append(one)
            except (Impossible, AlreadyRecorded) as refusal:
                of_all = refusal.field in {"day", "received_on", "given_by"}
                field = refusal.field if of_all else f"rows.{number}.{refusal.field}"
                raise type(refusal)(field, refusal.sentence, rule=refusal.rule) from refusal
            received.add(one.id)
        if not fresh:
            raise AlreadyRecorded("rows", "This return is here already, word for word. There is nothing to record.")
        return fresh

    def _return(self, row: ReturnedSession, day: date) -> ProviderReturn:
        stream = provider_return_id(row.pupil_id, day, row.session)
        try:
            return self.look_up(ProviderReturn, stream)
        except NotFound:
            return ProviderReturn(stream)

    def _refuse_elsewhere(self, row: ReturnedSession, school_id: UUID, provider_id: UUID) -> None:
        self._refuse_unknown_pupil(row.pupil_id)
        proposed = self.placement_of(row.pupil_id, row.placement_id)
        if proposed.school_id != school_id:
            raise Impossible("placement_id", "That placement is another school's. It receives its own returns.")
        if proposed.provider_id != provider_id:
            raise Impossible("placement_id", "That placement is with another provider. Send its return apart.")
