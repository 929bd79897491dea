"""The demo's plan as data: who submits which command when, in what order, and which ones the rules must refuse."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from domain.values import Officer
from web.demo.calendar import at


@dataclass(frozen=True)
class Step:
    """One command of the application with its files, and the rule that must refuse it (None: it is recorded)."""

    at: datetime
    officer: Officer
    verb: str
    id: UUID
    fields: Mapping[str, Any]
    refused_by: str | None = None
    files: tuple[object, ...] = ()


class Diary:
    """Collects the steps of one storyline and spreads those of one day over its afternoon."""

    def __init__(self) -> None:
        self._steps: list[Step] = []
        self._entered: dict[date, int] = {}

    def __iter__(self) -> Iterator[Step]:
        return iter(self._steps)

    def enter(
        self,
        day: date,
        officer: Officer,
        verb: str,
        subject: UUID,
        /,
        *,
        refused_by: str | None = None,
        files: tuple[object, ...] = (),
        **fields: Any,
    ) -> None:
        """Have an officer enter something on a day, after what was entered before on that day."""
        minutes = self._entered.get(day, 0)
        self._entered[day] = minutes + 1
        clock = f"{15 + minutes // 60}:{minutes % 60:02}"
        self._steps.append(Step(at(day, clock), officer, verb, subject, fields, refused_by, files))
