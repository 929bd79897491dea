"""What a provider says of one pupil's one session; beside the school's mark, and never in its place."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import msgspec

from domain.aggregate import Aggregate
from domain.errors import Impossible
from domain.events import ProviderReturnReceived
from domain.parts import ReturnedSession
from domain.rules.breach import plain
from domain.school import School
from domain.values import Submission
from domain.vocabulary import Returned


class ProviderReturn(Aggregate):
    """The returns for one pupil's one session, in the order they came: the last one is what the provider says now."""

    NAME = "provider's return for that session"
    FACTS = (ProviderReturnReceived,)

    def receive(
        self,
        school: School,
        submission: Submission,
        returned: ReturnedSession,
        *,
        day: date,
        received_on: date,
        **given: Any,
    ) -> bool:
        """Record what the provider says, however late and whatever the mark says.

        Returns False where it is here already, word for word.

        Raises:
            Impossible: where there is no such session, or it was left before it was arrived at.
        """
        school.refuse_no_session(day, returned.session, submission.at)
        if received_on < day:
            raise Impossible("received_on", f"Nothing was returned for {plain(day)} before that day.")
        _refuse_times(returned)
        of = {"school_id": school.id, "day": day, "received_on": received_on}
        said = msgspec.structs.asdict(returned) | of | given
        last = self.last(ProviderReturnReceived)
        if last is not None and all(getattr(last, name) == value for name, value in said.items()):
            return False
        self.trigger(ProviderReturnReceived, submission, subject=returned.pupil_id, **said)
        return True


def _refuse_times(returned: ReturnedSession) -> None:
    arrived, left = _clock("arrived", returned.arrived), _clock("left", returned.left)
    if returned.attendance is Returned.ABSENT and (arrived or left):
        field = "arrived" if arrived else "left"
        raise Impossible(field, "A pupil who was not there neither arrived nor left. Leave the times empty.")
    if arrived and left and left <= arrived:
        raise Impossible("left", "The pupil left after arriving. Give a later time, or leave it empty.")


def _clock(field: str, text: str | None) -> time | None:
    if text is None:
        return None
    try:
        return time.fromisoformat(text) if len(text) == 5 else _no_clock(field, text)
    except ValueError:
        return _no_clock(field, text)


def _no_clock(field: str, text: str) -> time:
    raise Impossible(field, f"{text!r} is not a time. Give it as HH:MM, such as 09:05.")
