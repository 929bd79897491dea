"""The part of the audit that looks at attached files: each is there and is the one named, and there are no others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from ledger import named_files
from ledger.attachments import Attachments
from ledger.datastore import Datastore
from ledger.disclosure import Disclosure
from ledger.errors import LedgerError, VerificationError
from ledger.stored_leaf import StoredLeaf
from ledger.subjects import SubjectKeys


class FileWrong(LedgerError):
    """A file of an entry is missing, was altered, or is none of its own."""


class FilesOfEntries:
    """The files stored for a run of entries, asked for once a run: most entries have none."""

    def __init__(self, datastore: Datastore, origin: str, subjects: SubjectKeys) -> None:
        self._attachments = Attachments(datastore, origin, subjects)
        self._stored: dict[int, set[bytes]] = {}

    def load(self, leaves: Sequence[StoredLeaf]) -> None:
        """Look up what is stored for the next entries."""
        if leaves:
            self._stored = self._attachments.stored(leaves[0].index, leaves[-1].index + 1)

    def refuse_any(self, leaf: StoredLeaf) -> None:
        """Check that an entry that seals nothing has no file.

        Raises:
            FileWrong: where it has one.
        """
        if leaf.index + 1 in self._stored:
            raise FileWrong("there is a file of this entry that it does not name.")

    def check(self, leaf: StoredLeaf, subject: UUID, disclosed: Iterable[Disclosure]) -> None:
        """Check that the files stored for an entry are those it names.

        Raises:
            FileWrong: where one is missing, was altered, or is not named.
        """
        there = self._stored.get(leaf.index + 1, set())
        wanted = [file for each in disclosed for file in named_files.named(each)]
        if there - {file.file_id.bytes for file in wanted}:
            raise FileWrong("there is a file of this entry that it does not name.")
        for file in wanted:
            if file.file_id.bytes not in there:
                raise FileWrong("a file of this entry is missing.")
            try:
                self._attachments.read(leaf.index + 1, subject, file)
            except VerificationError as wrong:
                raise FileWrong("a file of this entry was altered.") from wrong
