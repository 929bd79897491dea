"""One pupil's one session: marked once, then amended."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from domain.aggregate import Aggregate
from domain.errors import AlreadyRecorded, Impossible
from domain.events import AttendanceAmended, AttendanceMarked
from domain.rules.attendance_codes import LATE, refuse_unusable
from domain.rules.breach import plain
from domain.rules.impossible import refuse_ahead
from domain.school import School
from domain.values import LONDON, Submission
from domain.vocabulary import Session

_LONGEST_SESSION = 300
"""Minutes; half a school day is never longer."""


class Attendance(Aggregate):
    """What a register says of one pupil at one session, as first marked and as amended."""

    NAME = "mark for that session"
    FACTS = (AttendanceMarked, AttendanceAmended)

    def mark(
        self,
        school: School,
        submission: Submission,
        *,
        pupil_id: UUID,
        day: date,
        session: Session,
        code: str,
        nature: str | None,
        minutes_late: int | None,
        **taken: Any,
    ) -> None:
        """Mark the session. Nothing about the placement refuses it: a pupil who was there was there.

        Raises:
            AlreadyRecorded: where it is marked (H-18).
            Impossible: where there is no such session or no such code.
        """
        if self.facts:
            raise AlreadyRecorded(
                "session",
                f"The {session.value} session of {plain(day)} is already marked {self._stands[0]} for this pupil."
                " Amend that mark, and say why.",
                rule="H-18",
            )
        school.refuse_no_session(day, session, submission.at)
        refuse_unusable(code, day, session)
        refuse_ahead("taken_at", taken["taken_at"], submission.at)
        _refuse_before("taken_at", taken["taken_at"], day)
        _refuse_minutes(code, minutes_late)
        said: dict[str, Any] = {"code": code, "nature": nature, "minutes_late": minutes_late}
        of: dict[str, Any] = {"pupil_id": pupil_id, "school_id": school.id, "day": day, "session": session}
        self.trigger(AttendanceMarked, submission, subject=pupil_id, **of, **said, **taken)

    def amend(
        self,
        submission: Submission,
        *,
        original_code: str,
        amended_code: str,
        minutes_late: int | None,
        nature: str | None,
        **why: Any,
    ) -> None:
        """Amend what stands; the original stays beside it, with reason, date, and name and title of who amends.

        Raises:
            AlreadyRecorded: where something else stands than the code to be amended (H-18).
            Impossible: where the code could not be used, or nothing would change.
        """
        marked = self.every(AttendanceMarked)[0]
        if original_code != self._stands[0]:
            raise AlreadyRecorded(
                "original_code",
                f"The mark that stands is {self._stands[0]}, not {original_code}. Look at it, then amend that.",
                rule="H-18",
            )
        if (amended_code, minutes_late, nature) == self._stands:
            raise Impossible("amended_code", "That is what stands already. Say what it should be.", rule="H-18")
        refuse_unusable(amended_code, marked.day, marked.session, field="amended_code")
        _refuse_minutes(amended_code, minutes_late)
        said: dict[str, Any] = {
            "original_code": original_code,
            "amended_code": amended_code,
            "minutes_late": minutes_late,
            "nature": nature,
        }
        of: dict[str, Any] = {
            "pupil_id": marked.pupil_id,
            "day": marked.day,
            "session": marked.session,
            "corrects": self.version,
            "amended_on": submission.today,
        }
        self.trigger(AttendanceAmended, submission, subject=marked.pupil_id, **of, **said, **why)

    @property
    def _stands(self) -> tuple[object, object, object]:
        last = self.last(AttendanceAmended) or self.every(AttendanceMarked)[0]
        code = last.amended_code if isinstance(last, AttendanceAmended) else last.code
        return code, last.minutes_late, last.nature


def _refuse_before(field: str, instant: datetime, day: date) -> None:
    if instant.astimezone(LONDON).date() < day:
        raise Impossible(field, f"No register of {plain(day)} was taken before that day. Give when it was taken.")


def _refuse_minutes(code: str, minutes_late: int | None) -> None:
    if minutes_late is None:
        return
    if code not in LATE:
        raise Impossible(
            "minutes_late", f"Code {code} says nothing of coming late. Leave the minutes empty, or use L or U."
        )
    if not 0 < minutes_late <= _LONGEST_SESSION:
        raise Impossible("minutes_late", "Minutes late are counted from 1, and within one session.")
