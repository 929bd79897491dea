"""What a rule says when it refuses: the rule, the policy's clause and word, one plain sentence, and the way out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.errors import DecisionRefused


class Word(StrEnum):
    """How strongly the policy puts a clause; nobody overrides must, only or cannot (model, settled point 2)."""

    MUST = "must"
    ONLY = "only"
    CANNOT = "cannot"
    WILL = "will"
    SHOULD = "should"
    TYPICALLY = "typically"
    IDEALLY = "ideally"
    RESTS_WITH = "rests with"
    OURS = "ours"


_NOT_STRICT = frozenset({Word.SHOULD, Word.TYPICALLY, Word.IDEALLY})


@dataclass(frozen=True)
class Breach:
    """One rule a decision breaks; `field` is the one to look at on the form, if the way out begins there.

    `command` records what would satisfy the rule, where one does.
    """

    rule: str
    clause: str | None
    word: Word
    field: str | None
    sentence: str
    remedy: str
    command: str | None = None

    @property
    def overridable(self) -> bool:
        """Whether the Head Teacher may decide in spite of it, for a reason that is recorded (settled point 2)."""
        return self.word in _NOT_STRICT


def refuse(breaches: Iterable[Breach]) -> None:
    """Refuse a decision that breaks any rule, with all of them at once.

    Raises:
        DecisionRefused: where there is a breach; one said twice is told once.
    """
    if found := tuple(dict.fromkeys(breaches)):
        raise DecisionRefused(found)


def plain(day: date) -> str:
    """Write a day as a person does: 3 September 2026."""
    return f"{day.day} {day:%B %Y}"
