"""What the ledger may say no with: one root, and one kind for whatever fails to verify."""

from __future__ import annotations


class LedgerError(Exception):
    """The one root of what the ledger raises; the message is a sentence for a person."""


class VerificationError(LedgerError):
    """Something does not verify: whatever bytes go in, this and nothing else comes out.

    `step` names the check that failed (RFC, C2SP page or our own format), `entry` the leaf index concerned, if one is.
    """

    def __init__(self, message: str, *, step: str | None = None, entry: int | None = None) -> None:
        """Keep the plain sentence and where it was found."""
        super().__init__(message)
        self.step, self.entry = step, entry
