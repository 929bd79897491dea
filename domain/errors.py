"""Everything the domain may say no with; the message is the plain sentence a person is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from domain.rules.breach import Breach


class DomainError(Exception):
    """The one root of what the domain raises."""


class Impossible(DomainError):
    """A value that cannot be: a session that lies ahead, a code unknown on that date, a wrong check letter."""

    def __init__(self, field: str, sentence: str, *, rule: str | None = None) -> None:
        """Name the field as the schema names it, and say in one sentence what would be accepted."""
        super().__init__(sentence)
        self.field, self.sentence, self.rule = field, sentence, rule


class DecisionRefused(DomainError):
    """A decision that rules refuse; nothing is recorded. Each breach says the rule and what would satisfy it."""

    def __init__(self, breaches: Sequence[Breach]) -> None:
        """Carry every breach at once, so that nobody clears one only to meet the next."""
        super().__init__(" ".join(breach.sentence for breach in breaches))
        self.breaches = tuple(breaches)


class AlreadyRecorded(DomainError):
    """A second entry for one thing (H-18): what is recorded is amended, never entered twice."""

    def __init__(self, field: str, sentence: str, *, rule: str | None = None) -> None:
        """Name the field that collides and say what to do instead."""
        super().__init__(sentence)
        self.field, self.sentence, self.rule = field, sentence, rule


class NotFound(DomainError):
    """No such pupil, placement, provider or other record."""

    def __init__(self, kind: str, reference: object) -> None:
        """Name what was looked for, in the trade's word."""
        super().__init__(f"There is no {kind} with the reference {reference}.")
        self.kind, self.reference = kind, reference


class Stale(DomainError):
    """Someone else changed the record since the person opened it; their typing is kept and nothing is recorded."""

    def __init__(self, expected: int, current: int) -> None:
        """Carry both versions, for the page that shows what changed meanwhile."""
        super().__init__("This record has changed since you opened it. Look at what is new, then send yours again.")
        self.expected, self.current = expected, current


class SubjectErased(DomainError):
    """The person's record was erased at the end of its retention; nothing more can be entered about them."""

    def __init__(self) -> None:
        """Say it in one sentence."""
        super().__init__("This person's record was erased at the end of its retention. Nothing more can be entered.")
