"""An export: that somebody took evidence out of the record."""

from __future__ import annotations

from typing import Any

from domain.aggregate import Aggregate
from domain.errors import Impossible
from domain.events import EvidenceExported
from domain.values import Submission


class Export(Aggregate):
    """One evidence file that somebody took; a stream of its own and nothing after."""

    NAME = "export"
    FACTS = (EvidenceExported,)

    def record(self, submission: Submission, **facts: Any) -> None:
        """State who took what, for whom and why.

        Raises:
            Impossible: where nobody in particular takes it.
        """
        who = submission.officer.actor.id
        if who is None:
            raise Impossible("actor", "Only a named person may take evidence.")
        self.trigger(EvidenceExported, submission, subject=who, **facts)
