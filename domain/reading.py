"""A reading: that somebody was shown records of pupils."""

from __future__ import annotations

from uuid import UUID

from domain.aggregate import Aggregate
from domain.errors import Impossible
from domain.events import RecordRead
from domain.values import Submission


class Reading(Aggregate):
    """One answer that somebody was given, with whose records were in it; a stream of its own and nothing after."""

    NAME = "reading"
    FACTS = (RecordRead,)

    def record(self, submission: Submission, *, page: str, form: str, pupils: tuple[UUID, ...]) -> None:
        """State who was shown whose records.

        Raises:
            Impossible: where nobody in particular looked, or at nobody.
        """
        reader = submission.officer.actor.id
        if reader is None:
            raise Impossible("actor", "Only a named person may look at records of pupils.")
        if not pupils:
            raise Impossible("pupils", "A reading is of at least one pupil's record.")
        self.trigger(RecordRead, submission, subject=reader, page=page, form=form, pupils=pupils)
