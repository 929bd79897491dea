"""What an audit says is wrong: where, and of which class."""

from __future__ import annotations

from dataclasses import dataclass

from ledger.errors import LedgerError


class EntryWrong(LedgerError):
    """Something about one entry is not as it must be; `kind` is the class of it, as `Finding` has it."""

    def __init__(self, kind: str, problem: str) -> None:
        super().__init__(problem)
        self.kind = kind


@dataclass(frozen=True)
class Finding:
    """The first thing found wrong, at which entry, where it is about one, and of which class it is.

    Classes: edited, removed, inserted, rewritten (entries that fit each other and not what was signed), re-signed,
    key not valid then, key change, row mismatch, backdated, sealed altered, sealed missing, file, kept root, head,
    checkpoint, command, export.
    """

    problem: str
    index: int | None
    kind: str = "edited"
