"""The command that records who looked."""

from __future__ import annotations

from uuid import UUID, uuid5

from domain.commands.recording import Records, command
from domain.reading import Reading
from domain.values import Submission

MOST_PUPILS = 1000
"""How many pseudonyms one entry names at most: an entry is no longer than 65,535 bytes, and each takes 52 of them."""


class ReadingCommands(Records):
    """Who was shown whose records."""

    @command
    def record_reading(
        self, reading_id: UUID, *, page: str, form: str, pupils: tuple[UUID, ...], submission: Submission
    ) -> list[Reading]:
        """Record that somebody was shown these pupils' records; all in one transaction, however many there are.

        Nothing is loaded: `reading_id` is new and random, and no rule forbids to record that somebody looked.
        """
        starts = range(MOST_PUPILS, len(pupils), MOST_PUPILS)
        readings = [Reading(reading_id), *(Reading(uuid5(reading_id, str(start))) for start in starts)]
        for number, reading in enumerate(readings):
            named = pupils[number * MOST_PUPILS : (number + 1) * MOST_PUPILS]
            reading.record(submission, page=page, form=form, pupils=named)
        return readings
