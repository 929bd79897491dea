"""Commands on attendance."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

import msgspec
from eventsourcing.utils import EnvType

from domain.attendance import Attendance
from domain.commands.recording import Records, command
from domain.errors import AlreadyRecorded, Impossible, NotFound, SubjectErased
from domain.events import PlacementProposed, ProviderSiteRecorded, PupilEnrolled, attendance_id
from domain.parts import Mark
from domain.rules.case import LIMITS, Limits
from domain.school import School
from domain.values import Erased, Submission
from domain.vocabulary import AmendmentReason, Session


class AttendanceCommands(Records):
    """Marks, registers of marks, and amendments."""

    def __init__(self, env: EnvType | None = None, limits: Limits = LIMITS) -> None:
        """Begin knowing no site; which there are is read from the record as marks name them."""
        super().__init__(env, limits)
        self._sites, self._sites_read = set[UUID](), 0

    @command
    def mark_attendance(
        self,
        pupil_id: UUID,
        *,
        school_id: UUID,
        placement_id: UUID | None,
        site_id: UUID | None,
        day: date,
        session: Session,
        taken_at: datetime,
        code: str,
        minutes_late: int | None,
        nature: str | None,
        note: str | None,
        taken_by: str,
        submission: Submission,
    ) -> Attendance:
        """Mark one pupil's attendance at one session."""
        mark = Mark(pupil_id, placement_id, site_id, day, session, taken_at, code, minutes_late, nature, note, taken_by)
        return self._mark(self.look_up(School, school_id), mark, submission)

    @command
    def take_register(self, school_id: UUID, *, marks: tuple[Mark, ...], submission: Submission) -> list[Attendance]:
        """Mark many sessions at once: all are recorded, or none and the first line that cannot be is named."""
        if not marks:
            raise Impossible("marks", "The register has no marks. Mark at least one pupil.")
        school = self.look_up(School, school_id)
        return list(self._lines(school, marks, submission))

    @command
    def amend_attendance(
        self,
        pupil_id: UUID,
        *,
        day: date,
        session: Session,
        original_code: str,
        amended_code: str,
        reason_code: AmendmentReason,
        reason: str,
        minutes_late: int | None,
        nature: str | None,
        submission: Submission,
    ) -> Attendance:
        """Amend the mark that stands for a session, and say why."""
        attendance = self.open(Attendance, attendance_id(pupil_id, day, session), submission)
        attendance.amend(
            submission,
            original_code=original_code,
            amended_code=amended_code,
            reason_code=reason_code,
            reason=reason,
            minutes_late=minutes_late,
            nature=nature,
        )
        return attendance

    def _lines(self, school: School, marks: Iterable[Mark], submission: Submission) -> Iterable[Attendance]:
        seen: set[UUID] = set()
        for number, mark in enumerate(marks):
            try:
                attendance = self._mark(school, mark, submission)
                if attendance.id in seen:
                    raise AlreadyRecorded("session", "This register marks one pupil's session twice.", rule="H-18")
            except (Impossible, AlreadyRecorded) as refusal:
                raise type(refusal)(f"marks.{number}.{refusal.field}", refusal.sentence, rule=refusal.rule) from refusal
            seen.add(attendance.id)
            yield attendance

    def _mark(self, school: School, mark: Mark, submission: Submission) -> Attendance:
        self._refuse_unknown(mark)
        stream = attendance_id(mark.pupil_id, mark.day, mark.session)
        try:
            attendance = self.look_up(Attendance, stream)
        except NotFound:
            attendance = Attendance(stream)
        attendance.mark(school, submission, **msgspec.structs.asdict(mark))
        return attendance

    def _refuse_unknown_site(self, site_id: UUID | None) -> None:
        """Any provider's site will do: the pupil may have been found where no placement is."""
        if site_id is None or site_id in self._sites:
            return
        newest = self.recorder.max_notification_id() or 0
        recorded = self.recorder.select_notifications(
            self._sites_read + 1, newest + 1, newest, (ProviderSiteRecorded.TOPIC,)
        )
        facts = map(self.mapper.to_domain_event, recorded)
        self._sites.update(fact.site_id for fact in facts if isinstance(fact, ProviderSiteRecorded))
        self._sites_read = newest
        if site_id not in self._sites:
            raise NotFound("site", site_id)

    def _refuse_unknown(self, mark: Mark) -> None:
        """Read no more than the first fact of the pupil and of the placement: that they exist and belong together."""
        self._refuse_unknown_pupil(mark.pupil_id)
        self._refuse_unknown_site(mark.site_id)
        if mark.placement_id is not None:
            self.placement_of(mark.pupil_id, mark.placement_id)

    def _refuse_unknown_pupil(self, pupil_id: UUID) -> None:
        enrolled = next(iter(self.events.get(pupil_id, limit=1)), None)
        if not isinstance(enrolled, PupilEnrolled):
            raise NotFound("pupil", pupil_id)
        if isinstance(enrolled.actor_name, Erased):
            raise SubjectErased

    def placement_of(self, pupil_id: UUID, placement_id: UUID) -> PlacementProposed:
        """Look up what was proposed for a pupil, reading nothing that came after.

        Raises:
            NotFound: where there is no such placement.
            Impossible: where it is another pupil's.
        """
        proposed = next(iter(self.events.get(placement_id, limit=1)), None)
        if not isinstance(proposed, PlacementProposed):
            raise NotFound("placement", placement_id)
        if proposed.pupil_id != pupil_id:
            raise Impossible("placement_id", "That placement is another pupil's. Choose one of this pupil's, or none.")
        return proposed
